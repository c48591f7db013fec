"""Common subexpressions within straight-line code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from s2sad.ir.nodes import (
    Assign,
    Block,
    Call,
    Const,
    Effect,
    Expr,
    Move,
    Op,
    Return,
    SetField,
    Stmt,
    Store,
    Var,
    exprs_of,
    reads,
    subexpressions,
    variables,
)
from s2sad.ir.rewrite import map_exprs, substitute
from s2sad.ir.types import Array
from s2sad.passes.dce import inner_blocks
from s2sad.rules.core import TABLE, is_pure, view_kind
from s2sad.rules.infer import is_basic

FRESH = {
    "copy",
    "zeros_like",
    "zeros",
    "empty",
    "empty_like",
    "ones",
    "full",
    "full_like",
    "list",
    "build",
    "zeros_list",
    "zeros_tree",
    "to_list",
    "split_like",
    "to_tuple",
    "repeat_list",
    "add_each",
    "add_all",
    "recall",
    "array",
    "eye",
    "deepcopy",
}


def key_of(expr: Expr) -> Any:
    """Return a key that equal expressions share; None if this one must not be shared."""
    if isinstance(expr, Var):
        return id(expr)
    if isinstance(expr, Const):
        return type(expr.value).__name__, repr(expr.value), expr.text
    if isinstance(expr, Call) or not isinstance(expr, Op) or expr.name in FRESH:
        return None
    parts = [key_of(part) for part in (*expr.args, *expr.attrs.values())]
    form = expr.form if expr.name == "library" else ""  # which function it is
    return None if None in parts else (expr.name, form, tuple(parts), tuple(expr.attrs))


def escaping(block: Block) -> set[Var]:
    """Return the arrays that must stay apart: written, moved, returned, handed on, also through a view of them."""
    found: set[Var] = set()
    seen_through: dict[Var, set[Var]] = {}  # a view and what it may be one of
    for stmt in walk_all(block):
        if isinstance(stmt, Store):
            found.update(variables(stmt.base))
        if isinstance(stmt, Move | Return | Effect | SetField):
            found.update(reads(stmt))
        if isinstance(stmt, Assign) and isinstance(stmt.value, Op) and _views(stmt.value):
            seen_through.setdefault(stmt.target, set()).update(variables(stmt.value))
        for expr in exprs_of(stmt):
            for part in subexpressions(expr):
                if isinstance(part, Call) or (isinstance(part, Op) and part.name in ("build", "list", "tuple")):
                    found.update(v for arg in part.args for v in variables(arg))
    waiting = list(found)
    while waiting:
        for var in seen_through.get(waiting.pop(), ()):
            if var not in found:
                found.add(var)
                waiting.append(var)
    return found


def _views(op: Op) -> bool:
    rule = TABLE.rules.get(op.name)
    return rule is not None and rule.view is not None and isinstance(op.type, Array)


def walk_all(block: Block) -> Iterator[Stmt]:
    """Yield every statement, nested functions included."""
    for stmt in block:
        yield stmt
        for inner in inner_blocks(stmt):
            yield from walk_all(inner)


def share(block: Block) -> None:
    """Compute equal pure values once, in each straight-line stretch."""
    replaced: dict[Var, Expr] = {}
    _share(block, escaping(block), replaced)
    _replace_everywhere(block, replaced)


def _replace_everywhere(block: Block, replaced: dict[Var, Expr]) -> None:
    if replaced:
        for stmt in walk_all(block):
            map_exprs(stmt, lambda expr: substitute(expr, replaced))


def _share(block: Block, apart: set[Var], replaced: dict[Var, Expr]) -> None:
    known: dict[Any, Var] = {}
    views: dict[Any, Var] = {}  # what is written through one is seen through all: a store changes nothing about them
    result: Block = []
    for stmt in block:
        if replaced:
            map_exprs(stmt, lambda expr: substitute(expr, replaced))
        for inner in inner_blocks(stmt):
            _share(inner, apart, replaced)
        if isinstance(stmt, Assign) and is_pure(stmt.value) and not stmt.target.user:
            key, found = key_of(stmt.value), views if is_view(stmt.value) else known
            if found is known and isinstance(stmt.target.type, Array) and stmt.target in apart:
                key = None
            if key is not None and not isinstance(stmt.value, Var | Const):
                if key in found:
                    replaced[stmt.target] = found[key]
                    continue
                found[key] = stmt.target
        elif _writes(stmt):
            known.clear()
            if isinstance(stmt, Move) or inner_blocks(stmt):  # which may bind anew what they are views of
                views.clear()
        result.append(stmt)
    block[:] = result


def is_view(expr: Expr) -> bool:
    """Return whether a value is surely a view of an array, and not a copy or a number."""
    if not isinstance(expr, Op) or not isinstance(expr.type, Array) or not expr.args:
        return False
    if expr.name == "getitem":
        return isinstance(expr.args[0].type, Array) and is_basic(expr.args[1])
    return view_kind(expr) == "always"


def _writes(stmt: Stmt) -> bool:
    if isinstance(stmt, Store | SetField | Effect) or inner_blocks(stmt):
        return True
    return any(not is_pure(expr) for expr in exprs_of(stmt)) or not isinstance(stmt, Assign)
