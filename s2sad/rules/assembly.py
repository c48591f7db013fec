"""Arrays made of others: repeated, padded, cut, gathered; diagonals; choices between arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.ir.types import Array, Structure, fresh_size, numeric_kind
from s2sad.rules.builder import Builder, Sym, cast_like, known
from s2sad.rules.core import CHEAP, EXPENSIVE, FREE, TypeProblem, composed, constant, custom
from s2sad.rules.infer import array_of, normal_axes
from s2sad.rules.register import register
from s2sad.rules.symbols import along, call, joined, length, on_axis, part_of, positive, shape_with, where


def _flattened(a: Sym, axis: int | None) -> tuple[Sym, int]:
    """Return an array and an axis: the flat array where there is none."""
    if axis is not None:
        return a, positive(axis, a.ndim)
    return (a.op("ravel") if a.ndim != 1 else a), 0


# --- repeated -----------------------------------------------------------------------------------------------------
def _tile(a: Sym, reps: Any) -> Sym:
    reps = reps if isinstance(reps, tuple) else (reps,)
    rank = max(a.ndim, len(reps))
    reps = (1,) * (rank - len(reps)) + reps
    sizes = (1,) * (rank - a.ndim) + tuple(length(a, i) for i in range(a.ndim))
    apart = a.op("reshape", shape=tuple(n for size in sizes for n in (1, size)))
    wide = apart.op("broadcast_to", shape=tuple(n for pair in zip(reps, sizes, strict=True) for n in pair))
    return wide.op("reshape", shape=tuple(size * rep for rep, size in zip(reps, sizes, strict=True)))


def _repeat(a: Sym, repeats: Any, axis: int | None = None) -> Sym:
    a, axis = _flattened(a, axis)
    if isinstance(repeats, tuple) or (isinstance(repeats, Sym) and repeats.ndim):
        places = call(a.builder, "repeat_places", call(a.builder, "arange", length(a, axis)), repeats)
        return along(a, axis, places)
    wide = a.op("expand_dims", axis=axis + 1)
    sizes = [length(a, i) for i in range(a.ndim)]
    wide = wide.op("broadcast_to", shape=(*sizes[: axis + 1], repeats, *sizes[axis + 1 :]))
    return wide.op("reshape", shape=shape_with(a, axis, length(a, axis) * repeats))


def _resize(a: Sym, new_shape: Any) -> Sym:
    sizes = new_shape if isinstance(new_shape, tuple) else (new_shape,)
    total: Any = 1
    for size in sizes:
        total = total * size
    flat = a.op("ravel")
    places = call(a.builder, "arange", total).op("remainder", length(flat))
    return flat[places].op("reshape", shape=sizes)


def _places_type(args: Any, attrs: Any, form: str) -> Array:
    return Array("int64", (fresh_size(),))


# --- padded -------------------------------------------------------------------------------------------------------
def _pairs(value: Any, rank: int) -> list[tuple[Any, Any]]:
    """Return what comes before and after each axis: given as one, as a pair, as a pair for each axis, or for some."""
    if isinstance(value, Sym) and isinstance(value.type, Structure):
        parts = {key: part_of(value, key) for key in value.type.keys}
        value = parts if value.type.kind == "dict" else tuple(parts.values())
    if isinstance(value, dict):
        given = {axis % rank: _pairs(pair, 1)[0] for axis, pair in value.items()}
        return [given.get(axis, (0, 0)) for axis in range(rank)]
    if isinstance(value, Sym) and value.ndim:
        wide = value.op("broadcast_to", shape=(rank, 2))
        return [(wide[axis, 0], wide[axis, 1]) for axis in range(rank)]
    if not isinstance(value, tuple):
        return [(value, value)] * rank
    if not isinstance(value[0], tuple):
        pair = value if len(value) == 2 else (value[0], value[0])
        return [pair] * rank
    pairs = [pair if len(pair) == 2 else (pair[0], pair[0]) for pair in value]
    return pairs * rank if len(pairs) == 1 else pairs


def _pad(
    a: Sym,
    pad_width: Any,
    mode: str = "constant",
    constant_values: Any = 0,
    end_values: Any = 0,
    stat_length: Any = None,
    reflect_type: str = "even",
) -> Sym:
    """Axis by axis, as NumPy does: what is put around an axis is made of what stands there by then."""
    widths = _pairs(pad_width, a.ndim)
    if mode == "constant" and not isinstance(constant_values, Sym | tuple):
        return a.op("pad_constant", pad_width=pad_width, constant_values=constant_values)
    values = _pairs(constant_values if mode == "constant" else end_values, a.ndim)
    lengths = _pairs(stat_length, a.ndim)
    for axis, (before, after) in enumerate(widths):
        if (before, after) == (0, 0):
            continue
        if mode in ("edge", "wrap", "reflect", "symmetric"):
            a = _pad_by_places(a, axis, before, after, mode, reflect_type)
        elif mode == "constant":
            ends = [
                () if n == 0 else (_block(a, axis, n, end),)
                for n, end in zip((before, after), values[axis], strict=True)
            ]
            a = joined([*ends[0], a, *ends[1]], axis)
        elif mode == "linear_ramp":
            a = joined(_ramps(a, axis, before, after, values[axis]), axis)
        elif mode in ("maximum", "mean", "median", "minimum"):
            a = joined(_statistics(a, axis, before, after, mode, lengths[axis]), axis)
        else:
            raise TypeProblem(f"np.pad with mode={mode!r} is not accepted")
    return a


def _pad_back(g: Sym, y: Sym, a: Sym, pad_width: Any, constant_values: Any = 0) -> Sym:
    """What was put around is cut off."""
    return g[tuple(_inside(a, axis, *pair) for axis, pair in enumerate(_pairs(known(pad_width, g.builder), a.ndim)))]


def _inside(a: Sym, axis: int, before: Any, after: Any) -> slice:
    if not isinstance(before, int) or not isinstance(after, int):
        return slice(before, before + length(a, axis))
    return slice(before or None, -after if after else None)


def _pad_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    made: Sym = dots[0].op("pad_constant", pad_width=attrs["pad_width"])
    return made


def _pad_type(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    shape = []
    for size, pair in zip(array.shape, _pairs(known(attrs["pad_width"], Builder()), array.ndim), strict=True):
        shape.append(size.plus(sum(pair)) if all(isinstance(n, int) for n in pair) else fresh_size())
    return Array(array.dtype, tuple(shape))


def _block(a: Sym, axis: int, n: Any, value: Any) -> Sym:
    shape = shape_with(a, axis, n)
    if not isinstance(value, Sym) or not value.ndim:
        return call(a.builder, "full", shape, value, dtype=array_of(a.type).dtype)
    return cast_like(value.op("broadcast_to", shape=shape), a.expr)


def _pad_by_places(a: Sym, axis: int, before: Any, after: Any, mode: str, reflect_type: str) -> Sym:
    n = length(a, axis)
    places = call(a.builder, "arange", -before, n + after)
    if reflect_type == "odd" and mode in ("reflect", "symmetric"):
        return _turned(a, axis, places, mode)
    if mode == "edge":
        return along(a, axis, places.op("clip", 0, n - 1, form="np.clip"))
    if mode == "wrap":
        return along(a, axis, places.op("remainder", n))
    # a mirror at each end: the places go up and down with the period 2 n, or 2 (n - 1) where the ends count once
    if mode == "symmetric":
        folded = places.op("remainder", 2 * n)
        return along(a, axis, folded.op("minimum", 2 * n - 1 - folded))
    period = call(a.builder, "maximum", 2 * (n - 1), 1, form="max")
    folded = places.op("remainder", period)
    return along(a, axis, folded.op("minimum", period - folded))


def _turned(a: Sym, axis: int, places: Sym, mode: str) -> Sym:
    """A mirror at each end that turns what it shows about the end's value: 2 a[0] - a[i], 2 a[-1] - a[i]."""
    n = length(a, axis)
    period = 2 * n if mode == "symmetric" else call(a.builder, "maximum", 2 * (n - 1), 1, form="max")
    folded, turns = places.op("remainder", period), places.op("floor_divide", period)
    back = folded > n - 1
    mirrored = period - folded if mode == "reflect" else 2 * n - 1 - folded
    first, last = along(a, axis, slice(0, 1)), along(a, axis, slice(-1, None))
    shown = along(a, axis, where(back, mirrored, folded))
    back, turns = (on_axis(part, axis, a.ndim) for part in (back, turns))
    return where(back, 2.0 * last - shown, shown) + cast_like(2.0 * turns, a.expr) * (last - first)


