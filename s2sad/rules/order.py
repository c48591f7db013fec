"""Order: partition, quantiles, what skips NaN, cumulative products; take and choose."""

from __future__ import annotations

import math
from typing import Any

from s2sad.ir.nodes import Const
from s2sad.ir.types import Array, Scalar, dtype_of, fresh_size
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TypeProblem, composed, constant, custom, static
from s2sad.rules.infer import array_of, cumulative, integer, normal_axes, real_dtype, ufunc
from s2sad.rules.register import register
from s2sad.rules.symbols import along, call, joined, length, moved_last, positive, where


# --- sorted values ------------------------------------------------------------------------------------------------
def _partition(a: Sym, kth: Any, axis: int | None = -1) -> Sym:
    if axis is None:
        a, axis = a.op("ravel"), -1
    return a.op("take_along_axis", a.op("argpartition", kth=kth, axis=axis), axis=axis)


def _flat(a: Sym, axis: Any) -> Sym:
    """Return an array with what is reduced as its last axis."""
    if not a.ndim:
        return a.op("ravel")
    return moved_last(a, normal_axes(axis, a.ndim))


def _with_axes(y: Sym, a: Sym, axis: Any, keepdims: bool, front: int = 0) -> Sym:
    """Give back the axes that a reduction took, with size 1, after that many new ones."""
    if not keepdims:
        return y
    axes = tuple(front + i for i in normal_axes(axis, a.ndim))
    return y.op("expand_dims", axis=axes if len(axes) > 1 else axes[0]) if axes else y


def _median(a: Sym, axis: Any = None, keepdims: bool = False) -> Sym:
    """The mean of the two elements in the middle."""
    s = _flat(a, axis)
    n = length(s, -1)
    s = s.op("sort")
    low, high = (n - 1).op("floor_divide", 2), n.op("floor_divide", 2)
    return _with_axes(0.5 * (s[(..., low)] + s[(..., high)]), a, axis, keepdims)


# Hyndman and Fan (1996), "Sample quantiles in statistical packages": the continuous ones, by (alpha, beta)
_CONTINUOUS = {
    "linear": (1.0, 1.0),
    "interpolated_inverted_cdf": (0.0, 1.0),
    "hazen": (0.5, 0.5),
    "weibull": (0.0, 0.0),
    "median_unbiased": (1.0 / 3.0, 1.0 / 3.0),
    "normal_unbiased": (3.0 / 8.0, 3.0 / 8.0),
}
_STEPS = ("lower", "nearest", "higher", "inverted_cdf", "closest_observation")  # an element, not a share of two


def _quantile(
    a: Sym, q: Sym, weights: Sym | None = None, axis: Any = None, method: str = "linear", keepdims: bool = False
) -> Sym:
    """Between the elements of rank floor(p) and floor(p) + 1, where p is the place that the method gives q."""
    if weights is not None:
        if q.ndim or method != "inverted_cdf":
            raise TypeProblem("quantiles with weights are accepted for one quantile, with method='inverted_cdf'")
        return _weighted_quantile(a, q, weights, axis, keepdims)
    s = _flat(a, axis)
    n = length(s, -1)
    s = s.op("sort")
    if isinstance(q.type, Scalar) and q.type.dtype is None and dtype_of(a.type) == "float32":
        q = q.op("astype", dtype=Const("float32"))  # a Python number does not widen
    place = _place(q, n, method)
    below = place.op("floor")
    low = below.op("astype", dtype=Const("int64"))
    if method in _STEPS:
        y = s[(..., low)]
    else:
        high = (low + 1).op("minimum", n - 1)
        y = s[(..., low)]
        share = place - below
        if method == "averaged_inverted_cdf":
            share = where((n * q - 1).op("stop_gradient").equals(below), 0.5, 1.0)
            share = share.op("astype", dtype=Const("float32")) if dtype_of(place.type) == "float32" else share
        y = 0.5 * (y + s[(..., high)]) if method == "midpoint" else y + share * (s[(..., high)] - y)
    if q.ndim and y.ndim > q.ndim:
        y = y.op("moveaxis", source=tuple(range(-q.ndim, 0)), destination=tuple(range(q.ndim)))
    return _with_axes(y, a, axis, keepdims, q.ndim)


