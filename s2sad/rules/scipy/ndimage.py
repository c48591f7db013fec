"""scipy.ndimage: filters as correlations of an array that is continued over its edges, and linear interpolation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.ir.nodes import Const
from s2sad.ir.types import Array
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TypeProblem, composed, linear, static
from s2sad.rules.infer import array_of
from s2sad.rules.register import register
from s2sad.rules.scipy import signal as _signal  # noqa: F401 - its operations are what filters are made of
from s2sad.rules.symbols import along, call, length, on_axis, positive, sequence, stacked, where

PAD = {"reflect": "symmetric", "mirror": "reflect", "nearest": "edge", "wrap": "wrap", "constant": "constant"}
FILTER = "output=None mode cval"


def _image_type(args: Any, attrs: Any, form: str) -> Array:
    """A filter gives the dtype of its input: of integers it would cut off what the derivative is of."""
    array = array_of(args[0].type)
    if not array.ndim or not array.dtype.startswith("float"):
        raise TypeProblem("scipy.ndimage is accepted for arrays of real floats: convert with .astype(float)")
    return array


def continued(x: Sym, widths: list[tuple[Any, Any]], mode: str, cval: Any) -> Sym:
    """Return an array with what stands beyond its edges."""
    if mode not in PAD:
        raise TypeProblem(f"scipy.ndimage is accepted with the modes {', '.join(PAD)}, not {mode!r}")
    values = {"constant_values": cval} if mode == "constant" else {}
    return x.op("pad", pad_width=tuple(widths), mode=PAD[mode], **values)


def _correlate(x: Sym, weights: Sym, mode: str = "reflect", cval: Any = 0.0, **_: Any) -> Sym:
    """y[n] = sum over k of w[k] x[n + k - K // 2]."""
    widths = []
    for axis in range(x.ndim):
        before = length(weights, axis).op("floor_divide", 2)
        widths.append((before, length(weights, axis) - 1 - before))
    return continued(x, widths, mode, cval).op("signal.correlate", weights, mode="valid")


def _convolve(x: Sym, weights: Sym, mode: str = "reflect", cval: Any = 0.0, **_: Any) -> Sym:
    """The correlation with the weights turned around."""
    widths = []
    for axis in range(x.ndim):
        after = length(weights, axis).op("floor_divide", 2)
        widths.append((length(weights, axis) - 1 - after, after))
    return continued(x, widths, mode, cval).op("signal.convolve", weights, mode="valid")


def gaussian(sigma: Sym, order: int, truncate: Any, radius: Any) -> tuple[Any, Sym]:
    """Return the radius and the weights of a Gaussian filter, or of a derivative: a Hermite polynomial times it."""
    if radius is None:
        radius = (truncate * sigma + 0.5).op("int")
    places = call(sigma.builder, "arange", -radius, radius + 1)
    width = sigma if isinstance(sigma.expr, Const) else sigma.op("maximum", 1e-15)  # of no width: the place itself
    z = places / width
    weights = (-0.5 * z**2).op("exp")
    weights = weights / weights.sum()
    return radius, weights * hermite(z, order) / width**order if order else weights


def hermite(z: Sym, n: int) -> Sym:
    """He_n by He_n+1 = z He_n - n He_n-1."""
    if n == 1:
        return z
    two_before: Any = 1.0
    before = z
    for k in range(1, n):
        two_before, before = before, z * before - k * two_before
    return before


def _along_axis(x: Sym, sigma: Sym, axis: int, order: int, mode: str, cval: Any, truncate: Any, radius: Any) -> Sym:
    if isinstance(sigma.expr, Const) and abs(float(sigma.expr.value)) <= 1e-15:  # as SciPy does
        return x
    reach, weights = gaussian(sigma, order, truncate, radius)
    widths: list[tuple[Any, Any]] = [(0, 0)] * x.ndim
    widths[axis] = (reach, reach)
    kernel = on_axis(weights, axis, x.ndim)
    before = x.ndim - kernel.ndim
    kernel = kernel.op("expand_dims", axis=tuple(range(before)) if before > 1 else 0) if before else kernel
    return continued(x, widths, mode, cval).op("signal.correlate", kernel, mode="valid")


def _gaussian_filter(
    x: Sym,
    sigma: Sym,
    order: Any = 0,
    mode: str = "reflect",
    cval: Any = 0.0,
    truncate: Any = 4.0,
    radius: Any = None,
) -> Sym:
    orders = order if isinstance(order, tuple) else (order,) * x.ndim
    for axis in range(x.ndim):
        x = _along_axis(x, sigma[axis] if sigma.ndim else sigma, axis, orders[axis], mode, cval, truncate, radius)
    return x


def _derivatives(x: Sym, sigma: Sym, n: int, **attrs: Any) -> list[Sym]:
    """Return the derivatives of that order along each axis of a smoothed image."""
    found = []
    for axis in range(x.ndim):
        order = tuple(n * (i == axis) for i in range(x.ndim))
        found.append(_gaussian_filter(x, sigma, order if x.ndim > 1 else n, **attrs))
    return found


def _gaussian_laplace(x: Sym, sigma: Sym, **attrs: Any) -> Sym:
    first, *rest = _derivatives(x, sigma, 2, **attrs)
    return sum(rest, first)


def _gaussian_gradient_magnitude(x: Sym, sigma: Sym, **attrs: Any) -> Sym:
    first, *rest = (part * part for part in _derivatives(x, sigma, 1, **attrs))
    return sum(rest, first).op("sqrt")


def _gaussian_filter1d(
    x: Sym,
    sigma: Sym,
    axis: int = -1,
    order: Any = 0,
    mode: str = "reflect",
    cval: Any = 0.0,
    truncate: Any = 4.0,
    radius: Any = None,
) -> Sym:
    return _along_axis(x, sigma, positive(axis, x.ndim), order or 0, mode, cval, truncate, radius)


for _name, _whole in (("correlate", _correlate), ("convolve", _convolve)):
    register(
        f"ndimage.{_name}",
        composed(_whole, over_complex="refused"),
        _image_type,
        names=f"scipy.ndimage.{_name}",
        signature=f"input weights | {FILTER} origin=0 * axes=None",
        cost=EXPENSIVE,
    )
register(
    "ndimage.gaussian_filter",
    composed(_gaussian_filter, over_complex="refused"),
    _image_type,
    names="scipy.ndimage.gaussian_filter",
    signature=f"input sigma | order {FILTER} truncate * radius axes=None",
    cost=EXPENSIVE,
)
register(
    "ndimage.gaussian_filter1d",
    composed(_gaussian_filter1d, over_complex="refused"),
    _image_type,
    names="scipy.ndimage.gaussian_filter1d",
    signature=f"input sigma | axis order {FILTER} truncate * radius",
    cost=EXPENSIVE,
)


for _name, _of_gradient in (
    ("gaussian_laplace", _gaussian_laplace),
    ("gaussian_gradient_magnitude", _gaussian_gradient_magnitude),
):
    register(
        f"ndimage.{_name}",
        composed(_of_gradient, over_complex="refused"),
        _image_type,
        names=f"scipy.ndimage.{_name}",
        signature=f"input sigma | {FILTER} * truncate radius axes=None",
        cost=EXPENSIVE,
    )


# --- an element of each window ----------------------------------------------------------------------------------------
def _windows(x: Sym, size: Any, axes: tuple[int, ...], mode: str, cval: Any) -> tuple[Sym, tuple[int, ...]]:
    """Return what stands around each element along some axes, and the axes that it stands along."""
    sizes = size if isinstance(size, tuple) else (size,) * len(axes)
    widths: list[tuple[Any, Any]] = [(0, 0)] * x.ndim
    for axis, n in zip(axes, sizes, strict=True):
        widths[axis] = (n // 2, n - 1 - n // 2)
    wide = continued(x, widths, mode, cval)
    return wide.op("sliding_window_view", window_shape=sizes, axis=axes), tuple(range(x.ndim, x.ndim + len(axes)))


def _extreme_filter(name: str) -> Any:
    def definition(x: Sym, size: Any = None, mode: str = "reflect", cval: Any = 0.0, **_: Any) -> Sym:
        windows, axes = _windows(x, _known_size(size), tuple(range(x.ndim)), mode, cval)
        return windows.op(name, axis=axes if len(axes) > 1 else axes[0])

    return definition


def _extreme_filter1d(name: str) -> Any:
    def definition(x: Sym, size: Any, axis: int = -1, mode: str = "reflect", cval: Any = 0.0, **_: Any) -> Sym:
        windows, axes = _windows(x, _known_size(size), (positive(axis, x.ndim),), mode, cval)
        return windows.op(name, axis=axes[0])

    return definition


def _median_filter(x: Sym, size: Any = None, mode: str = "reflect", cval: Any = 0.0, **_: Any) -> Sym:
    """The element in the middle of a window, or that after it."""
    size = _known_size(size)
    windows, axes = _windows(x, size, tuple(range(x.ndim)), mode, cval)
    count = math.prod(size) if isinstance(size, tuple) else size**x.ndim
    rows = windows.op("reshape", shape=(*(length(x, i) for i in range(x.ndim)), count)) if len(axes) > 1 else windows
    return rows.op("sort", axis=-1)[(..., count // 2)]


def _known_size(size: Any) -> Any:
    if not isinstance(size, int) and not (isinstance(size, tuple) and all(isinstance(n, int) for n in size)):
        raise TypeProblem("the filters of scipy.ndimage that choose an element are accepted with a constant size")
    return size


_CHOICES: tuple[tuple[str, Any, str], ...] = (
    ("maximum_filter", _extreme_filter("max"), f"input | size footprint=None {FILTER} origin=0 * axes=None"),
    ("minimum_filter", _extreme_filter("min"), f"input | size footprint=None {FILTER} origin=0 * axes=None"),
    ("median_filter", _median_filter, f"input | size footprint=None {FILTER} origin=0 * axes=None"),
    ("maximum_filter1d", _extreme_filter1d("max"), f"input | size axis {FILTER} origin=0"),
    ("minimum_filter1d", _extreme_filter1d("min"), f"input | size axis {FILTER} origin=0"),
)
for _name, _definition, _signature in _CHOICES:
    register(
        f"ndimage.{_name}",
        composed(_definition, over_complex="refused"),
        _image_type,
        names=f"scipy.ndimage.{_name}",
        signature=_signature,
        cost=EXPENSIVE,
    )


# --- along one axis, and made of that ---------------------------------------------------------------------------------
def _row(x: Sym, weights: Sym, axis: int, mode: str, cval: Any, turned: bool) -> Sym:
    n = length(weights)
    half = n.op("floor_divide", 2)
    rest = n - 1 - half
    kernel = weights[::-1] if turned else weights
    widths: list[tuple[Any, Any]] = [(0, 0)] * x.ndim
    widths[axis] = (rest, half) if turned else (half, rest)
    kernel = on_axis(kernel, axis, x.ndim)
    before = x.ndim - kernel.ndim
    kernel = kernel.op("expand_dims", axis=tuple(range(before)) if before > 1 else 0) if before else kernel
    return continued(x, widths, mode, cval).op("signal.correlate", kernel, mode="valid")


def _one_axis(turned: bool) -> Any:
    def definition(x: Sym, weights: Sym, axis: int = -1, mode: str = "reflect", cval: Any = 0.0, **_: Any) -> Sym:
        return _row(x, weights, positive(axis, x.ndim), mode, cval, turned)

    return definition


def _uniform1d(x: Sym, size: Any, axis: int = -1, mode: str = "reflect", cval: Any = 0.0, **_: Any) -> Sym:
    weights = call(x.builder, "full", size, 1.0 / size)
    return _row(x, weights, positive(axis, x.ndim), mode, cval, False)


def _uniform(x: Sym, size: Any = 3, mode: str = "reflect", cval: Any = 0.0, **_: Any) -> Sym:
    sizes = size if isinstance(size, tuple) else (size,) * x.ndim
    for axis, n in enumerate(sizes):
        x = _uniform1d(x, n, axis, mode, cval)
    return x


def _fixed(x: Sym, weights: tuple[float, ...], axis: int, mode: str, cval: Any) -> Sym:
    return _row(x, call(x.builder, "array", sequence(weights)), axis, mode, cval, False)


def _edges(across: tuple[float, float, float]) -> Any:
    """A difference along an axis, smoothed along the others."""

    def definition(x: Sym, axis: int = -1, mode: str = "reflect", cval: Any = 0.0, **_: Any) -> Sym:
        axis = positive(axis, x.ndim)
        made = _fixed(x, (-1.0, 0.0, 1.0), axis, mode, cval)
        for other in range(x.ndim):
            made = _fixed(made, across, other, mode, cval) if other != axis else made
        return made

    return definition


def _laplace(x: Sym, mode: str = "reflect", cval: Any = 0.0, **_: Any) -> Sym:
    parts = [_fixed(x, (1.0, -2.0, 1.0), axis, mode, cval) for axis in range(x.ndim)]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


_FILTERS: tuple[tuple[str, Any, str], ...] = (
    ("correlate1d", _one_axis(False), f"input weights | axis {FILTER} origin=0"),
    ("convolve1d", _one_axis(True), f"input weights | axis {FILTER} origin=0"),
    ("uniform_filter1d", _uniform1d, f"input | size axis {FILTER} origin=0"),
    ("uniform_filter", _uniform, f"input | size {FILTER} origin=0 * axes=None"),
    ("sobel", _edges((1.0, 2.0, 1.0)), f"input | axis {FILTER}"),
    ("prewitt", _edges((1.0, 1.0, 1.0)), f"input | axis {FILTER}"),
    ("laplace", _laplace, f"input | {FILTER} * axes=None"),
)
for _name, _definition, _signature in _FILTERS:
    register(
        f"ndimage.{_name}",
        composed(_definition, over_complex="refused"),
        _image_type,
        names=f"scipy.ndimage.{_name}",
        signature=_signature,
        cost=EXPENSIVE,
    )


# --- interpolation ----------------------------------------------------------------------------------------------------
def _accepted(name: str, order: Any, mode: str) -> None:
    modes = ("constant", "mirror") if order in (2, 3) else ("constant", "nearest")
    if order not in (0, 1, 2, 3) or mode not in modes:
        raise TypeProblem(
            f"scipy.ndimage.{name} is accepted with order 0 or 1 and mode 'constant' or 'nearest', "
            "or with order 2 or 3 and mode 'constant' or 'mirror'"
        )


def _between(place: Sym, n: Any) -> tuple[Sym, Sym]:
    """Return the index below a place that is moved between the first and the last, and how far it is above."""
    place = place.op("clip", 0, n - 1, form="np.clip")
    low = place.op("floor").op("clip", 0, call(place.builder, "maximum", n - 2, 0, form="max"), form="np.clip")
    return low.op("astype", dtype=_INT), place - low


_INT = np.dtype("int64")


def _beyond(place: Sym, n: Any) -> Sym:
    return (place < 0).op("bitwise_or", place > n - 1)


def _nearest(place: Sym, n: Any) -> Sym:
    """Return the index nearest to a place."""
    return (place + 0.5).op("floor").op("clip", 0, n - 1, form="np.clip").op("astype", dtype=_INT)


def _mirrored(index: Sym, n: Any) -> Sym:
    """Return indices between the first and the last: beyond them the array is mirrored about its ends."""
    period = call(index.builder, "maximum", 2 * n - 2, 1, form="max")
    index = index.op("remainder", period)
    return index.op("minimum", period - index)


def _reflected(index: Sym, n: Any) -> Sym:
    """Return indices between the first and the last: the array is mirrored about the edges of its ends."""
    index = index.op("remainder", 2 * n)
    return index.op("minimum", 2 * n - 1 - index)


def _around(place: Sym, n: Any, mode: str) -> tuple[Sym, Sym]:
    """Return the index below a place, wherever that is, and how far the place is above it."""
    if mode == "wrap":  # from the last element to the first it is no step
        place = place.op("remainder", call(place.builder, "maximum", n - 1, 1, form="max"))
    low = place.op("floor")
    return low.op("astype", dtype=_INT), place - low


FOLDED: dict[str, Callable[[Sym, Any], Sym]] = {  # what stands beyond the ends
    "mirror": _mirrored,
    "reflect": _reflected,
    "grid-mirror": _reflected,
    "grid-wrap": lambda index, n: index.op("remainder", n),
    "wrap": lambda index, n: index.op("minimum", n - 1),
}


def _taps(place: Sym, n: Any, order: int) -> tuple[list[Sym], list[Sym]]:
    """Return the indices of the B-splines that reach a place, and their values there (M. Unser, 1999)."""
    if order == 3:
        low = place.op("floor")
        y = place - low
        z = 1.0 - y
        weights = [z * z * z / 6.0, (y * y * (y - 2.0) * 3.0 + 4.0) / 6.0, (z * z * (z - 2.0) * 3.0 + 4.0) / 6.0]
        weights.append(y * y * y / 6.0)
    else:
        low = (place + 0.5).op("floor")
        y = place - low
        weights = [0.5 * (0.5 - y) * (0.5 - y), 0.75 - y * y, 0.5 * (0.5 + y) * (0.5 + y)]
    first = low.op("astype", dtype=_INT) - 1
    return [_mirrored(first + k if k else first, n) for k in range(order + 1)], weights


def _coefficients(x: Sym, order: int, prefilter: Any) -> Sym:
    """Return the coefficients of the spline through the elements."""
    for axis in range(x.ndim if prefilter else 0):
        x = x.op("ndimage.spline_filter1d", order=order, axis=axis)
    return x


def _map_coordinates(
    x: Sym, places: Sym, order: Any = 3, mode: str = "constant", cval: Any = 0.0, prefilter: Any = True
) -> Sym:
    """The sum of the elements, or coefficients, around a place, each weighted by a product over the axes."""
    if order != 1 or mode not in FOLDED:
        _accepted("map_coordinates", order, mode)
    rank = x.ndim
    x = _coefficients(x, order, prefilter) if order > 1 else x
    indices, total = [], None
    for axis in range(rank):
        place, n = places[axis], length(x, axis)
        if order == 0:
            indices.append(_nearest(place, n))
            continue
        if order == 1:
            low, share = _between(place, n) if mode not in FOLDED else _around(place, n, mode)
            beside = (low + 1).op("minimum", n - 1) if mode not in FOLDED else FOLDED[mode](low + 1, n)
            taps, weights = [low if mode not in FOLDED else FOLDED[mode](low, n), beside], [1.0 - share, share]
        else:
            taps, weights = _taps(place, n, order)
        around = tuple(range(axis)), tuple(range(axis + 1, rank))  # the axes of the taps along the other axes
        index, weight = (stacked(parts) for parts in (taps, weights))
        for axes in around:
            index, weight = (part.op("expand_dims", axis=axes) if axes else part for part in (index, weight))
        indices.append(index)
        total = weight if total is None else total * weight
    value = x[tuple(indices)] if rank > 1 else x[indices[0]]
    if total is not None:
        value = (value * total).sum(axis=tuple(range(rank)) if rank > 1 else 0)
    if mode in ("nearest", *FOLDED):
        return value
    out = _beyond(places[0], length(x, 0))
    for axis in range(1, rank):
        out = out.op("bitwise_or", _beyond(places[axis], length(x, axis)))
    return where(out, cval, value)


def _shift(x: Sym, shift: Sym, order: Any = 3, mode: str = "constant", cval: Any = 0.0, prefilter: Any = True) -> Sym:
    """Along one axis after the other: the element at i is that between those around i - shift."""
    _accepted("shift", order, mode)
    x = _coefficients(x, order, prefilter) if order > 1 else x
    out: Sym | None = None
    for axis in range(x.ndim):
        n = length(x, axis)
        weights: list[Sym | None] = [None]
        place = call(x.builder, "arange", n) - (shift[axis] if shift.ndim else shift)
        if order == 0:
            taps = [_nearest(place, n)]
        elif order == 1:
            low, share = _between(place, n)
            taps, weights = [low, (low + 1).op("minimum", n - 1)], [1.0 - share, share]
        else:
            taps, found = _taps(place, n, order)
            weights = [*found]
        parts = [along(x, axis, tap) for tap in taps]
        x = _weighted([on_axis(w, axis, x.ndim) if w is not None else None for w in weights], parts)
        beyond = on_axis(_beyond(place, n), axis, x.ndim)
        out = beyond if out is None else out.op("bitwise_or", beyond)
    if mode in ("nearest", "mirror") or out is None:
        return x
    return where(out, cval, x)


def _weighted(weights: list[Sym | None], parts: list[Sym]) -> Sym:
    total: Sym | None = None
    for weight, part in zip(weights, parts, strict=True):
        term = part if weight is None else weight * part
        total = term if total is None else total + term
    assert total is not None
    return total


def _spline_filter_back(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    """The map of the rows along an axis is a matrix: its columns are what it makes of the unit vectors."""
    axis = positive(static(attrs.get("axis"), -1), x.ndim)
    options = {key: value for key, value in attrs.items() if key in ("order", "mode")}
    matrix = call(g.builder, "ndimage.spline_filter1d", call(g.builder, "eye", length(x, axis)), axis=0, **options)
    rows = g if axis == x.ndim - 1 else g.op("moveaxis", source=axis, destination=-1)
    back = rows @ matrix
    return back if axis == x.ndim - 1 else back.op("moveaxis", source=-1, destination=axis)


register(
    "ndimage.spline_filter1d",
    {**linear(_spline_filter_back), "over_complex": "refused"},
    lambda args, attrs, form: Array("float64", array_of(args[0].type).shape),
    names="scipy.ndimage.spline_filter1d",
    signature="input | order axis output=None mode",
    cost=EXPENSIVE,
)


def _mapped_type(args: Any, attrs: Any, form: str) -> Array:
    return Array(_image_type(args, attrs, form).dtype, array_of(args[1].type).shape[1:])


register(
    "ndimage.map_coordinates",
    composed(_map_coordinates, over_complex="refused"),
    _mapped_type,
    names="scipy.ndimage.map_coordinates",
    signature="input coordinates | output=None order mode cval prefilter",
    cost=EXPENSIVE,
)
register(
    "ndimage.shift",
    composed(_shift, over_complex="refused"),
    _image_type,
    names="scipy.ndimage.shift",
    signature="input shift | output=None order mode cval prefilter",
    cost=EXPENSIVE,
)
