"""What is kept, handed on or asked for where a path has not bound it is bound to None first.

    t = None
    if n > 2:
        t = np.sin(x)
    ...
    t_bar = None if t is None else np.zeros(t.shape)

Where a value itself is needed nothing is done: to read it there is the user's UnboundLocalError.
"""

from __future__ import annotations

from collections.abc import Iterator

from s2sad.analysis.bound import Unbound
from s2sad.ir.nodes import (
    Assign,
    Const,
    Effect,
    Expr,
    Function,
    Move,
    Op,
    Return,
    Stmt,
    Try,
    Var,
    exprs_of,
    targets_of,
    walk,
)

CARRIERS = {"build", "tuple", "list", "is", "is_not", "if_else"}


def bind_unbound(function: Function) -> None:
    """Bind at its start what a function carries before it is bound; in a handler what the body may not have bound."""
    bound = [*Unbound(function.body, carried).found, *bound_to_none(function)]
    for stmt in walk(function.body) if bound else ():
        if isinstance(stmt, Try):
            made = {t for inner in walk(stmt.then) for t in targets_of(inner)}
            stmt.orelse[:0] = [Move((var,), (Const(None),)) for var in bound if var in made]
    found = Unbound(function.body, carried).found
    function.body[:0] = [Move((var,), (Const(None),)) for var in found]


def carried(stmt: Stmt) -> Iterator[Var]:
    """Yield the variables that a statement hands on or asks for, whatever they hold."""
    stack: list[Expr] = []
    if isinstance(stmt, Move | Return):
        stack.extend(exprs_of(stmt))
    elif isinstance(stmt, Assign):
        stack.append(stmt.value)
    elif isinstance(stmt, Effect) and isinstance(stmt.value, Op) and stmt.value.name == "append":
        stack.append(stmt.value.args[1])
    for expr in exprs_of(stmt):
        stack.extend(asked(expr))
    while stack:
        expr = stack.pop()
        if isinstance(expr, Var):
            yield expr
        elif isinstance(expr, Op) and expr.name in CARRIERS:
            stack.extend(expr.args)


def asked(expr: Expr) -> Iterator[Expr]:
    """Yield the tests for None in an expression."""
    stack = [expr]
    while stack:
        part = stack.pop()
        if isinstance(part, Op):
            if part.name in ("is", "is_not"):
                yield part
            stack.extend(part.args)


def bound_to_none(function: Function) -> Iterator[Var]:
    """Yield what is bound to None at the start of a function."""
    for stmt in function.body:
        if not isinstance(stmt, Move):
            return
        for target, source in zip(stmt.targets, stmt.sources, strict=True):
            if isinstance(source, Const) and source.value is None:
                yield target
