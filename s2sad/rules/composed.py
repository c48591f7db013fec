"""Functions that are composed of others: their definitions give types and derivatives; the user's call stands."""

from __future__ import annotations

from typing import Any

from s2sad.rules.builder import Sym
from s2sad.rules.core import composed, static
from s2sad.rules.register import register


def _ptp(x: Sym, **attrs: Any) -> Sym:
    return x.op("max", **attrs) - x.op("min", **attrs)


register("ptp", composed(_ptp), names="np.ptp", signature="a | axis out keepdims")
