"""Functions of NumPy in Python: they are differentiated as a user's own would be.

Those that take functions, those that loop, those whose sizes depend on numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any


def operation(name: str) -> Callable[..., Any]:
    """Return a function that means an operation of the rule table."""

    def operation(*args: Any, **attrs: Any) -> Any:
        raise NotImplementedError(name)

    operation._s2sad_op = name  # type: ignore[attr-defined]
    return operation


def standing_for(name: str, lower_call: Any) -> Any:
    """Return an object that stands for a function which only differentiated code calls."""

    def standing() -> None:
        """What is called is `lower_call`."""

    standing.__name__ = name
    standing._s2sad_call = lower_call  # type: ignore[attr-defined]
    return standing


fixed = operation("stop_gradient")
NUMBERS = "np.vectorize is differentiated for functions that return one number"


def vectorized(f: Callable[..., Any], x: Array) -> Array:
    """`np.vectorize(f)(x)`."""
    x = np.asarray(x)
    made = np.array([f(a) for a in x.ravel()])
    if made.ndim != 1:
        raise TypeError(NUMBERS)
    return made.reshape(x.shape)


def vectorized_two(f: Callable[..., Any], x: Array, y: Array) -> Array:
    """`np.vectorize(f)(x, y)`."""
    x, y = np.broadcast_arrays(x, y)
    a, b = x.ravel(), y.ravel()
    made = np.array([f(a[i], b[i]) for i in range(len(a))])
    if made.ndim != 1:
        raise TypeError(NUMBERS)
    return made.reshape(x.shape)


def vectorized_three(f: Callable[..., Any], x: Array, y: Array, z: Array) -> Array:
    """`np.vectorize(f)(x, y, z)`."""
    x, y, z = np.broadcast_arrays(x, y, z)
    a, b, c = x.ravel(), y.ravel(), z.ravel()
    made = np.array([f(a[i], b[i], c[i]) for i in range(len(a))])
    if made.ndim != 1:
        raise TypeError(NUMBERS)
    return made.reshape(x.shape)


def flat_in_own_order(a: Array) -> Array:
    """`a.ravel(order="A")`: Fortran's order of what is stored in that."""
    return a.T.ravel() if np.isfortran(a) else a.ravel()


def flat_as_stored(a: Array) -> Array:
    """`a.ravel(order="K")`: in the order of the elements in memory, whatever the signs of the strides."""
    steps = [abs(step) for step in a.strides]
    if all(steps[i] >= steps[i + 1] for i in range(len(steps) - 1)):
        return a.ravel()
    if all(steps[i] <= steps[i + 1] for i in range(len(steps) - 1)):
        return a.T.ravel()
    place = np.empty_like(a, dtype=int)  # which lies in memory as the array does
    place[...] = np.arange(a.size).reshape(a.shape)
    return a.ravel()[np.ravel(place, order="K")]


FLAT = {"A": flat_in_own_order, "K": flat_as_stored}


def reshaped_in_own_order(a: Array, shape: Any) -> Array:
    """`a.reshape(shape, order="A")`."""
    return np.reshape(a, shape, order="F") if np.isfortran(a) else np.reshape(a, shape)


def of_shape_of(given: Array, value: Array) -> Array:
    """Return a cotangent or tangent that has the shape of its value."""
    if np.shape(given) != np.shape(value):
        raise ValueError("a cotangent or tangent has another shape than its value")
    return given


def of_rows(f: Callable[..., Any], rows: Array, *more: Any, **named: Any) -> Array:
    """`np.apply_along_axis(f, -1, rows)`."""
    made = np.array([f(row, *more, **named) for row in rows.reshape(-1, rows.shape[-1])])
    return made.reshape(rows.shape[:-1] + made.shape[1:])


def of_parts(f: Callable[..., Any], core: int, x: Array) -> Array:
    """`np.vectorize(f, signature=...)(x)`, whose last axes are given whole."""
    outer = np.ndim(x) - core
    parts = x.reshape((-1, *x.shape[outer:]))
    made = np.array([f(part) for part in parts])
    return made.reshape(x.shape[:outer] + made.shape[1:])


