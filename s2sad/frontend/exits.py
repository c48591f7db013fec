"""How statements are left: by return, break and continue; by the look of them."""

from __future__ import annotations

from typing import Any

import libcst as cst

SIMPLE = cst.SimpleStatementLine | cst.BaseSmallStatement  # the latter where a body stands behind its colon


def leaves_loop(node: Any) -> bool:
    """Return whether a body has a `break` or `continue` of its own."""
    if isinstance(node, cst.Break | cst.Continue):
        return True
    if isinstance(node, cst.For | cst.While | cst.FunctionDef | cst.BaseExpression):
        return False
    return any(leaves_loop(child) for child in node.children)


def has_return(node: Any) -> bool:
    """Return whether a statement contains a return (not one of a nested function)."""
    if isinstance(node, cst.Return):
        return True
    if isinstance(node, cst.FunctionDef | cst.Lambda | cst.BaseExpression):
        return False
    return any(has_return(child) for child in node.children)


def breaks(node: Any) -> bool:
    """Return whether a body has a `break` of its own."""
    if isinstance(node, cst.Break):
        return True
    if isinstance(node, cst.For | cst.While | cst.FunctionDef | cst.BaseExpression):
        return False
    return any(breaks(child) for child in node.children)


def returns_at_tail(node: Any, tries: bool = False) -> bool:
    """Return whether no return stands in a loop, with or try; with `tries` it may in one of which each arm returns."""
    if isinstance(node, cst.Lambda):
        return True
    return _tail(node.body.body, tries)


def returns_at_tail_of(statements: Any) -> bool:
    """Return whether statements return on every path through them, and where nothing but branches is around."""
    return always_returns(statements) and _tail(statements)


def always_returns(statements: Any) -> bool:
    """Return whether statements end in a return on every path."""
    for statement in statements:
        last = statement.body[-1] if isinstance(statement, cst.SimpleStatementLine) else statement
        if isinstance(last, cst.Return | cst.Raise):
            return True
        if (isinstance(statement, cst.With) or is_guarded(statement)) and always_returns(statement.body.body):
            return True
        if isinstance(statement, cst.If) and statement.orelse is not None:
            orelse = statement.orelse
            arms = [statement.body.body, [orelse] if isinstance(orelse, cst.If) else orelse.body.body]
            if all(map(always_returns, arms)):
                return True
    return False


def _tail(statements: Any, tries: bool = False) -> bool:
    for statement in statements:
        if isinstance(statement, cst.Try) and tries and has_return(statement) and not is_guarded(statement):
            arms = [statement.body.body, *(handler.body.body for handler in statement.handlers)]
            plain = statement.orelse is None and statement.finalbody is None and statement.handlers
            return bool(plain) and all(always_returns(arm) and _tail(arm, tries) for arm in arms)
        if (isinstance(statement, cst.With) or is_guarded(statement)) and has_return(statement):
            return returns_at_tail_of(statement.body.body)
        if isinstance(statement, cst.If):
            arms = [statement.body.body]
            orelse = statement.orelse
            if orelse is not None:
                arms.append([orelse] if isinstance(orelse, cst.If) else orelse.body.body)
            if not all(_tail(arm, tries) for arm in arms):
                return False
        elif not isinstance(statement, SIMPLE | cst.FunctionDef) and has_return(statement):
            return False
    return True


def is_guarded(statement: Any) -> bool:
    """Return whether a statement is a `try` with nothing but a `finally`, which does not return."""
    plain = isinstance(statement, cst.Try) and not statement.handlers and statement.finalbody is not None
    return plain and not has_return(statement.finalbody)
