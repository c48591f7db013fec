"""Which variables may be one and the same list while it changes.

The cotangent of a list is a list of its own for each variable. `first = xs` is one variable, and so are all names
of a list wherever it is clear which one they mean. Where the control flow decides (`ys = a if c else b`), a list that
grows through one variable would have to grow through the other: the cotangents of two variables cannot follow that.
"""

from __future__ import annotations

from s2sad.analysis.alias import Aliases, Pairs, PairsFinder, resized_by, summary
from s2sad.errors import Problem, UnsupportedError
from s2sad.ir.nodes import Assign, Call, Effect, Expr, Function, Stmt, Store, Var, walk
from s2sad.ir.types import ListOf, differentiable


def refuse_shared_lists(function: Function, aliases: Aliases) -> None:
    """Refuse a list that changes through one variable while another one that may be the same list is still read."""
    if not any(changed_lists(stmt) for stmt in walk(function.body)):
        return
    finder = _Finder(Aliases(aliases.places), set(function.params), False)
    finder.block(function.body, {})
    problems = list(finder.problems.values())
    if problems:
        raise UnsupportedError(list(dict.fromkeys(problems)), function.name)


def changed_lists(stmt: Stmt) -> list[Var]:
    """Return the lists that a statement, or what it calls, changes."""
    changed = [stmt.base] if isinstance(stmt, Store) else resized_by(stmt)
    return [
        base
        for base in changed
        if isinstance(base, Var) and isinstance(base.type, ListOf) and differentiable(base.type)
    ]


class _Finder(PairsFinder):
    """Walks a function with the pairs of variables that may be one list."""

    def __init__(self, result: Aliases, params: set[Var], outlives: bool) -> None:
        super().__init__(result, params, outlives)
        self.problems: dict[Stmt, Problem] = {}

    def statement(self, stmt: Stmt, pairs: Pairs) -> Pairs:
        for base in changed_lists(stmt):
            self.check(stmt, base, pairs)
        linking = isinstance(stmt, Store | Effect)  # an item is not the list
        return pairs if linking else super().statement(stmt, pairs)

    def check(self, stmt: Stmt, base: Var, pairs: Pairs) -> None:
        value = stmt.value if isinstance(stmt, Assign | Effect) else None
        given = value.args if isinstance(value, Call) else ()
        for partner in pairs.get(base, ()):
            if isinstance(partner.type, ListOf) and (partner in given or self.read_after(stmt, partner)):
                names = " and ".join(sorted({repr(base.name), repr(partner.name)}))
                message = f"this changes a list that {names} may be, and whether they are the same depends on the path"
                span = stmt.origin.span if stmt.origin else None
                self.problems[stmt] = Problem(message, span, "let one name have a copy: list(xs)")

    def sources(self, value: Expr) -> list[Var]:
        if isinstance(value, Var):
            return [value]
        if not isinstance(value, Call):
            return []
        given = summary(value.function).aliases
        return [arg for i, arg in enumerate(value.args) if i in given and isinstance(arg, Var)]