def _weighted_quantile(a: Sym, q: Sym, weights: Sym, axis: Any, keepdims: bool) -> Sym:
    """The first element, in order, up to which the weights are at least that share of all."""
    s, w = _flat(a, axis), weights
    if weights.ndim == a.ndim:
        w = _flat(weights, axis)
    order = s.op("argsort", axis=-1)
    s = s.op("take_along_axis", order, axis=-1)
    w = w.op("take_along_axis", order, axis=-1) if w.ndim == s.ndim else w[order]
    total = w.op("stop_gradient").op("cumsum", axis=-1)
    share = total / total[(..., slice(-1, None))]
    share = where(share.op("less_equal", 0.0), -1.0, share)
    place = share.op("less", q.op("stop_gradient")).op("sum", axis=-1, keepdims=True)
    place = place.op("minimum", length(s, -1) - 1)
    return _with_axes(s.op("take_along_axis", place, axis=-1)[(..., 0)], a, axis, keepdims)


def _place(q: Sym, n: Sym, method: str) -> Sym:
    """Return where a quantile lies among n sorted elements, counted from 0."""
    last = n - 1
    if method in _CONTINUOUS:
        alpha, beta = _CONTINUOUS[method]
        if method == "linear":
            return q * last
        place = n * q + (alpha - 1.0 + q * (1.0 - alpha - beta))
        return place.op("clip", 0, last, form="np.clip")
    if method in ("inverted_cdf", "averaged_inverted_cdf", "closest_observation"):
        return _step(method, (n * q - 1).op("stop_gradient")).op("clip", 0, last, form="np.clip")
    place = (q * last).op("stop_gradient")
    if method in ("lower", "midpoint"):
        return place
    if method == "higher":
        return place.op("ceil")
    if method == "nearest":
        return place.op("rint")
    raise TypeProblem(f"the method {method!r} of quantiles is not accepted: use one of {', '.join(_CONTINUOUS)}")


def _step(method: str, place: Sym) -> Sym:
    """The last place with no more elements below than the quantile says, or the even one of two that are as close."""
    if method == "averaged_inverted_cdf":
        return place.op("floor")
    if method == "inverted_cdf":
        return place.op("ceil")
    below = (place - 0.5).op("floor")
    even = below.equals(place - 0.5).op("bitwise_and", below.op("remainder", 2).equals(1))
    return where(even, below, below + 1)


def _percentile(a: Sym, q: Sym, weights: Sym | None = None, **attrs: Any) -> Sym:
    return _quantile(a, q / 100.0, weights, **attrs)


# --- what skips NaN -----------------------------------------------------------------------------------------------
def _filled(a: Sym, value: float) -> Sym:
    return where(a.op("isnan"), value, a)


def _skipping(name: str, value: float) -> Any:
    def definition(a: Sym, **attrs: Any) -> Sym:
        return _filled(a, value).op(name, **attrs)

    return definition


def _present(a: Sym, **attrs: Any) -> Sym:
    kept = {key: attrs[key] for key in ("axis", "keepdims") if key in attrs}
    count = a.op("isnan").op("logical_not").op("sum", **kept)
    dtype = real_dtype(dtype_of(a.type))
    return count if dtype == "float64" else count.op("astype", dtype=Const(dtype))


def _nanmean(a: Sym, **attrs: Any) -> Sym:
    return _filled(a, 0.0).op("sum", **attrs) / _present(a, **attrs)


def _nanvar(a: Sym, ddof: int = 0, **attrs: Any) -> Sym:
    whole = {key: attrs[key] for key in ("axis",) if key in attrs}
    centred = _filled(a - _nanmean(a, **whole, keepdims=True), 0.0)
    squares = centred * centred.op("conj")
    return squares.op("real").op("sum", **attrs) / (_present(a, **attrs) - ddof)


