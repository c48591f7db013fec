"""The adjoint of writes.

u[i] = e        e_bar += u_bar[i];                 u_bar[i] = 0
u[i] += e       e_bar += u_bar[i]
u[i] *= e       e_bar += u_bar[i] u[i];            u_bar[i] *= e
u[i] /= e       e_bar -= u_bar[i] u[i] / e**2;     u_bar[i] /= e

Of complex numbers the conjugates of u and e stand in the last two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from s2sad.ir.nodes import Const, Expr, Op, Store, Var
from s2sad.ir.types import Array, ListOf, Recursive, Structure, differentiable, numeric_kind
from s2sad.rules.builder import Sym, cast_like, number
from s2sad.rules.infer import is_basic, is_path, item_of
from s2sad.transforms.containers import is_optional_item
from s2sad.transforms.cotangents import Bar, leaf_types, optional_steps, update, zeros_list

if TYPE_CHECKING:
    from s2sad.transforms.adjoint import Adjoint


class Slot:
    """The cotangent of an array that the primal writes: a shadow is written too, a value is replaced by a new one."""

    def __init__(self, adjoint: Adjoint, base: Var, stmt: Store) -> None:
        self.adjoint = adjoint
        self.base = base
        self.shadowed = adjoint.is_shadowed(base)
        self.buffer = adjoint.shadow(base, stmt) if self.shadowed else adjoint.own(base, stmt)
        self.index = None if stmt.index is None else adjoint.need(stmt.index, stmt)

    def read(self) -> Sym:
        """Return the cotangent at the index, for use before it is written again."""
        if self.index is None:
            return self.adjoint.sym(self.buffer)
        return self.adjoint.sym(self.adjoint.builder.op("getitem", self.buffer, self.index))

    def take(self) -> Sym:
        """Return the cotangent at the index, as a value that later writes do not change."""
        if self.index is None:
            return self.adjoint.sym(self.buffer).op("copy")
        item = self.read()
        return item.op("copy") if isinstance(item.type, Array) and is_basic(self.index) else item

    def write(self, value: Expr, how: str) -> None:
        """Set, scale or add to the cotangent at the index."""
        builder = self.adjoint.builder
        if self.shadowed:
            builder.block.append(Store(self.buffer, self.index, value, how, builder.origin))
        elif self.index is None:
            scaled = cast_like(self.adjoint.sym(builder.op(how, self.buffer, value)), self.base)
            self.adjoint.env[self.base, ()] = self.adjoint.named(Bar(scaled.expr), self.base)
        else:
            updated = builder.bind(update(self.buffer, self.index, value, how), f"{self.base.name}_bar")
            self.adjoint.env[self.base, ()] = Bar(updated)


def reverse_store(adjoint: Adjoint, stmt: Store) -> None:
    """Emit the adjoint of a write."""
    base = stmt.base
    assert isinstance(base, Var)
    adjoint.statement_name = "part"
    if not adjoint.activity.active(base):
        return
    if isinstance(base.type, ListOf):
        store_item(adjoint, stmt, base)
        return
    if not adjoint.is_shadowed(base):
        if (base, ()) not in adjoint.env:
            return
        if stmt.index is None and stmt.how == "set":
            store_whole(adjoint, stmt, base)
            return
        if stmt.index is None and stmt.how in ("add", "subtract"):
            add_whole(adjoint, stmt, base)
            return
    HOW[stmt.how](adjoint, stmt, Slot(adjoint, base, stmt))


def store_whole(adjoint: Adjoint, stmt: Store, base: Var) -> None:
    """`u[...] = e`: the whole cotangent moves to e."""
    bar = adjoint.env.pop((base, ()))
    if adjoint.wants(stmt.value):
        give(adjoint, stmt.value, adjoint.sym(adjoint.full(bar, base, stmt).expr), stmt)


def add_whole(adjoint: Adjoint, stmt: Store, base: Var) -> None:
    """`u += e`: e gets the cotangent of u, which stays."""
    if not adjoint.wants(stmt.value):
        return
    bar = adjoint.env[base, ()] = adjoint.full(adjoint.env[base, ()], base, stmt)
    g = adjoint.sym(bar.expr)
    give(adjoint, stmt.value, -g if stmt.how == "subtract" else g, stmt)


def give(adjoint: Adjoint, value: Expr, g: Sym, stmt: Store) -> None:
    """Contribute to the value that was written."""
    more = (value.type.ndim if isinstance(value.type, Array) else 0) - g.ndim
    if more > 0:  # axes of length 1 in front, which NumPy has dropped
        g = (
            g.op("expand_dims", axis=tuple(range(more)) if more > 1 else 0)
            if g.ndim
            else g.op("broadcast_to", shape=(1,) * more)
        )
    g = cast_like(adjoint.unbroadcast(g, value, stmt), value)
    adjoint.accumulate(value, Bar(g.expr), stmt)


def winners(adjoint: Adjoint, g: Sym, stmt: Store, slot: Slot) -> Sym:
    """Where an integer-array index names a place twice, only the last write counts."""
    if stmt.index is None or slot.index is None or is_basic(slot.index) or adjoint.distinct(stmt.index):
        return g
    return g * adjoint.sym(adjoint.builder.op("winners", slot.buffer, slot.index))


def store_set(adjoint: Adjoint, stmt: Store, slot: Slot) -> None:
    g = winners(adjoint, slot.take(), stmt, slot) if adjoint.wants(stmt.value) else None
    slot.write(number(0.0), "set")
    if g is not None:
        give(adjoint, stmt.value, g, stmt)


def store_add(adjoint: Adjoint, stmt: Store, slot: Slot) -> None:
    if adjoint.wants(stmt.value):
        give(adjoint, stmt.value, winners(adjoint, slot.take(), stmt, slot), stmt)


def store_add_at(adjoint: Adjoint, stmt: Store, slot: Slot) -> None:
    if adjoint.wants(stmt.value):
        give(adjoint, stmt.value, slot.take(), stmt)


def store_subtract(adjoint: Adjoint, stmt: Store, slot: Slot) -> None:
    if adjoint.wants(stmt.value):
        give(adjoint, stmt.value, winners(adjoint, -slot.read(), stmt, slot), stmt)


def store_multiply(adjoint: Adjoint, stmt: Store, slot: Slot) -> None:
    e = adjoint.sym(adjoint.need(stmt.value, stmt)).op("conj")
    g = None
    if adjoint.wants(stmt.value):
        g = winners(adjoint, slot.read() * old_value(adjoint, slot, stmt).op("conj"), stmt, slot)
    # at a place that an integer-array index names twice the last factor wins, here as in the primal
    slot.write(e.expr, "multiply")
    if g is not None:
        give(adjoint, stmt.value, g, stmt)


def store_divide(adjoint: Adjoint, stmt: Store, slot: Slot) -> None:
    e = adjoint.sym(adjoint.need(stmt.value, stmt)).op("conj")
    g = None
    if adjoint.wants(stmt.value):
        g = winners(adjoint, -(slot.read() * old_value(adjoint, slot, stmt).op("conj")) / (e * e), stmt, slot)
    slot.write(e.expr, "divide")
    if g is not None:
        give(adjoint, stmt.value, g, stmt)


HOW = {
    "set": store_set,
    "add": store_add,
    "add_at": store_add_at,
    "subtract": store_subtract,
    "multiply": store_multiply,
    "divide": store_divide,
}


def old_value(adjoint: Adjoint, slot: Slot, stmt: Store) -> Sym:
    """Return what the array held at the index before the write."""
    before = adjoint.residuals.need(slot.base, stmt)
    return adjoint.sym(before if slot.index is None else adjoint.builder.op("getitem", before, slot.index))


def store_item(adjoint: Adjoint, stmt: Store, base: Var) -> None:
    """`xs[i] = e` in a list: the cotangent of the item moves to e; `xs[i] += e`: it stays."""
    assert stmt.index is not None
    index = adjoint.need(stmt.index, stmt)
    assert isinstance(base.type, ListOf)
    for path, type_ in leaf_types(item_of(base.type, is_path(stmt.index))):
        if (base, path) not in adjoint.env or not differentiable(type_):
            continue
        target = adjoint.own_list(base, path, stmt)
        item = adjoint.builder.op("getitem", target, index)
        if stmt.how in ("add", "subtract"):
            g = adjoint.sym(item)
            adjoint.route(stmt.value, path, Bar((-g if stmt.how == "subtract" else g).expr), stmt)
            continue
        adjoint.route(stmt.value, path, Bar(item), stmt)
        zero = zero_item(adjoint, stmt, path, item)
        adjoint.builder.block.append(Store(target, index, zero, "set", adjoint.builder.origin))


def zero_item(adjoint: Adjoint, stmt: Store, path: tuple[Any, ...], item: Expr) -> Expr:
    """Return the cotangent of a leaf of an item that was replaced, before anything is added to it."""
    base, index = stmt.base, stmt.index
    assert isinstance(base.type, ListOf) and index is not None
    type_ = dict(leaf_types(item_of(base.type, is_path(index))))[path]
    lacking = is_optional_item(base.type, index) if is_path(index) else optional_steps(base.type, path)
    if not lacking and not isinstance(type_, Array | ListOf | Recursive):
        return number(0j if numeric_kind(type_) == "complex" else 0.0)
    like = item
    if isinstance(stmt.old, Var) and not (isinstance(type_, Array) and stmt.old.type == stmt.value.type):
        like = adjoint.residuals.need(stmt.old, stmt)
        for key in path:
            assert isinstance(like.type, Structure)
            like = Op("field", (like,), like.type.item(key), {"key": Const(key)}, like.type.kind)
    if not lacking and isinstance(type_, ListOf) and isinstance(like.type, ListOf):
        return adjoint.builder.bind(zeros_list(like, (), like.type.item), "t")
    return adjoint.builder.op("zeros_like" if isinstance(type_, Array) and not lacking else "zeros_tree", like)
