"""Sums in bins: bincount and histogram with weights, which are what is differentiated."""

from __future__ import annotations

from typing import Any

from s2sad.ir.types import Array, Structure, fresh_size
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TypeProblem, constant, custom, static
from s2sad.rules.infer import array_of
from s2sad.rules.register import register
from s2sad.rules.symbols import length, part_of, where


def _sums_type(args: Any, attrs: Any, form: str) -> Array:
    if array_of(args[0].type).ndim != 1:
        raise TypeProblem("np.bincount of an array that is no vector")
    if array_of(args[1].type).dtype.startswith("complex"):
        raise TypeProblem("np.bincount takes real weights")
    return Array("float64", (fresh_size(),))


def _gathered(g: Sym, y: Sym, x: Sym, weights: Sym, **attrs: Any) -> Sym:
    """A weight is counted in one bin."""
    return g[x]


def _sums_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return args[0].op("bincount_weights", dots[1], **attrs)


def _histogram_type(args: Any, attrs: Any, form: str) -> Structure:
    dtype = "int64" if len(args) == 1 else array_of(args[1].type).dtype
    if static(attrs.get("density"), None):
        raise TypeProblem("np.histogram is accepted with density=False: divide by the sum yourself")
    return Structure("tuple", (0, 1), (Array(dtype, (fresh_size(),)), Array("float64", (fresh_size(),))))


def _histogram_back(g: Any, y: Any, a: Sym, weights: Sym, **attrs: Any) -> Any:
    """A weight goes into the bin of its element, if it is in one; the last bin has its right edge too."""
    g, edges = g[0], y[1]
    if g is None:
        return None
    last = length(edges) - 2
    places = edges.op("searchsorted", a, side="right") - 1
    outside = (a < edges[0]).op("bitwise_or", a > edges[-1])
    return where(outside, 0.0, g[places.op("clip", 0, last, form="np.clip")])


def _histogram_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    edges = part_of(y, 1)
    made = args[0].op("histogram_weights", dots[1], bins=edges.expr)
    return (part_of(made, 0), edges.op("zeros_like"))


register(
    "bincount_weights",
    custom([None, _gathered], _sums_push, over_complex="refused"),
    _sums_type,
    signature="x weights | minlength",
    cost=EXPENSIVE,
)
register(
    "histogram_weights",
    custom([None, _histogram_back], _histogram_push, over_complex="refused"),
    _histogram_type,
    signature="a weights | bins range density",
    cost=EXPENSIVE,
)
register(
    "histogram",
    constant(cost=EXPENSIVE),
    _histogram_type,
    names="np.histogram",
    signature="a | bins range density",
    cost=EXPENSIVE,
)