def of_two_parts(f: Callable[..., Any], core: int, core2: int, x: Array, y: Array) -> Array:
    """`np.vectorize(f, signature=...)(x, y)`."""
    outer, outer2 = np.ndim(x) - core, np.ndim(y) - core2
    shape = np.broadcast_shapes(x.shape[:outer], y.shape[:outer2])
    xs = np.broadcast_to(x, shape + x.shape[outer:]).reshape((-1, *x.shape[outer:]))
    ys = np.broadcast_to(y, shape + y.shape[outer2:]).reshape((-1, *y.shape[outer2:]))
    made = np.array([f(xs[i], ys[i]) for i in range(len(xs))])
    return made.reshape(shape + made.shape[1:])


def of_each(f: Callable[..., Any], *arrays: Array) -> Array:
    """What `np.vectorize(f)` is: one of the functions above, by the number of arguments."""
    return np.vectorize(f)(*arrays)


VECTORIZED = {1: vectorized, 2: vectorized_two, 3: vectorized_three}


# --- methods of ufuncs: along the first axis --------------------------------------------------------------------------
def accumulated(f: Callable[..., Any], x: Array) -> Array:
    """`f.accumulate(x)`."""
    made = np.empty_like(x)
    for i in range(len(x)):
        made[i] = x[i] if i == 0 else f(made[i - 1], x[i])
    return made


def reduced(f: Callable[..., Any], x: Array) -> Array:
    """`f.reduce(x)`."""
    total = x[0]
    for i in range(1, len(x)):
        total = f(total, x[i])
    return total


def reduced_at(f: Callable[..., Any], x: Array, starts: Array) -> Array:
    """`f.reduceat(x, starts)`: from each place to the next, or one element where that is not behind it."""
    made = np.empty(starts.shape + x.shape[1:], x.dtype)
    for k in range(len(starts)):
        stop = len(x) if k + 1 == len(starts) else starts[k + 1]
        made[k] = x[starts[k]]
        for i in range(starts[k] + 1, stop):
            made[k] = f(made[k], x[i])
    return made


def applied_at(f: Callable[..., Any], a: Array, places: Array, b: Array) -> None:
    """`f.at(a, places, b)`: one after the other, also where a place comes twice."""
    values = np.broadcast_to(b, places.shape + a.shape[1:])
    for k in range(len(places)):
        a[places[k]] = f(a[places[k]], values[k])


def applied_to_each(f: Callable[..., Any], a: Array, places: Array) -> None:
    """`f.at(a, places)`."""
    for k in range(len(places)):
        a[places[k]] = f(a[places[k]])


# --- windows, whole parts, sorted complex numbers ---------------------------------------------------------------------
def kaiser(M: Any, beta: Any) -> Array:
    """`np.kaiser(M, beta)`."""
    if M == 1:
        return np.ones(1)
    half = (M - 1) / 2.0
    return np.i0(beta * np.sqrt(1 - ((np.arange(0, M) - half) / half) ** 2.0)) / np.i0(beta)


def histogram2d(
    x: Array, y: Array, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> tuple[Array, Array, Array]:
    """`np.histogram2d(x, y, ...)`: which bin counts what does not move, the weights do."""
    made, edges = histogramdd((x, y), bins, range, density, weights)
    return made, edges[0], edges[1]


def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> tuple[Array, tuple[Array, ...]]:
    """`np.histogramdd(sample, ...)` of a list of vectors, or of a matrix with the bins of each column."""
    columns = tuple(sample) if isinstance(sample, tuple | list) else columns_of(sample, bins)
    each = bins if isinstance(bins, tuple | list) else (bins,) * len(columns)
    spans = (None,) * len(columns) if range is None else tuple(range)
    edges: tuple[Any, ...] = ()
    shape: tuple[int, ...] = ()
    place, inside = np.zeros(len(columns[0]), dtype=int), np.ones(len(columns[0]), dtype=bool)
    for x, wanted, span in zip(columns, each, spans, strict=True):
        found = edges_of(x, wanted, span)
        n, at = len(found) - 1, bins_of(x, found)
        place, inside = place * n + at, inside & (at >= 0) & (at < n)
        edges, shape = (*edges, found), (*shape, n)
    counted = np.ones(len(columns[0])) if weights is None else np.asarray(weights)
    made: Any = np.bincount(place[inside], counted[inside], math.prod(shape)).reshape(shape)
    if density:
        total = np.sum(made)
        for d, found in enumerate(edges):
            made = made / np.diff(found).reshape((-1,) + (1,) * (len(edges) - 1 - d))
        made = made / total
    return made, edges


def columns_of(sample: Array, bins: Any) -> tuple[Array, ...]:
    """The columns of a matrix, as many as there are bins given."""
    if not isinstance(bins, tuple | list):
        raise NotImplementedError("np.histogramdd of a matrix is accepted with the bins of each column: bins=(10, 10)")
    return tuple([sample[:, d] for d, _ in enumerate(bins)])


def edges_of(x: Array, bins: Any, span: Any) -> Array:
    """The edges of bins: as they are given, or so many of one width from the least to the greatest."""
    if np.ndim(bins) == 1:
        return np.asarray(bins)
    low, high = (np.min(x), np.max(x)) if span is None else span
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, bins + 1)


