"""What statements write, and whether it was there before them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from s2sad.ir.nodes import (
    Assign,
    Block,
    Call,
    Effect,
    Expr,
    Function,
    Move,
    Op,
    SetField,
    Stmt,
    Store,
    Var,
    exprs_of,
    is_mark,
    subexpressions,
    variables,
    walk,
)
from s2sad.ir.types import Array, ListOf, Structure
from s2sad.rules.core import is_pure, view_kind
from s2sad.rules.infer import is_basic


def changes_anything(block: Block) -> bool:
    """Return whether statements write what was there before them, draw, print, or do something else but compute."""
    own: set[Any] = set()
    for stmt in walk(block):
        if isinstance(stmt, Assign) and is_new(stmt.value, own):
            own.add(stmt.target)
    return any(writes_outside(stmt, own) or does_more(stmt) for stmt in walk(block))


def does_more(stmt: Any) -> bool:
    """Return whether a statement does more than compute, or change a list or an array."""
    if isinstance(stmt, Effect):
        return not is_mark(stmt) and not (isinstance(stmt.value, Op) and stmt.value.name in ("append", "pop"))
    if not isinstance(stmt, Assign) or isinstance(stmt.value, Call):
        return False
    return not is_pure(stmt.value) and not (isinstance(stmt.value, Op) and stmt.value.name == "pop")


def is_new(value: Expr, own: set[Any]) -> bool:
    """Return whether a value lives in memory of its own, or of what does."""
    if not isinstance(value.type, Array | ListOf | Structure):
        return True
    if not isinstance(value, Op):
        return False
    viewed = view_kind(value) is not None or value.name in ("field", "getitem", "pop", "build", "list", "tuple")
    if value.name == "getitem" and not isinstance(value.args[0].type, ListOf) and not is_basic(value.args[1]):
        return True
    return not viewed or all(arg in own or not isinstance(arg.type, Array | ListOf | Structure) for arg in value.args)


def writes_outside(stmt: Stmt, own: set[Any]) -> bool:
    """Return whether a statement, or one in it, writes what was there before the body."""
    return any(base not in own for inner in walk([stmt]) for base in written(inner))


def is_write(stmt: Stmt) -> bool:
    """Return whether a statement writes, and does no more than that."""
    if isinstance(stmt, Effect):
        return is_mark(stmt) or (isinstance(stmt.value, Op) and stmt.value.name == "append")
    return isinstance(stmt, Store | SetField)


Assumed = dict[int, list[bool]]  # by the identity of functions that are being looked at: which parameters they write


def written(stmt: Stmt, assumed: Assumed | None = None) -> Iterator[Expr]:
    """Yield what a statement writes into."""
    if isinstance(stmt, Store | SetField):
        yield stmt.base
    value = stmt.value if isinstance(stmt, Assign | Effect) else None
    if isinstance(value, Op) and value.name in ("append", "pop"):
        yield value.args[0]
    for expr in exprs_of(stmt):
        for part in subexpressions(expr):
            if isinstance(part, Call):
                writes = writes_of(part.function, assumed) or [True] * len(part.args)  # of one that is not lowered yet
                held = Array | ListOf | Structure
                yield from (arg for arg, w in zip(part.args, writes, strict=True) if w and isinstance(arg.type, held))


def writes_of(function: Function, assumed: Assumed | None = None) -> list[bool]:
    """Return for each parameter whether a function may write into what it is given for it.

    Of a function that calls itself it is assumed that it writes nothing, then what that gives, until it gives no more.
    """
    assumed = assumed or {}
    if id(function) in assumed:
        return assumed[id(function)]
    found = [False] * len(function.params)
    while (made := _writes(function, {**assumed, id(function): found})) != found:
        found = made
    return found


def _writes(function: Function, assumed: Assumed) -> list[bool]:
    """Return which parameters a function writes, given which the functions that it calls do."""
    shares = sharing(function.body)
    written_in = [base for stmt in walk(function.body) for base in written(stmt, assumed)]
    reached_in = {var for base in written_in for var in variables(base)}
    waiting = list(reached_in)
    while waiting:  # what is bound later in a loop is what was written earlier in it
        more = shares.get(waiting.pop(), set()) - reached_in
        reached_in |= more
        waiting += more
    return [param in reached_in for param in function.params]


def put_into(stmt: Stmt) -> tuple[Expr | None, tuple[Expr, ...]]:
    """Return the container that a statement puts something into, and what; None of other statements."""
    if isinstance(stmt, Store | SetField):
        return stmt.base, (stmt.value,)
    op = stmt.value if isinstance(stmt, Effect) else None
    return (op.args[0], op.args[1:]) if isinstance(op, Op) and op.name == "append" else (None, ())


def sharing(block: Block) -> dict[Var, set[Var]]:
    """Return for each name those whose memory it may share, wherever it is bound or filled: all it is made of."""
    found: dict[Var, set[Var]] = {}
    for stmt in walk(block):
        if isinstance(stmt, Assign) and isinstance(stmt.target.type, Array | ListOf | Structure):
            found.setdefault(stmt.target, set()).update(variables(stmt.value))
        if isinstance(stmt, Move):
            for target, source in zip(stmt.targets, stmt.sources, strict=True):
                found.setdefault(target, set()).update(variables(source))
        filled, put = put_into(stmt)
        if isinstance(filled, Var) and isinstance(filled.type, ListOf):
            found.setdefault(filled, set()).update(v for expr in put for v in variables(expr))
    return found