def _ramps(a: Sym, axis: int, before: Any, after: Any, ends: tuple[Any, Any]) -> list[Sym]:
    """From an end value to the edge, in equal steps that do not reach the edge itself."""
    made = []
    for n, edge, end, back in (
        (before, along(a, axis, slice(0, 1)), ends[0], False),
        (after, along(a, axis, slice(-1, None)), ends[1], True),
    ):
        if isinstance(n, int) and n == 0:
            continue
        share = cast_like(call(a.builder, "arange", n) / n, a.expr)
        share = share[::-1] if back else share
        made.append((back, end + (edge - end) * on_axis(share, axis, a.ndim)))
    return [*(ramp for back, ramp in made if not back), a, *(ramp for back, ramp in made if back)]


def _statistics(a: Sym, axis: int, before: Any, after: Any, mode: str, lengths: tuple[Any, Any]) -> list[Sym]:
    name = {"maximum": "max", "minimum": "min"}.get(mode, mode)
    made = []
    for n, limit, front in ((before, lengths[0], True), (after, lengths[1], False)):
        part = a
        if limit is not None:
            part = along(a, axis, slice(None, limit) if front else slice(-limit, None))
        value = part.op(name, axis=axis, keepdims=True)
        made.append(value.op("broadcast_to", shape=shape_with(a, axis, n)))
    return [made[0], a, made[1]]


