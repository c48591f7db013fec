"""Where the joins of a function may be without a value: one path binds a name, another does not.

    if n > 2:
        t = np.sin(x)
    y = 2.0 * x
    if n > 2:
        y = t * y

Reading `t` without a value is the user's error, and a program that runs does not. But the adjoint looks at the shape of
`t` also where `t` is not read: for a cotangent that is zero on one path. There it must ask first.
"""

from __future__ import annotations

from collections.abc import Iterable

from s2sad.ir.nodes import Block, Break, Const, Continue, Expr, For, If, Move, Raise, Return, Stmt, Var, While

Bound = frozenset[Var]


class BoundJoins:
    """The joins that surely hold a value, before each statement."""

    def __init__(self, body: Block) -> None:
        self.before: dict[Stmt, Bound] = {}
        self.breaks: list[list[Bound]] = []
        self.block(body, frozenset())

    def may_lack(self, var: Var, stmt: Stmt) -> bool:
        """Return whether a variable may have no value before a statement; statements of no function know nothing."""
        return var.join and stmt in self.before and var not in self.before[stmt]

    def block(self, block: Block, bound: Bound | None) -> Bound | None:
        for stmt in block:
            if bound is None:
                return None
            bound = self.statement(stmt, bound)
        return bound

    def statement(self, stmt: Stmt, bound: Bound) -> Bound | None:
        """Return what is bound after a statement; None if nothing comes after it."""
        self.before[stmt] = bound
        match stmt:
            case Move():
                holding = {t for t, s in zip(stmt.targets, stmt.sources, strict=True) if holds(s, bound)}
                return (bound - set(stmt.targets)) | holding
            case If():
                return meet(self.block(arm, bound) for arm in (stmt.then, stmt.orelse))
            case For():
                return self.loop(stmt, bound)
            case While():
                return self.loop(stmt, bound)
            case Break():
                self.breaks[-1].append(bound)
                return None
            case Continue() | Return() | Raise():
                return None
        return bound

    def loop(self, stmt: For | While, bound: Bound) -> Bound | None:
        """Follow a loop until no iteration leaves less than the one before."""
        test: Block = stmt.test if isinstance(stmt, While) else []
        while True:
            self.breaks.append([])
            start = self.block(test, bound)
            end = self.block(stmt.body, start)
            left = self.breaks.pop()
            again = meet([bound, end])
            assert again is not None
            if again == bound:
                return meet([start, *left])
            bound = again


def holds(source: Expr, bound: Bound) -> bool:
    """Return whether what is moved into a join is a value."""
    if isinstance(source, Const):
        return source.value is not None
    return not (isinstance(source, Var) and source.join) or source in bound


def meet(parts: Iterable[Bound | None]) -> Bound | None:
    """Return what is bound on every path that goes on."""
    found = [part for part in parts if part is not None]
    return frozenset.intersection(*found) if found else None
