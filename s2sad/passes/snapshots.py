"""Copies that objects of a library make of what they are given: none is needed where neither is written."""

from __future__ import annotations

from s2sad.analysis.alias import find_aliases
from s2sad.ir.nodes import Assign, Expr, Function, Move, Op, Return, Var, variables, walk
from s2sad.ir.rewrite import map_block, substitute
from s2sad.rules.core import SNAPSHOT


def drop_snapshots(function: Function) -> None:
    """Use what was copied in the place of each copy that nobody can tell from it."""
    made = [stmt for stmt in walk(function.body) if isinstance(stmt, Assign) and is_snapshot(stmt.value)]
    if not made:
        return
    aliases = find_aliases(function)
    moved = {target for stmt in walk(function.body) if isinstance(stmt, Move) for target in stmt.targets}
    given = [var for stmt in walk(function.body) if isinstance(stmt, Return) for var in variables(stmt.value)]
    returned = {aliases.root(var) for var in given}
    same: dict[Var, Expr] = {}
    for stmt in made:
        assert isinstance(stmt.value, Op)
        source = stmt.value.args[0]
        kept = bool(aliases.written(stmt.target)) or aliases.root(stmt.target) in returned
        if kept or not isinstance(source, Var) or source in moved or aliases.written(source):
            stmt.value.form = ".copy"
        else:
            same[stmt.target] = same.get(source, source)
    map_block(function.body, lambda expr: substitute(expr, same))


def is_snapshot(value: Expr) -> bool:
    """Return whether a value is a copy that the object of a library makes."""
    return isinstance(value, Op) and value.name == "copy" and value.form == SNAPSHOT
