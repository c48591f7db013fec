"""scipy.interpolate: piecewise polynomials, and the coefficients of the splines that are one.

A spline here is two operations: its coefficients, and the value of a piecewise polynomial. Cubic splines follow from
the slopes at their knots (de Boor, A Practical Guide to Splines, IV); the formulas of the slopes are SciPy's.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from s2sad.ir.types import Array, Size, Structure, dtype_of, fresh_size, numeric_kind
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, Refused, TypeProblem, composed, custom, static
from s2sad.rules.infer import array_of, shape_of
from s2sad.rules.linalg import float_dtype
from s2sad.rules.register import register
from s2sad.rules.scipy import linalg as _linalg  # noqa: F401 - its banded systems give the slopes
from s2sad.rules.symbols import (
    added,
    call,
    joined,
    length,
    on_axis,
    parts_of,
    product,
    sequence,
    shaped_as,
    stacked,
    where,
)


# --- values of piecewise polynomials ----------------------------------------------------------------------------------
def _factors(degree: int, nu: int) -> list[tuple[int, int]]:
    """Return (factor, power) of the derivatives of s**degree, ..., s, 1."""
    return [(math.perm(p, nu), p - nu) for p in range(degree, -1, -1) if p >= nu]


def _ppoly(c: Sym, x: Sym, t: Sym, nu: Any = 0, extrapolate: Any = True) -> Sym:
    """The polynomial of the interval that t lies in, in powers of the distance to its left end."""
    if extrapolate == "periodic":
        t = x[0] + (t - x[0]).op("remainder", x[-1] - x[0])
    last = length(x) - 2
    place = x.op("searchsorted", t.op("stop_gradient"), side="right") - 1
    place = place.op("clip", 0, last, form="np.clip")
    s = t - x[place]
    coefficients = c[(slice(None), place)]
    more = coefficients.ndim - 1 - s.ndim
    wide = s.op("expand_dims", axis=tuple(range(s.ndim, s.ndim + more))) if more and s.ndim else s
    size = array_of(c.type).shape[0].value
    total: Sym | None = None
    if size is None:
        total = _by_powers(coefficients, wide, length(c), nu)
    else:
        total = coefficients[0] * 0.0 * wide if nu >= size else None
        for k, (factor, _) in enumerate(_factors(size - 1, nu)):  # Horner's scheme
            term = coefficients[k] * factor if factor != 1 else coefficients[k]
            total = term if total is None else total * wide + term
        assert total is not None
    if extrapolate is False:
        outside = t.op("less", x[0]).op("bitwise_or", t.op("greater", x[-1]))
        outside = outside.op("expand_dims", axis=tuple(range(s.ndim, s.ndim + more))) if more and s.ndim else outside
        total = where(outside, math.nan, total)
    return total


def _by_powers(coefficients: Sym, s: Sym, count: Sym, nu: int) -> Sym:
    powers = call(s.builder, "arange", count - 1, -1, -1)
    factor: Any = None
    for q in range(nu):
        factor = powers - q if factor is None else factor * (powers - q)
    exponents = powers - nu if nu else powers
    exponents = exponents.op("maximum", 0) if nu else exponents
    rank = coefficients.ndim
    table = s ** on_axis(exponents, 0, rank)
    table = table * on_axis(factor, 0, rank) if factor is not None else table
    return (coefficients * table).sum(axis=0)


def _value_type(args: Any, attrs: Any, form: str) -> Array:
    c, _, t = args
    array = array_of(c.type)
    if array.ndim < 2:
        raise TypeProblem("the coefficients of a piecewise polynomial are given for each power and interval")
    return Array(str(np.result_type(array.dtype, "float64")), (*shape_of(t.type), *array.shape[2:]))


def _slope(c: Sym, x: Sym, t: Sym, attrs: dict[str, Any]) -> Sym:
    """The spline of one derivative more; where it is not defined its values are NaN, and nothing moves them."""
    options = {} if static(attrs.get("extrapolate"), True) is False else attrs
    return c.op("interpolate.ppoly", x, t, **{**options, "nu": static(attrs.get("nu"), 0) + 1})


def _places(g: Sym, y: Sym, c: Sym, x: Sym, t: Sym, **attrs: Any) -> Sym:
    """t_bar = y_bar s'(t), over all columns of the coefficients."""
    slope = _slope(c, x, t, attrs)
    made = g * slope  # of the conjugate of the coefficients
    made = made.op("real") if numeric_kind(made.type) == "complex" and numeric_kind(t.type) != "complex" else made
    return made.sum(axis=tuple(range(t.ndim, y.ndim))) if y.ndim > t.ndim else made


