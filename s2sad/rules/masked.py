"""Reductions of some of the elements (`where=`), and from a start (`initial=`); running extremes; sums of stretches."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from s2sad.ir.types import Array
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, composed, custom, static
from s2sad.rules.infer import array_of, reduction
from s2sad.rules.register import register
from s2sad.rules.symbols import call, length, on_axis, positive, where

START = {"sum": 0.0, "prod": 1.0, "max": -math.inf, "min": math.inf}
JOINED = {"sum": "add", "prod": "multiply", "max": "maximum", "min": "minimum"}


def _kept(axis: Any, keepdims: bool) -> dict[str, Any]:
    return {**({} if axis is None else {"axis": axis}), **({"keepdims": True} if keepdims else {})}


def reduced(name: str) -> Callable[..., Sym]:
    """Return a reduction in which the elements that are left out are the neutral one."""

    def definition(
        a: Sym, initial: Sym | None, mask: Sym | None, axis: Any = None, keepdims: bool = False, **_: Any
    ) -> Sym:
        chosen = a if mask is None else where(mask, a, START[name])
        total = chosen.op(name, **_kept(axis, keepdims))
        return total if initial is None else total.op(JOINED[name], initial)

    return definition


def _count(a: Sym, mask: Sym, axis: Any, keepdims: bool) -> Sym:
    """Return how many elements are chosen."""
    return mask.op("broadcast_to", shape=a.op("shape")).op("sum", **_kept(axis, keepdims))


def _mean(a: Sym, mask: Sym, axis: Any = None, keepdims: bool = False, **_: Any) -> Sym:
    return where(mask, a, 0.0).op("sum", **_kept(axis, keepdims)) / _count(a, mask, axis, keepdims)


def _var(a: Sym, mask: Sym, axis: Any = None, keepdims: bool = False, ddof: Any = 0, **_: Any) -> Sym:
    mean = _mean(a, mask, axis, True)
    off = where(mask, a - mean, 0.0)
    return (off.op("conj") * off).op("real").op("sum", **_kept(axis, keepdims)) / (
        _count(a, mask, axis, keepdims) - ddof
    )


def _std(a: Sym, mask: Sym, axis: Any = None, keepdims: bool = False, ddof: Any = 0, **_: Any) -> Sym:
    return _var(a, mask, axis, keepdims, ddof).op("sqrt")


def running(name: str) -> Callable[..., Sym]:
    """Return the largest (or smallest) so far: the element at the last place where one was found."""

    def definition(x: Sym, axis: int = 0) -> Sym:
        axis = positive(axis, x.ndim)
        found = x.op("stop_gradient").op(name, axis=axis)
        places = on_axis(call(x.builder, "arange", length(x, axis)), axis, x.ndim)
        last = where(x.equals(found), places, 0).op("cummax", axis=axis)
        return x[last] if x.ndim == 1 else x.op("take_along_axis", last, axis=axis)

    return definition


def _logaddexp(x: Sym, axis: Any = 0, keepdims: bool = False) -> Sym:
    top = x.op("max", **_kept(axis, True)).op("stop_gradient")
    y = (x - top).op("exp").op("sum", **_kept(axis, True)).op("log") + top
    if keepdims:
        return y
    return y.op("sum") if axis is None or x.ndim == 1 else y.op("squeeze", axis=axis)


def _hypot(x: Sym, axis: Any = 0, keepdims: bool = False) -> Sym:
    return x.op("norm", **_kept(None if x.ndim == 1 else axis, keepdims))


def _reduceat(g: Sym, y: Sym, x: Sym, indices: Sym, **attrs: Any) -> Sym:
    """Each element goes back to the elements of its stretch."""
    return g.op("spread_at", indices, x, **attrs)


def _reduceat_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return dots[0].op("add_reduceat", args[1], **attrs)


def _spread_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return dots[0].op("spread_at", *args[1:], **attrs)


def _reduceat_type(args: Any, attrs: Any, form: str) -> Array:
    x, indices = (array_of(arg.type) for arg in args)
    axis = positive(static(attrs.get("axis"), 0), x.ndim)
    return Array(x.dtype, (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))


for _name, _dtype in (("sum", "sum"), ("prod", "sum"), ("max", "same"), ("min", "same")):
    register(
        f"{_name}_where",
        composed(reduced(_name), over_complex="refused" if _dtype == "same" else "conjugated"),
        reduction(_dtype),
        signature="a | axis dtype=None out keepdims @initial @where",
        cost=EXPENSIVE,
    )
register(
    "mean_where",
    composed(_mean),
    reduction("float"),
    signature="a | axis dtype=None out keepdims @where",
    cost=EXPENSIVE,
)
_SPREADS: tuple[tuple[str, Callable[..., Sym]], ...] = (("var", _var), ("std", _std))
for _name, _definition in _SPREADS:
    register(
        f"{_name}_where",
        composed(_definition),
        reduction("real"),
        signature="a | axis dtype=None out ddof keepdims @where",
        cost=EXPENSIVE,
    )
for _name in ("cummax", "cummin"):
    register(
        _name,
        composed(running(_name), over_complex="refused"),
        lambda args, attrs, form: array_of(args[0].type),
        signature="array | axis dtype=None out",
        cost=EXPENSIVE,
    )
_FOLDS: tuple[tuple[str, Callable[..., Sym]], ...] = (("logaddexp", _logaddexp), ("hypot", _hypot))
for _name, _definition in _FOLDS:
    register(
        f"{_name}_reduce",
        composed(_definition, over_complex="refused"),
        signature="array | axis dtype=None out keepdims",
        cost=EXPENSIVE,
    )
register(
    "add_reduceat",
    custom([_reduceat, None], _reduceat_push),
    _reduceat_type,
    signature="array indices | axis dtype=None out",
    cost=EXPENSIVE,
)
register(
    "spread_at",
    custom([lambda h, y, g, indices, like, **attrs: h.op("add_reduceat", indices, **attrs), None, None], _spread_push),
    lambda args, attrs, form: array_of(args[2].type),
    signature="g indices like | axis",
    cost=EXPENSIVE,
)
