"""What is evaluated for its effect only stands as a statement of its own, without a name for its result.

result = np.random.shuffle(idx)    ->    np.random.shuffle(idx)
"""

from __future__ import annotations

from s2sad.ir.nodes import Assign, Block, Effect, Op, Var, reads
from s2sad.passes.cse import walk_all
from s2sad.passes.dce import inner_blocks


def drop_results(body: Block) -> None:
    """Forget the results that nobody reads of what must be evaluated."""
    _drop(body, {var for stmt in walk_all(body) for var in reads(stmt)})


def _drop(block: Block, used: set[Var]) -> None:
    for i, stmt in enumerate(block):
        for inner in inner_blocks(stmt):
            _drop(inner, used)
        value = stmt.value if isinstance(stmt, Assign) and stmt.target not in used else None
        if isinstance(value, Op) and value.name in ("opaque", "draw"):
            block[i] = Effect(value, stmt.origin)
