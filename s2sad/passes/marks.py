"""The marks in the body of a `try`: what is computed there although nobody may read it, because it may raise.

    t = a - 1.0                       t = a - 1.0
    y = math.sqrt(t)        ->        y = math.sqrt(t)
    tried(t, y)                       tried(y)

What another marked value is computed from needs no mark of its own, and may be written where it is used.
"""

from __future__ import annotations

from s2sad.ir.nodes import Assign, Block, Op, Stmt, is_mark, reads
from s2sad.passes.dce import inner_blocks


def thin_marks(block: Block) -> None:
    """Drop from each mark what others in its block are computed from."""
    for stmt in block:
        for inner in inner_blocks(stmt):
            thin_marks(inner)
    for at, stmt in enumerate(block):
        if is_mark(stmt):
            _thin(stmt, block[:at])


def _thin(mark: Stmt, before: Block) -> None:
    marked = set(reads(mark))
    inside = {var for stmt in before if isinstance(stmt, Assign) and stmt.target in marked for var in reads(stmt)}
    assert isinstance(mark.value, Op)  # type: ignore[attr-defined]
    mark.value.args = tuple(arg for arg in mark.value.args if arg not in inside)  # type: ignore[attr-defined]
