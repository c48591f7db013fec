"""scipy.integrate: integrals of samples."""

from __future__ import annotations

from typing import Any

from s2sad.rules.builder import Sym
from s2sad.rules.calculus import panels, trapezoid
from s2sad.rules.core import EXPENSIVE, FREE, Followed, TypeProblem, composed, custom, static
from s2sad.rules.infer import array_of, scalar_or_array
from s2sad.rules.linalg import float_dtype
from s2sad.rules.register import register
from s2sad.rules.symbols import along, call, joined, length, on_axis, positive

register(
    "integrate.trapezoid",
    composed(trapezoid),
    names="scipy.integrate.trapezoid",
    signature="y | @x @dx axis",
    cost=EXPENSIVE,
)


def _cumulative(y: Sym, x: Sym | None, dx: Sym | None, axis: int = -1, initial: Any = None) -> Sym:
    """The sums of the panels up to each place."""
    if initial not in (None, 0):
        raise TypeProblem("scipy.integrate.cumulative_trapezoid is accepted with initial=None or 0")
    total = panels(y, x, dx, axis).op("cumsum", axis=axis)
    if initial is None:
        return total
    return joined([along(y, axis, slice(None, 1)) * 0.0, total], positive(axis, y.ndim))


register(
    "integrate.cumulative_trapezoid",
    composed(_cumulative),
    names="scipy.integrate.cumulative_trapezoid",
    signature="y | @x @dx axis initial",
    cost=EXPENSIVE,
)


def _at_limit_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    moved = [] if dots[0] is None else [dots[0]]
    moved += [] if dots[1] is None else [dots[1] * args[2]]
    return moved[0] if len(moved) == 1 else moved[0] + moved[1] if moved else 0.0 * y


register(  # an integral, by one of its limits and what its function is there
    "at_limit",
    custom([lambda g, y, total, limit, f: g, lambda g, y, total, limit, f: g * f, None], _at_limit_push),
    lambda args, attrs, form: args[0].type,
    signature="total limit f |",
    cost=FREE,
)


# --- Simpson's rule ---------------------------------------------------------------------------------------------------
PLACES = Followed("integrate.simpson")


def _simpson_type(args: Any, attrs: Any, form: str) -> Any:
    y = array_of(args[0].type)
    axis = positive(static(attrs.get("axis"), -1), y.ndim)
    shape = (*y.shape[:axis], *y.shape[axis + 1 :])
    return scalar_or_array(float_dtype(y.dtype), shape)


def _simpson_back(g: Sym, y: Sym, *rest: Any, **attrs: Any) -> Sym:
    """The integral is linear in the samples: their weights are the integrals of the unit vectors."""
    samples, x, dx = rest
    if x is not None and x.ndim > 1:  # rows with weights of their own
        PLACES()
    axis = positive(static(attrs.get("axis"), -1), samples.ndim)
    eye = call(g.builder, "eye", length(samples, axis))
    weights = eye.op("integrate.simpson", x, dx, axis=0)
    if not g.ndim:
        return g * weights
    return g.op("expand_dims", axis=axis) * on_axis(weights, axis, samples.ndim)


def _simpson_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    if dots[1] is not None:
        PLACES()
    moved = [] if dots[0] is None else [dots[0].op("integrate.simpson", *args[1:], **attrs)]
    if dots[2] is not None:
        moved.append(y * (dots[2] / args[2]))
    return moved[0] if len(moved) == 1 else moved[0] + moved[1]


def _simpson_step(g: Sym, y: Sym, *rest: Any, **attrs: Any) -> Sym:
    """The integral is in proportion to the step."""
    return (g * y).sum() / rest[2]


register(
    "integrate.simpson",
    custom([_simpson_back, PLACES, _simpson_step], _simpson_push),
    _simpson_type,
    names="scipy.integrate.simpson",
    signature="y | @x * @dx axis",
    cost=EXPENSIVE,
)
