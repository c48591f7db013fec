"""The adjoint of loops: the iterations run backwards, the cotangents that change go around.

    for t: S            for t reversed: adjoint(S)

Which cotangents go around the reverse loop is found by reversing the body until the set does not grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from s2sad.errors import InternalError
from s2sad.ir.nodes import (
    Block,
    Break,
    Const,
    Continue,
    Expr,
    For,
    If,
    Move,
    Op,
    Raise,
    Return,
    Stmt,
    Var,
    While,
    blocks_of,
    walk,
)
from s2sad.ir.types import ListOf, Scalar, fresh_size
from s2sad.rules.builder import Builder, number
from s2sad.transforms.cotangents import Bar, Key, as_list, bar_name, is_tuple, leaf_type

if TYPE_CHECKING:
    from s2sad.transforms.adjoint import Adjoint


@dataclass(eq=False, repr=False)
class LoopReverse:
    """How a loop is reversed: the reverse index, and the count of iterations if the loop can be left early."""

    index: Var
    counter: Var | None


def reverse_loop(adjoint: Adjoint, stmt: For | While) -> None:
    """Reverse a loop."""
    carried: dict[Key, None] = {}
    for _ in range(64):
        more = attempt(adjoint, stmt, carried)
        if not more:
            return
        carried.update(more)
    raise InternalError("the cotangents of a loop do not settle")


def attempt(adjoint: Adjoint, stmt: For | While, carried: dict[Key, None]) -> dict[Key, None]:
    """Reverse the body with these cotangents going around; return those that must go around too."""
    builder, entry = adjoint.builder, dict(adjoint.env)
    mark = len(builder.block), len(adjoint.prologues)
    joins: dict[Key, Var] = {}
    starts: list[Expr] = []
    for key in carried:
        starts.append(enter(adjoint, key, stmt).expr)
        joins[key] = Var(bar_name(key), leaf_type(key), join=True)
        adjoint.env[key] = Bar(joins[key], owned=isinstance(joins[key].type, ListOf))
    body = adjoint.block(stmt.body)
    if isinstance(stmt, While) and stmt.test:
        body += adjoint.block(stmt.test)
    more = changed(entry, adjoint.env, carried)
    if more:
        adjoint.env = entry
        del builder.block[mark[0] :]
        del adjoint.prologues[mark[1] :]
        return more
    head = next(iter([*(stmt.test if isinstance(stmt, While) else []), *stmt.body]), stmt)
    ends = [(join, leave(adjoint, key, body, head)) for key, join in joins.items()]
    ends = [(join, end) for join, end in ends if end is not join]
    if ends:
        body.append(Move(tuple(j for j, _ in ends), tuple(e for _, e in ends)))
    if joins:
        builder.block.append(Move(tuple(joins.values()), tuple(starts)))
    builder.block.append(backwards(adjoint, stmt, body))
    for key, join in joins.items():
        adjoint.env[key] = Bar(join, owned=isinstance(join.type, ListOf))
    return {}


def changed(before: dict[Key, Bar], after: dict[Key, Bar], carried: dict[Key, None]) -> dict[Key, None]:
    """Return the cotangents an iteration changes that do not go around yet."""
    keys = [key for key, bar in after.items() if before.get(key) != bar] + [key for key in before if key not in after]
    return {key: None for key in keys if key not in carried}


def enter(adjoint: Adjoint, key: Key, stmt: Stmt) -> Bar:
    """Return the cotangent with which the reverse loop starts."""
    bar = adjoint.env.get(key)
    if bar is None:
        return Bar(adjoint.zeros_at(key, stmt, "after"), owned=True)
    if isinstance(bar.expr.type, ListOf) and not bar.owned:
        return Bar(adjoint.builder.bind(Op("copy", (bar.expr,), as_list(bar.expr.type)), bar_name(key)), owned=True)
    return adjoint.full(bar, key[0], stmt)


def leave(adjoint: Adjoint, key: Key, body: Block, head: Stmt) -> Expr:
    """Return the cotangent with which an iteration ends: a list, also where it was handed in as a tuple."""
    found = adjoint.as_join(key, adjoint.env.get(key), body, head).expr
    return Op("copy", (found,), as_list(found.type)) if is_tuple(found.type) else found


def backwards(adjoint: Adjoint, stmt: For | While, body: Block) -> For:
    """Return the loop that runs the iterations backwards."""
    early = isinstance(stmt, While) or leaves_early(stmt)
    if stmt not in adjoint.loops:
        counter = Var("steps", Scalar("int", None, fresh_size())) if early else None
        if counter is not None:
            adjoint.aliases.places.defs[counter] = [stmt]
        name = stmt.index.name if isinstance(stmt, For) and counter is None else "step"
        index = Var(name, Scalar("int", None, fresh_size()), user=counter is None)
        adjoint.loops[stmt] = LoopReverse(index, counter)
    info, b = adjoint.loops[stmt], adjoint.builder
    if info.counter is not None:
        last = b.op("subtract", adjoint.residuals.need(info.counter, stmt), 1)
        return For(info.index, last, number(-1), number(-1), body, stmt.origin)
    assert isinstance(stmt, For)
    start, stop, step = (adjoint.need(e, stmt) for e in (stmt.start, stmt.stop, stmt.step))
    if isinstance(step, Const) and step.value == 1:
        first = one_less(adjoint, stmt.start, start, stmt)
        return For(info.index, one_less(adjoint, stmt.stop, stop, stmt), first, number(-1), body, stmt.origin)
    return For(info.index, *reversed_range(start, stop, step, b), body, stmt.origin)


def one_less(adjoint: Adjoint, bound: Expr, needed: Expr, stmt: Stmt) -> Expr:
    """Return a bound minus 1: `j` for `j + 1`."""
    made = adjoint.definitions.get(bound) if isinstance(bound, Var) and not bound.user else None
    value = made.value if made is not None else None
    if isinstance(value, Op) and value.name == "add" and isinstance(value.args[1], Const) and value.args[1].value == 1:
        return adjoint.need(value.args[0], stmt)
    return adjoint.builder.op("subtract", needed, 1)


def reversed_range(start: Expr, stop: Expr, step: Expr, b: Builder) -> tuple[Expr, Expr, Expr]:
    """Return the range that runs backwards through range(start, stop, step)."""
    if isinstance(step, Const) and step.value == -1:
        return b.op("add", stop, 1), b.op("add", start, 1), number(1)
    count = b.op("range_len", start, stop, step)
    last = b.op("add", start, b.op("multiply", b.op("subtract", count, 1), step))
    return last, b.op("subtract", start, step), b.op("negative", step)


# --- exits ----------------------------------------------------------------------------------------------------
def may_exit(stmt: Stmt) -> bool:
    """Return whether a statement may leave the block it stands in."""
    if isinstance(stmt, If):
        return any(_exits(inner) for inner in (*stmt.then, *stmt.orelse))
    if isinstance(stmt, For | While):
        return any(isinstance(inner, Return) for inner in walk([stmt]))
    return False


def _exits(stmt: Stmt) -> bool:
    return isinstance(stmt, Return | Break | Continue) or may_exit(stmt)


def always_exits(block: Block) -> bool:
    """Return whether a block never falls through."""
    if not block:
        return False
    last = block[-1]
    if isinstance(last, Return | Break | Continue | Raise):
        return not any(may_exit(stmt) for stmt in block[:-1])
    return isinstance(last, If) and always_exits(last.then) and always_exits(last.orelse)


def leaves_early(loop: For | While) -> bool:
    """Return whether a loop may end before its range does."""

    def search(block: Block, inside: bool) -> bool:
        for stmt in block:
            if isinstance(stmt, Return) or (isinstance(stmt, Break) and inside):
                return True
            nested = inside and not isinstance(stmt, For | While)
            if any(search(inner, nested) for inner in blocks_of(stmt)):
                return True
        return False

    return search(loop.body, True)