# --- cut, put together, gathered ----------------------------------------------------------------------------------
def _delete(a: Sym, obj: Any, axis: int | None = None) -> Sym:
    a, axis = _flattened(a, axis)
    return along(a, axis, call(a.builder, "delete_places", call(a.builder, "arange", length(a, axis)), obj))


def _insert(a: Sym, obj: Sym, values: Sym, axis: int | None = None) -> Sym:
    """The values are put behind the array; then both are gathered in their order."""
    if numeric_kind(values.type) == "complex" and numeric_kind(a.type) != "complex":
        raise TypeProblem("np.insert of complex numbers into real ones would drop their imaginary part")
    if axis is None:
        a, values, axis = a.op("ravel"), values.op("ravel") if values.ndim else values, 0
    axis = positive(axis, a.ndim)
    if not obj.ndim and values.ndim and a.ndim > 1:
        if values.ndim < a.ndim:
            values = values.op("expand_dims", axis=axis)
        elif axis:
            values = values.op("moveaxis", source=0, destination=axis)
    if obj.ndim:
        count: Any = length(obj)
    else:
        count = length(values, axis) if values.ndim == a.ndim else 1
    more = cast_like(values.op("broadcast_to", shape=shape_with(a, axis, count)), a.expr)
    n = length(a, axis)
    places, new = call(a.builder, "arange", n), call(a.builder, "arange", n, n + count)
    return along(joined([a, more], axis), axis, call(a.builder, "insert_places", places, obj, new))


def _append(a: Sym, values: Sym, axis: int | None = None) -> Sym:
    if axis is None:
        return joined([part.op("ravel") if part.ndim != 1 else part for part in (a, values)])
    return joined([a, values], axis)


