"""Functions that are composed of others: their definitions give types and derivatives; the user's call stands."""

from __future__ import annotations

from typing import Any

from s2sad.rules.builder import Sym
from s2sad.rules.core import composed
from s2sad.rules.register import register


def _ptp(x: Sym, **attrs: Any) -> Sym:
    return x.op("max", **attrs) - x.op("min", **attrs)


def _average(a: Sym, weights: Sym | None, **attrs: Any) -> Sym:
    if weights is None:
        return a.op("mean", **attrs)
    return (a * weights).op("sum", **attrs) / (weights + 0.0 * a).op("sum", **attrs)


register("ptp", composed(_ptp), names="np.ptp", signature="a | axis out keepdims")
register("average", composed(_average), names="np.average", signature="a | axis @weights returned=False * keepdims")