def _places_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    c, x, t = args
    dot = dots[2].op("expand_dims", axis=tuple(range(t.ndim, y.ndim))) if 0 < t.ndim < y.ndim else dots[2]
    return dot * _slope(c, x, t, attrs)


register(
    "interpolate.ppoly",
    composed(_ppoly, over_complex="refused", alone={2: (_places, _places_push)}),
    _value_type,
    signature="c x t | nu extrapolate",
    cost=EXPENSIVE,
)


# --- cubics from values and slopes ------------------------------------------------------------------------------------
def _steps(x: Sym, y: Sym) -> tuple[Sym, Sym]:
    """Return the widths of the intervals, with the axes of y, and the slopes between the knots."""
    steps = x[1:] - x[:-1]
    steps = steps.op("expand_dims", axis=tuple(range(1, y.ndim))) if y.ndim > 1 else steps
    return steps.named("h"), ((y[1:] - y[:-1]) / steps).named("slopes")


def _hermite(x: Sym, y: Sym, slopes: Sym) -> Sym:
    """The cubics with these values and slopes at the knots."""
    return _cubics(*_steps(x, y), y, slopes)


def _cubics(steps: Sym, between: Sym, y: Sym, slopes: Sym) -> Sym:
    bend = (slopes[:-1] + slopes[1:] - 2.0 * between) / steps
    return stacked([bend / steps, (between - slopes[:-1]) / steps - bend, slopes[:-1], y[:-1]])


ENDS = {"natural": (2, 0.0), "clamped": (1, 0.0), "not-a-knot": None}


def _ends(given: Any) -> list[Any]:
    pair = given if isinstance(given, tuple) and len(given) == 2 else (given, given)
    return [ENDS[end] if isinstance(end, str) else end for end in pair]


def _cubic_slopes(x: Sym, y: Sym, wide: Sym, m: Sym, ends: list[Any]) -> Sym:
    """The second derivatives at inner knots agree: a tridiagonal system, with a condition at each end."""
    h = wide if y.ndim == 1 else x[1:] - x[:-1]
    rows = [_end_row(x, h, wide, m, y, end, first) for end, first in zip(ends, (True, False), strict=True)]
    (near, far, right), (near_last, far_last, right_last) = rows
    inner = 3.0 * (wide[1:] * m[:-1] + wide[:-1] * m[1:])
    bands = stacked(
        [
            joined([_row([0.0, far], h), h[:-1]]),
            joined([_row([near], h), 2.0 * (h[:-1] + h[1:]), _row([near_last], h)]),
            joined([h[1:], _row([far_last, 0.0], h)]),
        ]
    )
    sides = [side.op("expand_dims", axis=0) if side.ndim else _row([side], h) for side in (right, right_last)]
    right_side = joined([sides[0], inner, sides[1]])
    if y.ndim < 3:
        return shaped_as(bands.op("solve_banded", right_side, lower=1, upper=1), y)
    columns = right_side.op("reshape", shape=(length(y), -1))
    return bands.op("solve_banded", columns, lower=1, upper=1).op("reshape", shape=y.op("shape"))


def _row(parts: list[Any], like: Sym) -> Sym:
    return call(like.builder, "array", sequence(parts))