def bins_of(x: Array, edges: Array) -> Array:
    """The bin of each number; the last edge is of the last bin."""
    at = np.searchsorted(fixed(edges), fixed(x), side="right") - 1
    return np.where(x == edges[-1], len(edges) - 2, at)


def fix(x: Array) -> Array:
    """`np.fix(x)`."""
    return np.trunc(x)


def unique_values(x: Array) -> Array:
    """`np.unique_values(x)`."""
    return np.unique(x)


def sort_complex(a: Array) -> Array:
    """`np.sort_complex(a)`."""
    return np.sort(np.asarray(a).astype(complex))


# --- vectors as sets, polynomials -------------------------------------------------------------------------------------
def trim_zeros(filt: Array, trim: str = "fb") -> Array:
    """`np.trim_zeros(filt, trim)`."""
    places = np.flatnonzero(filt)
    if len(places) == 0:
        return filt[:0]
    first = places[0] if "f" in trim.lower() else 0
    last = places[-1] + 1 if "b" in trim.lower() else len(filt)
    return filt[first:last]


def union1d(ar1: Array, ar2: Array) -> Array:
    """`np.union1d(ar1, ar2)`."""
    return np.unique(np.concatenate([np.ravel(ar1), np.ravel(ar2)]))


def intersect1d(ar1: Array, ar2: Array) -> Array:
    """`np.intersect1d(ar1, ar2)`."""
    found = np.unique(ar1)
    return found[np.isin(found, ar2)]


def setdiff1d(ar1: Array, ar2: Array) -> Array:
    """`np.setdiff1d(ar1, ar2)`."""
    found = np.unique(ar1)
    return found[np.isin(found, ar2, invert=True)]


def setxor1d(ar1: Array, ar2: Array) -> Array:
    """`np.setxor1d(ar1, ar2)`."""
    return np.sort(np.concatenate([setdiff1d(ar1, ar2), setdiff1d(ar2, ar1)]))


def polydiv(u: Array, v: Array) -> tuple[Array, Array]:
    """`np.polydiv(u, v)`: quotient and remainder by long division."""
    u, v = np.atleast_1d(u) + 0.0, np.atleast_1d(v) + 0.0
    m, n = len(u) - 1, len(v) - 1
    scale = 1.0 / v[0]
    rest = u + 0.0 * v[0]
    quotient = np.zeros_like(rest)
    for k in range(m - n + 1):
        d = scale * rest[k]
        quotient[k] = d
        rest[k : k + n + 1] -= d * v
    first = 0
    while first < m and np.allclose(rest[first], 0, rtol=1e-14):
        first += 1
    return quotient[: max(m - n + 1, 1)], rest[first:]


_FUNCTIONS = (
    kaiser,
    histogram2d,
    histogramdd,
    fix,
    unique_values,
    sort_complex,
    trim_zeros,
    union1d,
    intersect1d,
    setdiff1d,
    setxor1d,
    polydiv,
)
WRITTEN = {id(getattr(np, function.__name__)): function for function in _FUNCTIONS}  # by the function of NumPy
