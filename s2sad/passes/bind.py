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

from s2sad.ir.nodes import (
    Assign,
    Block,
    Break,
    Const,
    Continue,
    DefinePullback,
    Effect,
    Expr,
    Function,
    If,
    Move,
    Op,
    Raise,
    Return,
    Stmt,
    Var,
    While,
    blocks_of,
    exprs_of,
    targets_of,
    walk,
)

CARRIERS = {"build", "tuple", "list", "is", "is_not", "if_else"}

Bound = frozenset[Var]


def bind_unbound(function: Function) -> None:
    """Bind at its start what a function carries before it is bound."""
    found = _Unbound(function.body).found
    function.body[:0] = [Move((var,), (Const(None),)) for var in found]


class _Unbound:
    """Finds the variables that are carried where a path may not have bound them."""

    def __init__(self, body: Block) -> None:
        self.found: dict[Var, None] = {}
        self.nested = {t for stmt in body for inner in blocks_of(stmt) for s in walk(inner) for t in targets_of(s)}
        self.nested -= {t for stmt in body if not isinstance(stmt, If) for t in targets_of(stmt)} & self.first(body)
        if self.nested:
            self.block(body, frozenset())

    def first(self, body: Block) -> set[Var]:
        """Return what the statements of a block bind before any block inside of it does."""
        seen: set[Var] = set()
        found: set[Var] = set()
        for stmt in body:
            found.update(t for t in targets_of(stmt) if t not in seen)
            seen.update(t for inner in blocks_of(stmt) for s in walk(inner) for t in targets_of(s))
        return found

    def block(self, block: Block, bound: Bound | None) -> Bound | None:
        for stmt in block:
            if bound is None:
                return None
            bound = self.statement(stmt, bound)
        return bound

    def statement(self, stmt: Stmt, bound: Bound) -> Bound | None:
        for var in carried(stmt):
            if var in self.nested and var not in bound:
                self.found[var] = None
        if isinstance(stmt, DefinePullback):
            self.block(stmt.function.body, bound)
            return bound
        if isinstance(stmt, Break | Continue | Return | Raise):
            return None
        bound |= self.nested & set(targets_of(stmt))
        if isinstance(stmt, If):
            ends = [end for end in (self.block(arm, bound) for arm in blocks_of(stmt)) if end is not None]
            return frozenset.intersection(*ends) if ends else None
        if isinstance(stmt, While):
            tested = self.block(stmt.test, bound)
            self.block(stmt.body, tested)
            return bound if any(isinstance(s, Break) for s in walk(stmt.body)) else tested
        for inner in blocks_of(stmt):
            self.block(inner, bound)
        return bound


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