def _end_row(x: Sym, h: Sym, wide: Sym, m: Sym, y: Sym, end: Any, first: bool) -> tuple[Any, Any, Any]:
    """Return the diagonal element, the one beside it and the right-hand side of an end."""
    a = 0 if first else -1
    if end is None:  # the third derivative agrees at the knot next to the end; through three knots it is a parabola
        b = _next_to(h, first)
        d = wide[a] + wide[b]
        beside = h[b] + h[a] if wide.ndim > 1 else d
        row = h[b], beside, ((wide[a] + 2.0 * d) * wide[b] * m[a] + wide[a] * wide[a] * m[b]) / d
        short = (1.0, 1.0, 2.0 * m[a]), (1.0, 0.0, m[a])  # and through two a line
        choices = zip(*short, row, strict=True)
        three, two = length(x).equals(3), length(x).equals(2)
        return tuple(where(three, parabola, where(two, line, long)) for parabola, line, long in choices)  # type: ignore[return-value]
    order, value = end
    if order == 1:
        return y[a] * 0.0 + 1.0 if not y[a].ndim else h[a] * 0.0 + 1.0, h[a] * 0.0, y[a] * 0.0 + value
    bend = (-0.5 if first else 0.5) * value * wide[a] * wide[a]
    rise = y[1] - y[0] if first else y[-1] - y[-2]
    return 2.0 * h[a], h[a], bend + 3.0 * rise


def _next_to(parts: Sym, first: bool) -> Sym:
    """Return the place of the part next to the first or last one: that one itself where there is no other."""
    beyond = length(parts) - 1
    step = call(parts.builder, "minimum", 1, beyond, form="min")
    return step if first else beyond - step


def _cubic(x: Sym, y: Sym, bc_type: Any = "not-a-knot") -> Sym:
    """The cubics with slopes at the knots that make the second derivatives agree (de Boor, chapter IV)."""
    wide, m = _steps(x, y)
    if bc_type == "periodic":
        return _cubics(wide, m, y, _periodic_slopes(x, y, wide, m))
    return _cubics(wide, m, y, _cubic_slopes(x, y, wide, m, _ends(bc_type)))


def _periodic_slopes(x: Sym, y: Sym, wide: Sym, m: Sym) -> Sym:
    """The second derivatives agree at all knots, of which the last is the first: a cyclic system."""
    h = wide if y.ndim == 1 else x[1:] - x[:-1]
    before, eye = h.op("roll", 1), call(x.builder, "eye", length(h))
    near = [eye.op("roll", shift, axis=1) for shift in (-1, 1)]
    rows = [part.op("expand_dims", axis=-1) for part in (h, 2.0 * (before + h), before)]
    matrix = rows[0] * near[0] + rows[1] * eye + rows[2] * near[1]
    right = 3.0 * (wide * m.op("roll", 1, axis=0) + wide.op("roll", 1, axis=0) * m)
    columns = right.op("reshape", shape=(length(h), -1))
    slopes = matrix.op("solve", columns).op("reshape", shape=right.op("shape"))
    return joined([slopes, slopes[:1]])


def _pchip(x: Sym, y: Sym) -> Sym:
    """Inside the weighted harmonic mean of the slopes beside a knot, 0 where they differ in sign (Fritsch, Butland)."""
    h, m = _steps(x, y)
    signs = m.op("sign")
    flat = (signs[1:] * signs[:-1]).op("less_equal", 0.0)
    w1, w2 = 2.0 * h[1:] + h[:-1], h[1:] + 2.0 * h[:-1]
    safe = [where(flat, 1.0, part) for part in (m[:-1], m[1:])]
    mean = (w1 + w2) / (w1 / safe[0] + w2 / safe[1])
    places = (0, _next_to(m, True)), (-1, _next_to(m, False))
    ends = [_pchip_end(h[i], h[j], m[i], m[j]) for i, j in places]
    first, last = (end.op("expand_dims", axis=0) if end.ndim else _row([end], h) for end in ends)
    return _hermite(x, y, joined([first, where(flat, 0.0, mean), last]))