def _take(a: Sym, indices: Sym, axis: int | None = None, mode: str = "raise") -> Sym:
    a, axis = _flattened(a, axis)
    if mode == "wrap":
        indices = indices.op("remainder", length(a, axis))
    elif mode == "clip":
        indices = indices.op("clip", 0, length(a, axis) - 1, form="np.clip")
    return along(a, axis, indices)


def _compress(condition: Sym, a: Sym, axis: int | None = None) -> Sym:
    a, axis = _flattened(a, axis)
    return along(a, axis, condition.op("flatnonzero"))


def _extract(condition: Sym, a: Sym) -> Sym:
    return a.op("ravel")[condition.op("flatnonzero")]


# --- diagonals ----------------------------------------------------------------------------------------------------
def _diagonal(a: Sym, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Sym:
    if array_of(a.type).ndim < 2:
        raise TypeProblem("a diagonal needs at least two axes")
    first, second = normal_axes((axis1, axis2), a.ndim)
    if (first, second) != (a.ndim - 2, a.ndim - 1):
        a = a.op("moveaxis", source=(first, second), destination=(-2, -1))
    m, n = length(a, -2), length(a, -1)
    if offset:
        m, n = (m, n - offset) if offset > 0 else (m + offset, n)
    same = array_of(a.type).shape[-2] == array_of(a.type).shape[-1]
    if same and not offset:
        count = n
    elif same:
        count = n if offset > 0 else m
    else:
        count = call(a.builder, "minimum", m, n, form="min")
    i = call(a.builder, "arange", count)
    rows, columns = (i, i + offset) if offset > 0 else (i - offset, i) if offset else (i, i)
    return a[(..., rows, columns)] if a.ndim > 2 else a[rows, columns]


def _trace(a: Sym, **attrs: Any) -> Sym:
    return _diagonal(a, **attrs).op("sum", **({"axis": -1} if a.ndim > 2 else {}))


# --- turned -------------------------------------------------------------------------------------------------------
def _rot90(m: Sym, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Sym:
    first, second = normal_axes(axes, m.ndim)
    k %= 4
    if k in (1, 2):
        m = m.op("flip", axis=second)
    if k in (2, 3):
        m = m.op("flip", axis=first)
    return m.op("swapaxes", axis1=first, axis2=second) if k % 2 else m


def _rollaxis(a: Sym, axis: int, start: int = 0) -> Sym:
    axis, start = positive(axis, a.ndim), positive(start, a.ndim)
    return a.op("moveaxis", source=axis, destination=start - 1 if axis < start else start)


def _atleast_3d(a: Sym) -> Sym:
    if a.ndim == 0:
        return a.op("reshape", shape=(1, 1, 1))
    if a.ndim == 1:
        return a.op("expand_dims", axis=(0, 2))
    return a.op("expand_dims", axis=2) if a.ndim == 2 else a


# --- choices ------------------------------------------------------------------------------------------------------
def _nan_to_num(x: Sym, nan: Any, posinf: Any, neginf: Any) -> Sym:
    limits = np.finfo(array_of(x.type).dtype)
    if numeric_kind(x.type) == "complex":
        return _nan_to_num(x.op("real"), nan, posinf, neginf) + 1j * _nan_to_num(x.op("imag"), nan, posinf, neginf)
    high = float(limits.max) if posinf is None else posinf
    low = float(limits.min) if neginf is None else neginf
    other = where(x.op("isnan"), 0.0 if nan is None else nan, where(x > 0.0, high, low))
    return where(x.op("isfinite"), x, cast_like(other, x.expr))


def _unwrap(p: Sym, discont: Any = None, axis: int = -1, period: Any = 2.0 * math.pi) -> Sym:
    """The angles and as many turns as make the steps small."""
    if not isinstance(period, Sym):
        return p * 1.0
    return p + period * p.op("unwrap_turns", period, discont=discont, axis=axis)


def _angle(z: Sym, deg: bool = False) -> Sym:
    complex_ = numeric_kind(z.type) == "complex"
    imag = z.op("imag") if complex_ else 0.0 * z
    y = imag.op("arctan2", z.op("real") if complex_ else z.op("stop_gradient"))
    return y * (180.0 / math.pi) if deg else y


register("tile", composed(_tile), names="np.tile", signature="A | reps", cost=EXPENSIVE)
register("repeat", composed(_repeat), names="np.repeat", methods="repeat", signature="a | repeats axis", cost=EXPENSIVE)
register("resize", composed(_resize), names="np.resize", signature="a | new_shape", cost=EXPENSIVE)
for _name, _signature in (("repeat", "a repeats |"), ("delete", "arr obj |"), ("insert", "arr obj values |")):
    register(f"{_name}_places", constant(cost=EXPENSIVE), _places_type, signature=_signature)
register(
    "pad",
    composed(_pad),
    names="np.pad",
    signature="array | pad_width mode constant_values end_values stat_length reflect_type",
    cost=EXPENSIVE,
)
register(
    "unwrap",
    composed(_unwrap, over_complex="refused"),
    lambda args, attrs, form: array_of(args[0].type),
    names="np.unwrap",
    signature="p | discont axis * period",
    cost=EXPENSIVE,
)
register(
    "unwrap_turns",
    constant(cost=EXPENSIVE),
    lambda args, attrs, form: array_of(args[0].type),
    signature="p period | discont axis",
)
register(
    "pad_constant",
    custom([_pad_back], _pad_push),
    _pad_type,
    signature="array | pad_width constant_values",
    cost=EXPENSIVE,
)
register("delete", composed(_delete), names="np.delete", signature="arr | obj axis", cost=EXPENSIVE)
register("insert", composed(_insert), names="np.insert", signature="arr obj values | axis", cost=EXPENSIVE)
register("append_values", composed(_append), names="np.append", signature="arr values | axis", cost=EXPENSIVE)
register(
    "take", composed(_take), names="np.take", methods="take", signature="a indices | axis out mode", cost=EXPENSIVE
)
register(
    "compress",
    composed(_compress),
    names="np.compress",
    signature="condition a | axis out",
    cost=EXPENSIVE,
)
register("extract", composed(_extract), names="np.extract", signature="condition arr |", cost=EXPENSIVE)
register(
    "diagonal",
    composed(_diagonal),
    names="np.diagonal",
    methods="diagonal",
    signature="a | offset axis1 axis2",
    view="frozen",
    cost=CHEAP,
)
register(
    "trace", composed(_trace), names="np.trace", methods="trace", signature="a | offset axis1 axis2 dtype=None out"
)
register("rot90", composed(_rot90), names="np.rot90", signature="m | k axes", view="always", cost=FREE)
register("rollaxis", composed(_rollaxis), names="np.rollaxis", signature="a | axis start", view="always", cost=FREE)
register("atleast_3d", composed(_atleast_3d), names="np.atleast_3d", signature="a |", view="always", cost=FREE)
register(
    "matrix_transpose",
    composed(lambda x: x.op("swapaxes", axis1=-1, axis2=-2)),
    names="np.matrix_transpose np.linalg.matrix_transpose",
    signature="x |",
    view="always",
    cost=FREE,
)
register(
    "nan_to_num",
    composed(_nan_to_num),
    names="np.nan_to_num",
    signature="x | copy=True @nan @posinf @neginf",
    cost=EXPENSIVE,
)
register("angle", composed(_angle), names="np.angle", signature="z | deg", cost=EXPENSIVE)
register(
    "matrix_trace",
    composed(lambda x, offset=0: _trace(x, offset=offset, axis1=-2, axis2=-1)),
    names="np.linalg.trace",
    signature="x | * offset dtype=None",
    cost=CHEAP,
)
register(
    "matrix_diagonal",
    composed(lambda x, offset=0: _diagonal(x, offset=offset, axis1=-2, axis2=-1)),
    names="np.linalg.diagonal",
    signature="x | * offset",
    view="frozen",
    cost=CHEAP,
)
