"""A name that a path does not bind: where it is handed on, and not computed with, reading it is asked about.

    for i in range(n):
        y = x * i
    return y              # if y is None: raise UnboundLocalError(...)

Python raises where it computes with a name that is not bound. Generated code may bind it to None, for its adjoint: then
nothing would be raised where the value is only returned, put into a container or given to a function.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from s2sad.analysis.bound import Paths, used
from s2sad.ir.nodes import (
    Block,
    Const,
    Expr,
    Function,
    If,
    Move,
    Op,
    Raise,
    Stmt,
    Var,
    blocks_of,
    is_mark,
    reads,
    targets_of,
)
from s2sad.ir.types import BOOL, Static


class Bindings(Paths):
    """What is surely bound before each statement: what is moved from a name that is not bound binds nothing.

    A pair (flag, name) says that the name is bound if the flag is True: it tells how a loop was left.
    """

    def __init__(self, function: Function, partial: set[Var]) -> None:
        super().__init__()
        self.partial = partial
        self.before: dict[Stmt, frozenset[Any]] = {}
        self.block(function.body, frozenset())

    def look(self, stmt: Stmt, bound: frozenset[Any]) -> None:
        self.before[stmt] = bound

    def bind(self, stmt: Stmt, bound: frozenset[Any]) -> frozenset[Any]:
        if not isinstance(stmt, Move):
            return bound | self.partial.intersection(targets_of(stmt))
        pairs = list(zip(stmt.targets, stmt.sources, strict=True))
        holding = {t for t, s in pairs if not isinstance(s, Var) or s not in self.partial or s in bound}
        flags = {t: s for t, s in pairs if t.type == BOOL}
        kept = {fact for fact in bound if fact not in stmt.targets and not (type(fact) is tuple and fact[0] in flags)}
        kept |= holding & self.partial
        for flag, source in flags.items():
            kept |= {(flag, var) for var in self.partial if self.implies(source, var, kept, bound)}
        return frozenset(kept)

    def implies(self, source: Expr, var: Var, now: set[Any], before: frozenset[Any]) -> bool:
        """Return whether a name is bound if a flag that gets this value is True."""
        if isinstance(source, Const):
            return not source.value or var in now
        return var in now or (source, var) in before

    def told(self, cond: Expr, taken: bool, bound: frozenset[Any]) -> frozenset[Any]:
        while isinstance(cond, Op) and cond.name == "not":
            cond, taken = cond.args[0], not taken
        return bound | {fact[1] for fact in bound if type(fact) is tuple and fact[0] is cond} if taken else bound


def ask_whether_bound(function: Function, unit: Any) -> None:
    """Raise, before a statement hands on what may not be bound, if it is not."""
    partial = {var for var in unit.partial if var not in unit.optional}
    if not partial:
        return
    found = Bindings(function, partial)
    _ask(function.body, found, unit, set())


def _ask(block: Block, found: Bindings, unit: Any, asked: set[Var]) -> None:
    made: Block = []
    for stmt in block:
        for inner in blocks_of(stmt):
            _ask(inner, found, unit, set(asked))
        for var in handed_on(stmt, found):
            if var not in asked:
                asked.add(var)
                made.append(question(var, stmt, unit))
        made.append(stmt)
    block[:] = made


def handed_on(stmt: Stmt, found: Bindings) -> Iterator[Var]:
    """Yield what a statement takes as it is, and that may not be bound."""
    if isinstance(stmt, Move | If) or is_mark(stmt) or stmt not in found.before:
        return
    computed = set(used(stmt))
    for var in dict.fromkeys(reads(stmt)):
        if var in found.partial and var not in found.before[stmt] and var not in computed:
            yield var


def question(var: Var, stmt: Stmt, unit: Any) -> If:
    """Return `if var is None: raise ...`, as Python does where it is read."""
    if var in unit.fields:
        error, text = "AttributeError", f"the object has no attribute {var.name!r}"
    else:
        error = "UnboundLocalError"
        text = f"cannot access local variable {var.name!r} where it is not associated with a value"
    value = Op("exception", (Const(text),), Static("exception"), {}, error)
    lacking = Op("is", (var, Const(None)), BOOL)
    return If(lacking, [Raise(value, stmt.origin)], [], stmt.origin)