def _pchip_end(h0: Sym, h1: Sym, m0: Sym, m1: Sym) -> Sym:
    """A one-sided slope of three points, bounded where it would not keep the shape."""
    d = ((2.0 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    turned = (d.op("sign") * m0.op("sign")).op("less_equal", 0.0)
    steep = (m0.op("sign") * m1.op("sign")).op("less_equal", 0.0)
    steep = steep.op("bitwise_and", d.op("absolute").op("greater", 3.0 * m0.op("absolute")))
    return where(turned, 0.0, where(steep, 3.0 * m0, d))


def _akima(x: Sym, y: Sym, method: Any = "akima") -> Sym:
    """The mean of the slopes beside a knot, each weighted by the change of slope on the other side (Akima 1970)."""
    _, m = _steps(x, y)
    second, before = _next_to(m, True), _next_to(m, False)
    low1 = 2.0 * m[:1] - m[second : second + 1]
    low0 = 2.0 * low1 - m[:1]
    high1 = 2.0 * m[-1:] - m[before : before + 1]
    high0 = 2.0 * high1 - m[-1:]
    m = joined([low0, low1, m, high1, high0])
    change = (m[1:] - m[:-1]).op("absolute")
    if method == "makima":
        change_, both = change, (m[1:] + m[:-1]).op("absolute")
        f1, f2 = change_[2:] + 0.5 * both[2:], change_[:-2] + 0.5 * both[:-2]
    else:
        f1, f2 = change[2:], change[:-2]
    total = f1 + f2
    defined = total.op("greater", 1e-9 * total.op("stop_gradient").op("max"))
    share = f2 / where(defined, total, 1.0)
    slopes = where(defined, m[1:-2] + share * (m[2:-1] - m[1:-2]), 0.5 * (m[3:] + m[:-3]))
    return _hermite(x, y, slopes)


def _coefficients_type(args: Any, attrs: Any, form: str) -> Array:
    x, y = (array_of(arg.type) for arg in args[:2])
    n = x.shape[0].value
    return Array("float64", (Size.number(4), fresh_size() if n is None else Size.number(n - 1), *y.shape[1:]))


SPLINES = {"CubicSpline": "cubic", "PchipInterpolator": "pchip", "Akima1DInterpolator": "akima"}
SPLINES |= {"CubicHermiteSpline": "hermite"}
for _name, _definition, _signature in (
    ("cubic", _cubic, "x y | bc_type"),
    ("pchip", _pchip, "x y |"),
    ("akima", _akima, "x y | method"),
    ("hermite", _hermite, "x y dydx |"),
):
    register(
        f"interpolate.{_name}",
        composed(_definition, over_complex="refused", exact=True),
        _coefficients_type,
        signature=_signature,
        cost=EXPENSIVE,
    )


# --- interp1d ---------------------------------------------------------------------------------------------------------
def _interp1d(x: Sym, y: Sym, t: Sym, kind: Any = "linear", bounds_error: Any = None, fill_value: Any = None) -> Sym:
    """The sample beside a place, or the curve through those around it; samples are rows of y."""
    order = x.op("stop_gradient").op("argsort")
    x, y = x[order], y[order]
    total = _between(x, y, t, kind)
    if fill_value == "extrapolate" if isinstance(fill_value, str) else False:
        return total
    below, above = fill_value if isinstance(fill_value, tuple) else (fill_value, fill_value)
    below, above = (math.nan if fill is None else fill for fill in (below, above))
    early, late = (_over_rows(outside, y) for outside in (t.op("less", x[0]), t.op("greater", x[-1])))
    return where(early, below, where(late, above, total))


def _over_rows(m: Sym, y: Sym) -> Sym:
    """Give what is known of each place the axes of a row."""
    more = y.ndim - 1
    return m.op("expand_dims", axis=tuple(range(m.ndim, m.ndim + more))) if more and m.ndim else m


def _between(x: Sym, y: Sym, t: Sym, kind: Any) -> Sym:
    places = t.op("stop_gradient")
    last = length(x) - 1
    match kind:
        case "linear" | "slinear" | 1:
            high = x.op("searchsorted", places).op("clip", 1, last, form="np.clip")
            low = high - 1
            steps, beyond = _over_rows(x[high] - x[low], y), _over_rows(t - x[low], y)
            return (y[high] - y[low]) / steps * beyond + y[low]
        case "cubic" | 3:
            return _ppoly(_cubic(x, y), x, t)
        case "quadratic" | 2:
            knots = call(x.builder, "interpolate.bspline_knots", x, y, k=2)
            return knots.op("interpolate.bspline", x.op("interpolate.bspline_fit", y, k=2), t, k=2)
        case "previous" | "zero" | 0:
            chosen = (x.op("searchsorted", places, side="right") - 1).op("clip", 0, last, form="np.clip")
        case "next":
            chosen = x.op("searchsorted", places).op("clip", 0, last, form="np.clip")
        case "nearest" | "nearest-up":
            middles = x[1:] / 2.0 + x[:-1] / 2.0
            chosen = middles.op("searchsorted", places, side="left" if kind == "nearest" else "right")
        case _:
            raise TypeProblem(
                "scipy.interpolate.interp1d is accepted with kind linear, quadratic, cubic, nearest, previous, next, "
                f"not {kind!r}"
            )
    return y[chosen] + 0.0 * _over_rows(t, y)


def _interp1d_type(args: Any, attrs: Any, form: str) -> Array:
    x, y, t = args
    kind = static(attrs.get("kind"), "linear")
    dtype = float_dtype(array_of(y.type).dtype)
    if kind in ("linear", "slinear", 1):
        dtype = str(np.result_type(dtype, dtype_of(x.type), dtype_of(t.type)))
    wide = kind in ("cubic", "quadratic", 2, 3)
    return Array("float64" if wide else dtype, (*shape_of(t.type), *array_of(y.type).shape[1:]))


register(
    "interpolate.interp1d",
    composed(_interp1d, over_complex="refused"),
    _interp1d_type,
    signature="x y t | kind bounds_error fill_value",
    cost=EXPENSIVE,
)


# --- B-splines --------------------------------------------------------------------------------------------------------
def _basis(t: Sym, c: Sym, x: Sym, attrs: dict[str, Any]) -> Sym:
    """The values of all B-splines: those of unit vectors of coefficients, along the last axis."""
    return t.op("interpolate.bspline", call(t.builder, "eye", length(c)), x.op("stop_gradient"), **attrs)


def _more(attrs: dict[str, Any]) -> dict[str, Any]:
    return {**attrs, "nu": static(attrs.get("nu"), 0) + 1}


KNOTS = Refused("scipy.interpolate.BSpline has no derivative rule with respect to its knots")


def _bspline_coefficients(g: Sym, y: Sym, t: Sym, c: Sym, x: Sym, **attrs: Any) -> Sym:
    basis = _basis(t, c, x, attrs)
    if static(attrs.get("extrapolate"), True) is False:  # elsewhere they are not a number
        basis = where(basis.op("isnan"), 0.0, basis)
    if not x.ndim:
        return basis * g if c.ndim == 1 else basis.op("outer", g)
    flat = basis.op("reshape", shape=(-1, length(c)))
    values = (
        g.op("reshape", shape=(-1,))
        if c.ndim == 1
        else g.op("reshape", shape=(-1, *(length(c, i) for i in range(1, c.ndim))))
    )
    return flat.T @ values


def _bspline_places(g: Sym, y: Sym, t: Sym, c: Sym, x: Sym, **attrs: Any) -> Sym:
    slope = t.op("interpolate.bspline", c, x, **_more(attrs))
    if static(attrs.get("extrapolate"), True) is False:
        slope = where(slope.op("isnan"), 0.0, slope)
    slope = slope * g
    return slope if slope.ndim == x.ndim else slope.sum(axis=tuple(range(x.ndim, slope.ndim)))


def _bspline_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    t, c, x = args
    if dots[0] is not None:
        KNOTS()
    parts = [] if dots[1] is None else [t.op("interpolate.bspline", dots[1], x, **attrs)]
    if dots[2] is not None:
        slope = t.op("interpolate.bspline", c, x, **_more(attrs))
        dot = dots[2]
        more = slope.ndim - dot.ndim
        dot = dot.op("expand_dims", axis=tuple(range(dot.ndim, slope.ndim))) if more and dot.ndim else dot
        parts.append(slope * dot)
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


def _bspline_type(args: Any, attrs: Any, form: str) -> Array:
    _, c, x = args
    return Array("float64", (*shape_of(x.type), *array_of(c.type).shape[1:]))


register(
    "interpolate.bspline",
    custom([KNOTS, _bspline_coefficients, _bspline_places], _bspline_push, over_complex="refused"),
    _bspline_type,
    signature="t c x | k nu extrapolate",
    cost=EXPENSIVE,
)


def _fit_back(g: Sym, y: Sym, x: Sym, values: Sym, **attrs: Any) -> Sym:
    """The coefficients are linear in the values: the columns of the map are those of unit vectors."""
    columns = x.op("interpolate.bspline_fit", call(g.builder, "eye", length(x)), **attrs)
    flat = g.op("reshape", shape=(length(x), -1)) if g.ndim > 2 else g
    made = columns.T @ flat
    return made.op("reshape", shape=values.op("shape")) if g.ndim > 2 else made


PLACES = Refused("scipy.interpolate.make_interp_spline has no derivative rule with respect to the places")


def _fit_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    if dots[0] is not None:
        PLACES()
    return args[0].op("interpolate.bspline_fit", dots[1], **attrs)


register(
    "interpolate.bspline_fit",
    custom([PLACES, _fit_back], _fit_push, over_complex="refused"),
    lambda args, attrs, form: Array("float64", array_of(args[1].type).shape),
    signature="x y | k",
    cost=EXPENSIVE,
)
KNOTS = Refused("scipy.interpolate.make_interp_spline has no derivative rule with respect to the places of the samples")
register(
    "interpolate.bspline_knots",
    custom([KNOTS, None], KNOTS),
    lambda args, attrs, form: Array("float64", (fresh_size(),)),
    signature="x y | k",
    cost=EXPENSIVE,
)


# --- values on a grid -------------------------------------------------------------------------------------------------
def _on_grid(
    points: Sym, values: Sym, xi: Sym, method: str = "linear", bounds_error: bool = True, fill_value: Any = math.nan
) -> Sym:
    """The values at the corners of the cell that a place lies in, each by its share."""
    grid = parts_of(points)
    count = len(grid)
    places = [xi[(Ellipsis, k)] for k in range(count)]
    low: list[Sym] = []
    share: list[Sym] = []
    for axis, place in zip(grid, places, strict=True):
        at = axis.op("searchsorted", place.op("stop_gradient"), side="right") - 1
        low.append(at.op("clip", 0, length(axis) - 2, form="np.clip"))
        share.append((place - axis[low[-1]]) / (axis[low[-1] + 1] - axis[low[-1]]))
    wide = tuple(range(places[0].ndim, places[0].ndim + values.ndim - count))
    if method == "nearest":
        near = [where(w.op("less_equal", 0.5), at, at + 1) for at, w in zip(low, share, strict=True)]
        total = values[tuple(near)]
    else:
        terms = []
        for corner in itertools.product((0, 1), repeat=count):
            weight = product([w if up else 1.0 - w for w, up in zip(share, corner, strict=True)])
            weight = weight.op("expand_dims", axis=wide) if wide else weight
            terms.append(values[tuple(at + 1 if up else at for at, up in zip(low, corner, strict=True))] * weight)
        total = added(terms)
    if bounds_error or fill_value is None:
        return total
    out = None
    for axis, place in zip(grid, places, strict=True):
        beyond = (place < axis[0]).op("bitwise_or", place > axis[-1])
        out = beyond if out is None else out.op("bitwise_or", beyond)
    assert out is not None
    return where(out.op("expand_dims", axis=wide) if wide else out, fill_value, total)


def _grid_type(args: Any, attrs: Any, form: str) -> Array:
    points, values, xi = (arg.type for arg in args)
    if not isinstance(points, Structure):
        raise TypeProblem("a grid is given by a tuple of vectors")
    array = array_of(values)
    dtype = float_dtype(array.dtype)
    if static(attrs.get("method"), "linear") == "linear":
        dtype = str(np.result_type(dtype, "float64"))
    return Array(dtype, (*shape_of(xi)[:-1], *array.shape[len(points.items) :]))


register(
    "interpolate.on_grid",
    composed(_on_grid, over_complex="refused"),
    _grid_type,
    signature="points values xi | method bounds_error fill_value",
    cost=EXPENSIVE,
)
