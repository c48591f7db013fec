"""scipy.sparse: a sparse matrix, given by its elements and their places, times a vector or matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir.types import Array
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TypeProblem, custom, static
from s2sad.rules.infer import array_of, size_of
from s2sad.rules.register import register
from s2sad.rules.symbols import call, length


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


def _lines(indptr: Sym) -> Sym:
    """Return the line of each element."""
    return call(indptr.builder, "arange", length(indptr) - 1).op("repeat", indptr[1:] - indptr[:-1])


def _compressed_elements(g: Sym, y: Sym, data: Sym, indices: Sym, indptr: Sym, x: Sym, **attrs: Any) -> Sym:
    rows, columns = _lines(indptr), indices
    if static(attrs["by"]) == "csc":
        rows, columns = columns, rows
    return _elements(g, y, data, rows, columns, x)


def _compressed_dense(g: Sym, y: Sym, data: Sym, indices: Sym, indptr: Sym, x: Sym, **attrs: Any) -> Sym:
    """The transpose: the same elements at the same places, with rows for columns."""
    by = {"csr": "csc", "csc": "csr"}[static(attrs["by"])]
    return data.op("sparse.compressed_dot", indices, indptr, g, m=attrs["n"], n=attrs["m"], by=by)


def _compressed_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    data, indices, indptr, x = args
    given = [(dots[0], x)] if dots[0] is not None else []
    given += [(data, dots[3])] if dots[3] is not None else []
    parts = [left.op("sparse.compressed_dot", indices, indptr, right, **attrs) for left, right in given]
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


register(
    "sparse.compressed_dot",
    custom([_compressed_elements, None, None, _compressed_dense], _compressed_push),
    _type,
    signature="data indices indptr x | m n by",
    cost=EXPENSIVE,
)
register(
    "sparse.dot",
    custom([_elements, None, None, _dense], _push),
    _type,
    signature="data row col x | m n",
    cost=EXPENSIVE,
)
