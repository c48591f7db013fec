"""Where statements and variables stand: textual order, enclosing loops, definitions and uses."""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.ir.nodes import (
    Block,
    For,
    Function,
    If,
    Stmt,
    Var,
    While,
    blocks_of,
    exprs_of,
    targets_of,
    variables,
)

Loop = For | While


@dataclass(frozen=True, slots=True)
class Place:
    """A statement's position in textual order, its loops from outside in, its block and where it stands there."""

    order: int
    loops: tuple[Loop, ...]
    block: Block
    index: int
    branches: tuple[tuple[Stmt, int], ...]


@dataclass(eq=False, repr=False)
class Places:
    """Places of all statements of a function, and where each variable is defined and used."""

    of: dict[Stmt, Place] = field(default_factory=dict)
    defs: dict[Var, list[Stmt]] = field(default_factory=dict)
    uses: dict[Var, list[Stmt]] = field(default_factory=dict)
    end: dict[Stmt, int] = field(default_factory=dict)  # the last order inside a statement

    def scope(self, var: Var) -> tuple[Loop, ...]:
        """Return the loops that contain every definition of a variable, and every use of a join."""
        stmts = self.defs.get(var)
        if not stmts:
            return ()
        if var.join:  # what is read after a loop is handed on from one iteration to the next
            stmts = [*stmts, *self.uses.get(var, ())]
        common = self._inner_loops(stmts[0], var)
        for stmt in stmts[1:]:
            loops = self._inner_loops(stmt, var)
            common = tuple(loop for loop in common if loop in loops)
        return common

    def _inner_loops(self, stmt: Stmt, var: Var) -> tuple[Loop, ...]:
        loops = self.of[stmt].loops
        return (*loops, stmt) if isinstance(stmt, For) and stmt.index is var else loops

    def may_follow(self, first: Stmt, second: Stmt, scope: tuple[Loop, ...]) -> bool:
        """Return whether `second` may run after `first`, without passing the loops of `scope` again."""
        a, b = self.of[first], self.of[second]
        if b.order > a.order and not self._exclusive(a, b):
            return True
        return any(loop in b.loops and loop not in scope for loop in a.loops)

    def _exclusive(self, a: Place, b: Place) -> bool:
        """Whether two places stand in different arms of one branch."""
        for x, y in zip(a.branches, b.branches, strict=False):
            if x != y:
                return x[0] is y[0]
        return False


def find_places(function: Function) -> Places:
    """Return the places of a function."""
    places = Places()
    _walk(function.body, (), (), places, [0])
    return places


def _walk(
    block: Block,
    loops: tuple[Loop, ...],
    branches: tuple[tuple[Stmt, int], ...],
    places: Places,
    order: list[int],
) -> None:
    for index, stmt in enumerate(block):
        order[0] += 1
        places.of[stmt] = Place(order[0], loops, block, index, branches)
        for var in targets_of(stmt):
            places.defs.setdefault(var, []).append(stmt)
        for expr in exprs_of(stmt):
            for var in variables(expr):
                places.uses.setdefault(var, []).append(stmt)
        inner = (*loops, stmt) if isinstance(stmt, For | While) else loops
        for arm, nested in enumerate(blocks_of(stmt)):
            path = (*branches, (stmt, arm)) if isinstance(stmt, If) else branches
            _walk(nested, inner, path, places, order)
        if isinstance(stmt, While):
            for var in variables(stmt.cond):
                places.uses.setdefault(var, []).append(stmt)
        places.end[stmt] = order[0]
