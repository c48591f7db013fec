"""Differences, integrals, interpolation, convolution."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir.types import Array, fresh_size, numeric_kind
from s2sad.rules.builder import Sym, cast_like
from s2sad.rules.core import EXPENSIVE, TypeProblem, bilinear, composed, static
from s2sad.rules.infer import array_of, scalar_or_array
from s2sad.rules.linalg import float_dtype
from s2sad.rules.register import register
from s2sad.rules.symbols import along, call, joined, length, on_axis, shape_with, where


def _end(part: Sym | None, a: Sym, axis: int) -> list[Sym]:
    """Return what is put before or after an array along an axis: a number is one element of each row."""
    if part is None:
        return []
    return [part if part.ndim else part.op("broadcast_to", shape=shape_with(a, axis, 1))]


def _diff(a: Sym, prepend: Sym | None, append: Sym | None, n: int = 1, axis: int = -1) -> Sym:
    if array_of(a.type).dtype == "bool":
        raise TypeProblem("np.diff of booleans is np.not_equal, which has no derivative")
    if not n:
        raise TypeProblem("np.diff with n=0 returns its argument itself")
    a = joined([*_end(prepend, a, axis), a, *_end(append, a, axis)], axis)
    for _ in range(n):
        a = along(a, axis, slice(1, None)) - along(a, axis, slice(None, -1))
    return a


def _ediff1d(a: Sym, to_end: Sym | None, to_begin: Sym | None) -> Sym:
    a = a.op("ravel") if a.ndim != 1 else a
    ends = [[] if part is None else [cast_like(part.op("ravel"), a.expr)] for part in (to_begin, to_end)]
    return joined([*ends[0], a[1:] - a[:-1], *ends[1]])


def panels(y: Sym, x: Sym | None, dx: Any, axis: int) -> Sym:
    """Return (x[i+1] - x[i]) (y[i+1] + y[i]) / 2."""
    width = 1.0 if dx is None else dx
    if x is not None:
        at = axis if x.ndim > 1 else 0
        width = along(x, at, slice(1, None)) - along(x, at, slice(None, -1))
        width = on_axis(width, axis, y.ndim) if x.ndim == 1 else width
    heights = along(y, axis, slice(1, None)) + along(y, axis, slice(None, -1))
    return 0.5 * width * heights


def trapezoid(y: Sym, x: Sym | None, dx: Any, axis: int = -1) -> Sym:
    """The sum of the panels between the samples."""
    found = panels(y, x, dx, axis)
    return found.sum(axis=axis if found.ndim > 1 else None)


def _interp(x: Sym, xp: Sym, fp: Sym, left: Sym | None, right: Sym | None, period: Sym | None) -> Sym:
    """Piecewise linear; at a knot the derivative is that of the piece to the right, as in JAX."""
    if period is not None:
        x, xp, fp = _periodic(x, xp, fp, period)
    i = xp.op("searchsorted", x, side="right").op("clip", 1, length(xp) - 1)
    start, low = xp[i - 1], fp[i - 1]
    y = low + (x - start) / (xp[i] - start) * (fp[i] - low)
    y = where(x < xp[0], fp[0] if left is None or period is not None else left, y)
    return where(x > xp[-1], fp[-1] if right is None or period is not None else right, y)


def _periodic(x: Sym, xp: Sym, fp: Sym, period: Sym) -> tuple[Sym, Sym, Sym]:
    x, xp = x.op("remainder", period), xp.op("remainder", period)
    order = xp.op("argsort")
    xp, fp = xp[order], fp[order]
    return x, joined([xp[-1:] - period, xp, xp[:1] + period]), joined([fp[-1:], fp, fp[:1]])


def _interp_type(args: Any, attrs: Any, form: str) -> Any:
    x, xp, fp = (array_of(arg.type) for arg in args[:3])
    if "complex" in (numeric_kind(x), numeric_kind(xp)):
        raise TypeProblem("np.interp interpolates between real points")
    return scalar_or_array("complex128" if numeric_kind(fp) == "complex" else "float64", x.shape)


def _correlate(a: Sym, v: Sym, mode: str = "valid") -> Sym:
    backwards = v.op("conj")[::-1]
    if mode != "same":
        return a.op("convolve", backwards, mode=mode)
    m, n = length(a), length(v)  # NumPy turns the two around where the second is longer, and rounds the other way
    short, long = (call(a.builder, name, m, n, form=form) for name, form in (("minimum", "min"), ("maximum", "max")))
    longer = call(a.builder, "minimum", call(a.builder, "maximum", n - m, 0, form="max"), 1, form="min")
    start = (short - 1 + longer).op("floor_divide", 2)
    return a.op("convolve", backwards)[start : start + long]


def _whole(g: Sym, a: Sym, v: Sym, mode: str) -> Sym:
    """Return the cotangent of the full convolution: zero where "same" and "valid" have cut off."""
    if mode == "full":
        return g
    beyond = call(a.builder, "minimum", length(a), length(v), form="min") - 1
    before = beyond if mode == "valid" else beyond.op("floor_divide", 2)
    return g.op("pad_constant", pad_width=(before, beyond if mode == "valid" else beyond - before))


def _mode(attrs: dict[str, Any]) -> str:
    mode: str = static(attrs.get("mode"), "full")
    return mode


def _convolve_type(args: Any, attrs: Any, form: str) -> Array:
    a, v = (array_of(arg.type) for arg in args)
    return Array(str(np.result_type(a.dtype, v.dtype)), (fresh_size(),))


def _slide(g: Sym, other: Sym) -> Sym:
    """Sum over k of g[i + k] other[k]."""
    return g.op("correlate", other.op("conj"), mode="valid")


def _gradient(f: Sym, h: Sym | None, axis: int, edge_order: int = 1) -> Sym:
    """Central differences inside, one-sided ones at the ends.

    For unequal steps a before and b after a point: (a^2 f[+1] + (b^2 - a^2) f - b^2 f[-1]) / (a b (a + b)).
    """

    def at(start: Any, stop: Any) -> Sym:
        return along(f, axis, slice(start, stop))

    def one(place: int) -> Sym:
        return along(f, axis, place).op("expand_dims", axis=axis)

    if h is None or not h.ndim:
        step: Any = 1.0 if h is None else h
        middle = (at(2, None) - at(None, -2)) / (2.0 * step)
        if edge_order == 1:
            first, last = (one(1) - one(0)) / step, (one(-1) - one(-2)) / step
        else:
            first = (-1.5 * one(0) + 2.0 * one(1) - 0.5 * one(2)) / step
            last = (1.5 * one(-1) - 2.0 * one(-2) + 0.5 * one(-3)) / step
        return joined([first, middle, last], axis)
    steps = on_axis(h[1:] - h[:-1], axis, f.ndim)

    def step_at(start: Any, stop: Any) -> Sym:
        return along(steps, axis if steps.ndim == f.ndim else 0, slice(start, stop))

    def step_one(place: int) -> Sym:
        at_axis = axis if steps.ndim == f.ndim else 0
        return along(steps, at_axis, place).op("expand_dims", axis=at_axis)

    a, b = step_at(None, -1), step_at(1, None)
    middle = at(None, -2) * (-b / (a * (a + b))) + at(1, -1) * ((b - a) / (a * b)) + at(2, None) * (a / (b * (a + b)))
    if edge_order == 1:
        first = (one(1) - one(0)) / step_one(0)
        last = (one(-1) - one(-2)) / step_one(-1)
    else:
        a, b = step_one(0), step_one(1)
        first = one(1) * ((a + b) / (a * b)) - one(0) * ((2.0 * a + b) / (a * (a + b)))
        first = first - one(2) * (a / (b * (a + b)))
        a, b = step_one(-2), step_one(-1)
        last = one(-3) * (b / (a * (a + b))) - one(-2) * ((b + a) / (a * b))
        last = last + one(-1) * ((2.0 * b + a) / (b * (a + b)))
    return joined([first, middle, last], axis)


def _gradient_type(args: Any, attrs: Any, form: str) -> Array:
    f = array_of(args[0].type)
    return Array(float_dtype(f.dtype), f.shape)


register(
    "gradient",
    composed(_gradient, exact=True),
    _gradient_type,
    signature="f h | axis edge_order",
    cost=EXPENSIVE,
)
register("diff", composed(_diff), names="np.diff", signature="a | n axis @prepend @append", cost=EXPENSIVE)
register("ediff1d", composed(_ediff1d), names="np.ediff1d", signature="ary | @to_end @to_begin", cost=EXPENSIVE)
register("trapezoid", composed(trapezoid), names="np.trapezoid", signature="y | @x @dx axis", cost=EXPENSIVE)
register(
    "interp",
    composed(_interp),
    _interp_type,
    names="np.interp",
    signature="x xp fp | @left @right @period",
    cost=EXPENSIVE,
)
register("correlate", composed(_correlate), names="np.correlate", signature="a v | mode", cost=EXPENSIVE)
register(
    "convolve",
    bilinear(
        lambda g, y, a, v, **attrs: _slide(_whole(g, a, v, _mode(attrs)), v),
        lambda g, y, a, v, **attrs: _slide(_whole(g, a, v, _mode(attrs)), a),
    ),
    _convolve_type,
    names="np.convolve",
    signature="a v | mode",
    cost=EXPENSIVE,
)
