"""One tape for what a stretch of statements keeps: `tape.append((m, P, S))` forward, `m, P, S = next(tape)` back.

Tapes that become lists, are written in one stretch of one block and read in one block, are packed into a tape of
tuples, written where the last of them was. What would be something else by then is given a name of its own first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from s2sad.ir.nodes import (
    Assign,
    Block,
    Break,
    Const,
    Continue,
    Expr,
    Keep,
    Move,
    Op,
    Raise,
    Return,
    Stmt,
    Tape,
    Var,
    blocks_of,
    walk,
)
from s2sad.ir.types import Structure
from s2sad.transforms.loops import may_exit


@dataclass(eq=False, repr=False)
class Recall:
    """Where a tape is read: the block, the statement."""

    block: Block
    stmt: Assign


def pack(tapes: list[Tape], forward: Block, reverse: Block) -> list[Tape]:
    """Pack those of these tapes that can be; return the tapes there are now."""
    written = Counter(stmt.tape for stmt in walk(forward) if isinstance(stmt, Keep))
    packing = _Packing({tape for tape in tapes if written[tape] == 1}, find_recalls(reverse))
    packing.visit(forward)
    return [tape for tape in tapes if tape not in packing.gone] + packing.made


def find_recalls(reverse: Block) -> dict[Tape, list[Recall]]:
    """Return where each tape is read."""
    found: dict[Tape, list[Recall]] = {}
    for stmt in reverse:
        if isinstance(stmt, Assign) and isinstance(stmt.value, Op) and stmt.value.name == "recall":
            tape = stmt.value.attrs["tape"]
            assert isinstance(tape, Const)
            found.setdefault(tape.value, []).append(Recall(reverse, stmt))
        for inner in blocks_of(stmt):
            for tape_, recalls in find_recalls(inner).items():
                found.setdefault(tape_, []).extend(recalls)
    return found


class _Packing:
    def __init__(self, tapes: set[Tape], recalls: dict[Tape, list[Recall]]) -> None:
        self.tapes = {tape for tape in tapes if len(recalls.get(tape, ())) == 1}
        self.recalls = recalls
        self.gone: set[Tape] = set()
        self.made: list[Tape] = []

    def visit(self, block: Block) -> None:
        """Pack the tapes that are written in a block, stretch by stretch."""
        stretch: list[Keep] = []
        for stmt in list(block):
            for inner in blocks_of(stmt):
                self.visit(inner)
            if isinstance(stmt, Keep) and stmt.tape in self.tapes:
                stretch.append(stmt)
            if isinstance(stmt, Break | Continue | Return | Raise) or may_exit(stmt):
                self.stretch(block, stretch)
                stretch = []
        self.stretch(block, stretch)

    def stretch(self, block: Block, keeps: list[Keep]) -> None:
        """Pack those that are also read in one block."""
        by_block: dict[int, list[Keep]] = {}
        for keep in keeps:
            by_block.setdefault(id(self.recalls[keep.tape][0].block), []).append(keep)
        for group in by_block.values():
            if len(group) > 1:
                self.combine(block, group)

    def combine(self, block: Block, keeps: list[Keep]) -> None:
        """Make one tape of several."""
        last = block.index(keeps[-1])
        parts: list[Expr] = []
        for keep in keeps:
            at = block.index(keep)
            part, before = self.held(keep, block[at:last])
            parts.append(part)
            block[at : at + 1] = before
            last = last - 1 + len(before)
        type_ = Structure("tuple", tuple(range(len(parts))), tuple(part.type for part in parts))
        tape = Tape("tape", type_, keeps[0].tape.loops)
        value = Op("build", tuple(parts), type_, {"keys": Const(type_.keys)}, "tuple")
        block.insert(last + 1, Keep(tape, value, keeps[-1].origin))
        self.made.append(tape)
        self.gone.update(keep.tape for keep in keeps)
        self.unpack(tape, type_, [self.recalls[keep.tape][0] for keep in keeps], [keep.tape.var for keep in keeps])

    def held(self, keep: Keep, until: Block) -> tuple[Expr, Block]:
        """Return what to put into the tuple, and the statement that holds it until then."""
        value = keep.value
        moved = {target for stmt in walk(until) if isinstance(stmt, Move) for target in stmt.targets}
        if isinstance(value, Var) and value not in moved:
            return value, []
        var = keep.tape.var
        name = "kept" if var is None or var.name == "t" else f"{var.name}_before"
        held = Var(name, value.type)
        return held, [Assign(held, value)]

    def unpack(self, tape: Tape, type_: Structure, recalls: list[Recall], vars_: list[Var | None]) -> None:
        """Read the tuple where the first of the tapes was read."""
        block = recalls[0].block
        at = min(block.index(recall.stmt) for recall in recalls)
        item = Var("kept", type_)
        found: list[Stmt] = [Assign(item, Op("recall", (), type_, {"tape": Const(tape)}))]
        for key, recall in enumerate(recalls):
            target, var = recall.stmt.target, vars_[key]
            if target.name == "t" and var is not None:
                target.name = var.name
            found.append(Assign(target, Op("field", (item,), target.type, {"key": Const(key)}, "tuple")))
        gone = {id(recall.stmt) for recall in recalls}
        block[:] = [*block[:at], *found, *(stmt for stmt in block[at:] if id(stmt) not in gone)]
