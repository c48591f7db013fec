"""Read a cotangent for the last time before it is scaled, so that it can be scaled in place.

    z_bar2 = z_bar / s;  a = sum(z_bar * z)     ->     a = sum(z_bar * z);  z_bar2 = z_bar / s

Statements that only compute a value from what is there already move up, past the operation that may then take the
buffer of its operand.
"""

from __future__ import annotations

from s2sad.ir.nodes import Assign, Block, Op, Stmt, Var, blocks_of, exprs_of, variables
from s2sad.ir.types import Array
from s2sad.rules.builder import same_shape
from s2sad.rules.core import is_pure

SCALES = ("multiply", "divide")


def read_before_scaling(block: Block) -> None:
    """Reorder a block and all nested in it."""
    for stmt in block:
        for inner in blocks_of(stmt):
            read_before_scaling(inner)
    made: dict[Var, Assign] = {}
    readers: dict[Var, list[Stmt]] = {}
    for stmt in block:
        if isinstance(stmt, Assign):
            made[stmt.target] = stmt
        for var in {v for expr in exprs_of(stmt) for v in variables(expr)}:
            readers.setdefault(var, []).append(stmt)
    at = 0
    for stmt in [s for s in block if scales(s, made)]:
        assert isinstance(stmt, Assign) and isinstance(stmt.value, Op)
        later = readers[stmt.value.args[0]]  # type: ignore[index]
        at = block.index(stmt, at)
        move_up(block, at, later[later.index(stmt) + 1 :])


def scales(stmt: Stmt, made: dict[Var, Assign]) -> bool:
    """Return whether a statement scales an array that was computed in this block."""
    if not isinstance(stmt, Assign) or not isinstance(stmt.value, Op) or stmt.value.name not in SCALES:
        return False
    old = stmt.value.args[0]
    value = made[old].value if isinstance(old, Var) and old in made else None
    computed = isinstance(value, Op) and value.name in (*SCALES, "add", "subtract", "negative", "matmul")
    return computed and isinstance(old.type, Array) and old.type.ndim > 0 and same_shape(old.type, stmt.target.type)


def move_up(block: Block, at: int, later: list[Stmt]) -> None:
    """Move the later readers of what a statement scales before it, if there is one and it can be."""
    if len(later) != 1:
        return
    stmt, reader = block[at], later[0]
    assert isinstance(stmt, Assign)
    place = block.index(reader, at)
    between = block[at:place]
    ready = {s.target for s in between if isinstance(s, Assign)}
    if not isinstance(reader, Assign) or not is_pure(reader.value) or any(v in ready for v in variables(reader.value)):
        return
    if isinstance(reader.target.type, Array) and same_shape(reader.target.type, stmt.target.type):
        return  # a whole array more would be held meanwhile
    if all(isinstance(s, Assign) and is_pure(s.value) for s in between):
        block.insert(at, block.pop(place))
