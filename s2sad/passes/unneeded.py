"""Names that only feed themselves: a counter of iterations that nobody asks for.

steps = 0
while test:
    steps += 1        # read by nothing but this line
"""

from __future__ import annotations

from s2sad.ir.nodes import Assign, Block, Call, Expr, Move, Stmt, Var, exprs_of, variables
from s2sad.passes.cse import walk_all
from s2sad.passes.dce import inner_blocks
from s2sad.rules.core import is_pure


def remove_unneeded(body: Block) -> None:
    """Remove the assignments to which no statement leads that does more than bind a name."""
    sources: dict[Var, list[Expr]] = {}
    waiting: list[Var] = []
    for stmt in walk_all(body):
        if isinstance(stmt, Move):
            for target, source in zip(stmt.targets, stmt.sources, strict=True):
                sources.setdefault(target, []).append(source)
        elif binds_only(stmt):
            sources.setdefault(stmt.target, []).append(stmt.value)  # type: ignore[attr-defined]
        else:
            waiting += [var for expr in exprs_of(stmt) for var in variables(expr)]
    needed: set[Var] = set()
    while waiting:
        var = waiting.pop()
        if var not in needed:
            needed.add(var)
            waiting += [part for value in sources.get(var, ()) for part in variables(value)]
    _sweep(body, needed)


def binds_only(stmt: Stmt) -> bool:
    """Return whether a statement binds a name, and does nothing else."""
    return isinstance(stmt, Assign) and not isinstance(stmt.value, Call) and is_pure(stmt.value)


def _sweep(block: Block, needed: set[Var]) -> None:
    kept: Block = []
    for stmt in block:
        for inner in inner_blocks(stmt):
            _sweep(inner, needed)
        if isinstance(stmt, Move):
            pairs = [(t, s) for t, s in zip(stmt.targets, stmt.sources, strict=True) if t in needed]
            if not pairs:
                continue
            stmt.targets, stmt.sources = tuple(t for t, _ in pairs), tuple(s for _, s in pairs)
        elif binds_only(stmt) and stmt.target not in needed:  # type: ignore[attr-defined]
            continue
        kept.append(stmt)
    block[:] = kept
