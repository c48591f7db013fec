"""What definitions of composed operations are written with: places along an axis, parts joined, choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from s2sad.ir.nodes import Const, Op
from s2sad.ir.types import Array, Structure
from s2sad.rules.builder import Sym, constant_expr
from s2sad.rules.infer import array_of, real_dtype


def positive(axis: int, rank: int) -> int:
    """Return an axis counted from the front."""
    return axis + rank if axis < 0 else axis


def along(x: Sym, axis: int, index: Any) -> Sym:
    """Return `x[..., index, ...]`, with the index at an axis."""
    front = (slice(None),) * positive(axis, x.ndim)
    return x[(*front, index)] if front else x[index]


def length(x: Sym, axis: int = 0) -> Sym:
    """Return the number of elements along an axis, as a Python int."""
    axis = positive(axis, x.ndim)
    return x.op("len") if axis == 0 else x.op("shape")[axis]


def call(builder: Any, name: str, *args: Any, **attrs: Any) -> Sym:
    """Return an operation whose first operand is no symbol."""
    return Sym(builder.op(name, *args, **attrs), builder)


def sequence(parts: Sequence[Any]) -> Op:
    """Return a list of values as an operand."""
    items = tuple(constant_expr(part) for part in parts)
    return Op("list", items, Structure("list", tuple(range(len(items))), tuple(item.type for item in items)))


def joined(parts: Sequence[Sym], axis: int = 0) -> Sym:
    """Return np.concatenate of the parts."""
    if len(parts) == 1:
        return parts[0]
    return call(parts[0].builder, "concatenate", sequence(parts), **({"axis": axis} if axis else {}))


def stacked(parts: Sequence[Sym], axis: int = 0) -> Sym:
    """Return np.stack of the parts."""
    return call(parts[0].builder, "stack", sequence(parts), **({"axis": axis} if axis else {}))


def where(condition: Sym, a: Any, b: Any) -> Sym:
    """Return np.where."""
    return condition.op("where", a, b)


def shape_with(x: Sym, axis: int, size: Any) -> tuple[Any, ...]:
    """Return the shape of x with another size along an axis."""
    axis = positive(axis, x.ndim)
    return tuple(size if i == axis else length(x, i) for i in range(x.ndim))


def shaped_as(x: Sym, like: Sym) -> Sym:
    """Say what inference does not see: a new array has the shape of another."""
    type_, other = x.expr.type, like.expr.type
    assert isinstance(type_, Array) and isinstance(other, Array)
    x.expr.type = Array(type_.dtype, other.shape)
    return x


def on_axis(x: Sym, axis: int, rank: int) -> Sym:
    """Return a vector as an array of that rank, its elements along the axis."""
    after = rank - positive(axis, rank) - 1
    return x.op("expand_dims", axis=tuple(range(1, after + 1)) if after > 1 else 1) if after else x


def mirrored(a: Sym, lower: bool) -> Sym:
    """Return the Hermitian matrix of which only one triangle is read."""
    half, rest = (a.op("tril"), a.op("tril", k=-1)) if lower else (a.op("triu"), a.op("triu", k=1))
    return half + adjoint(rest)


def adjoint(m: Sym) -> Sym:
    """Return the conjugate transpose of matrices."""
    return m.T.op("conj")


def part_of(y: Sym, key: int) -> Sym:
    """Return one result of an operation with several."""
    type_ = y.type
    assert isinstance(type_, Structure)
    op = Op("field", (y.expr,), type_.item(key), {"key": Const(key)}, "dict" if type_.kind == "dict" else "tuple")
    return Sym(y.builder.bind(op), y.builder)


def parts_of(whole: Sym) -> list[Sym]:
    """Return the items of a tuple that is an operand."""
    if isinstance(whole.expr, Op) and whole.expr.name in ("build", "tuple"):
        return [Sym(part, whole.builder) for part in whole.expr.args]
    type_ = whole.type
    assert isinstance(type_, Structure)
    return [part_of(whole, key) for key in range(len(type_.items))]


def moved_last(x: Sym, axes: tuple[int, ...]) -> Sym:
    """Return x with these axes flattened into a last one."""
    axes = tuple(positive(axis, x.ndim) for axis in axes)
    kept = tuple(axis for axis in range(x.ndim) if axis not in axes)
    if (*kept, *axes) != tuple(range(x.ndim)):
        x = x.op("transpose", axes=(*kept, *axes))
    if len(axes) == 1:
        return x
    sizes = tuple(length(x, axis) for axis in range(len(kept)))
    return x.op("reshape", shape=(*sizes, -1)) if sizes else x.op("ravel")


def eye_like(m: Sym) -> Sym:
    """Return the identity matrix with as many rows as m has columns, in its dtype."""
    dtype = real_dtype(array_of(m.type).dtype)
    return call(m.builder, "eye", length(m, -1), **({} if dtype == "float64" else {"dtype": Const(dtype)}))


def added(parts: list[Any]) -> Any:
    """Return a sum."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def product(parts: list[Any]) -> Any:
    """Return a product."""
    total = parts[0]
    for part in parts[1:]:
        total = total * part
    return total
