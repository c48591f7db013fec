"""scipy.sparse: a sparse matrix, given by its elements and their places, times a vector or matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir.types import Array
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, custom
from s2sad.rules.infer import TypeProblem, array_of, size_of
from s2sad.rules.register import register


def _elements(g: Sym, y: Sym, data: Sym, row: Sym, col: Sym, x: Sym, **attrs: Any) -> Sym:
    """y[row] += data x[col], so that data_bar = y_bar[row] x[col]."""
    made = g[row] * x[col]
    return made.sum(axis=1) if x.ndim > 1 else made


def _dense(g: Sym, y: Sym, data: Sym, row: Sym, col: Sym, x: Sym, **attrs: Any) -> Sym:
    """The transpose of the matrix times y_bar."""
    return data.op("sparse.dot", col, row, g, m=attrs["n"], n=attrs["m"])


def _push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    data, row, col, x = args
    parts = [] if dots[0] is None else [dots[0].op("sparse.dot", row, col, x, **attrs)]
    if dots[3] is not None:
        parts.append(data.op("sparse.dot", row, col, dots[3], **attrs))
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


def _type(args: Any, attrs: Any, form: str) -> Array:
    data, x = array_of(args[0].type), array_of(args[3].type)
    if x.ndim not in (1, 2) or data.ndim != 1:
        raise TypeProblem("a sparse matrix is accepted times a vector or a matrix")
    return Array(str(np.result_type(data.dtype, x.dtype)), (size_of(attrs["m"]), *x.shape[1:]))


register(
    "sparse.dot",
    custom([_elements, None, None, _dense], _push),
    _type,
    signature="data row col x | m n",
    cost=EXPENSIVE,
)