def _nanmedian(a: Sym, axis: Any = None, keepdims: bool = False) -> Sym:
    """NaN is sorted to the end: the middle of a row is that of the numbers before."""
    s = _flat(a, axis)
    n = s.op("isnan").op("logical_not").op("sum", axis=-1, keepdims=True)
    s = s.op("sort")
    ends = ((n - 1).op("floor_divide", 2).op("maximum", 0), n.op("floor_divide", 2))
    low, high = (s.op("take_along_axis", end, axis=-1)[(..., 0)] for end in ends)
    return _with_axes(0.5 * (low + high), a, axis, keepdims)


def _nanquantile(a: Sym, q: Sym, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Sym:
    """The quantile of the numbers of a row: those that are none are sorted to its end."""
    if q.ndim > 1 or method != "linear" or (q.ndim and keepdims):
        raise TypeProblem("np.nanquantile is accepted for a vector of quantiles, with method='linear'")
    s = _flat(a, axis)
    n = s.op("isnan").op("logical_not").op("sum", axis=-1, keepdims=True)
    s = s.op("sort")
    place = q * (n - 1).op("maximum", 0)
    below = place.op("floor")
    low = below.op("astype", dtype=Const("int64"))
    ends = (low, (low + 1).op("minimum", (n - 1).op("maximum", 0)))
    low, high = (s.op("take_along_axis", end, axis=-1) for end in ends)
    share = place - below
    share = share.op("astype", dtype=Const("float32")) if dtype_of(a.type) == "float32" else share
    found = low + share * (high - low)
    if q.ndim:  # they come first
        return found.op("moveaxis", source=-1, destination=0) if found.ndim > 1 else found
    return _with_axes(found[(..., 0)], a, axis, keepdims)


def _nanpercentile(a: Sym, q: Sym, **attrs: Any) -> Sym:
    return _nanquantile(a, q / 100.0, **attrs)


# --- cumulative ---------------------------------------------------------------------------------------------------
def _cumprod(g: Sym, y: Sym, x: Sym, axis: Any = None, **attrs: Any) -> Sym:
    axis = static(axis)
    if axis is None and x.ndim != 1:
        return g.op("cumprod_back", x.op("ravel"), axis=0).op("reshape", shape=x.op("shape"))
    return g.op("cumprod_back", x, axis=axis or 0)


def _cumprod_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    axis, (x,), (dot,) = static(attrs.get("axis")), args, dots
    if axis is None and x.ndim != 1:
        x, dot = x.op("ravel"), dot.op("ravel")
    return dot.op("cumprod_along", x, axis=axis or 0)


def _without(x: Sym, axis: int) -> Sym:
    """Return for each j (on the axis) and i (on the last) the product of x_k over k <= j but i; 0 for i > j.

    Of second order only: the table has n^2 elements in each row.
    """
    rows = x.op("moveaxis", source=axis, destination=-1) if positive(axis, x.ndim) != x.ndim - 1 else x
    n = length(rows, -1)
    lower = call(x.builder, "tril", call(x.builder, "ones", (n, n), dtype="bool"))
    table = where(lower, rows.op("expand_dims", axis=-2), 1.0)
    return where(lower, table.op("prod_others", axis=-1), 0.0)


def _summed(values: Sym, x: Sym, table: Sym, axis: int, letters: str) -> Sym:
    last = positive(axis, x.ndim) == x.ndim - 1
    rows = values if last else values.op("moveaxis", source=axis, destination=-1)
    if letters == "j":
        made = (rows.op("expand_dims", axis=-1) * table).sum(axis=-2)
    else:
        made = (rows.op("expand_dims", axis=-2) * table).sum(axis=-1)
    return made if last else made.op("moveaxis", source=-1, destination=axis)


def _cumprod_back(g: Sym, x: Sym, axis: int = 0) -> Sym:
    return _summed(g, x, _without(x, axis), axis, "j")


def _cumprod_along(dot: Sym, x: Sym, axis: int = 0) -> Sym:
    return _summed(dot, x, _without(x, axis), axis, "i")


register(
    "argpartition",
    constant(cost=EXPENSIVE),
    lambda args, attrs, form: Array("int64", array_of(args[0].type).shape),
    names="np.argpartition",
    methods="argpartition",
    signature="a | kth axis",
)
register("partition", composed(_partition), names="np.partition", signature="a | kth axis", cost=EXPENSIVE)
_ORDERED = composed(_median, over_complex="refused")
register("median", _ORDERED, names="np.median", signature="a | axis out overwrite_input=False keepdims", cost=EXPENSIVE)
for _name, _definition in (("quantile", _quantile), ("percentile", _percentile)):
    register(
        _name,
        composed(_definition, over_complex="refused"),
        names=f"np.{_name}",
        signature="a q | axis out overwrite_input=False method keepdims * @weights",
        cost=EXPENSIVE,
    )
_DTYPE = {"sum": "dtype! ", "prod": "dtype! "}
for _name, _value in (
    ("sum", 0.0),
    ("prod", 1.0),
    ("cumsum", 0.0),
    ("cumprod", 1.0),
    ("max", -math.inf),
    ("min", math.inf),
):
    register(
        f"nan{_name}",
        composed(_skipping(_name, _value), over_complex="refused" if _name in ("max", "min") else "conjugated"),
        names=f"np.nan{_name}",
        signature="a | axis dtype! out" if _name.startswith("cum") else f"a | axis {_DTYPE.get(_name, '')}out keepdims",
        cost=EXPENSIVE,
    )
register("nanmean", composed(_nanmean), names="np.nanmean", signature="a | axis dtype! out keepdims", cost=EXPENSIVE)
register("nanvar", composed(_nanvar), names="np.nanvar", signature="a | axis dtype! out ddof keepdims", cost=EXPENSIVE)
register(
    "nanstd",
    composed(lambda a, **attrs: _nanvar(a, **attrs).op("sqrt")),
    names="np.nanstd",
    signature="a | axis dtype! out ddof keepdims",
    cost=EXPENSIVE,
)
register(
    "nanmedian",
    composed(_nanmedian, over_complex="refused"),
    names="np.nanmedian",
    signature="a | axis out overwrite_input=False keepdims",
    cost=EXPENSIVE,
)
register(
    "cumprod",
    custom([_cumprod], _cumprod_push),
    cumulative,
    names="np.cumprod",
    methods="cumprod",
    signature="a | axis dtype! out",
    cost=EXPENSIVE,
)
register("cumprod_back", composed(_cumprod_back), ufunc("multiply"), signature="g x | axis", cost=EXPENSIVE)
register("cumprod_along", composed(_cumprod_along), ufunc("multiply"), signature="x_dot x | axis", cost=EXPENSIVE)
for _name, _skips in (("nanquantile", _nanquantile), ("nanpercentile", _nanpercentile)):
    register(
        _name,
        composed(_skips, over_complex="refused"),
        names=f"np.{_name}",
        signature="a q | axis out=None overwrite_input=False method keepdims",
        cost=EXPENSIVE,
    )


def _cumulative(name: str) -> Any:
    def definition(x: Sym, axis: Any = None, include_initial: bool = False) -> Sym:
        axis = 0 if axis is None else axis
        total = x.op(name, axis=axis)
        if not include_initial:
            return total
        first = along(x, axis, slice(None, 1)).op("zeros_like" if name == "cumsum" else "ones_like")
        return joined([first, total], axis)

    return definition


for _name, _of in (("cumulative_sum", "cumsum"), ("cumulative_prod", "cumprod")):
    register(
        _name,
        composed(_cumulative(_of)),
        names=f"np.{_name}",
        signature="x | axis * dtype! out include_initial",
        cost=EXPENSIVE,
    )


# --- places of what is compared by its own `<`: tuples, lists, objects ------------------------------------------------
def _places(args: Any, attrs: Any, form: str) -> Array:
    return Array("int64", (fresh_size(),))


register("sort_order", constant(), _places, signature="keys reverse |")
for _name in ("place_of_greatest", "place_of_least"):
    register(_name, constant(), integer, signature="keys |")
