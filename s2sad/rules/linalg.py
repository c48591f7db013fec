"""numpy.linalg. Formulas: M. Giles, "Collected matrix derivative results" (2008)."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir.types import Array, broadcast
from s2sad.rules.builder import Sym, unbroadcast
from s2sad.rules.core import EXPENSIVE, custom
from s2sad.rules.infer import array_of, real_dtype, scalar_or_array
from s2sad.rules.register import register


def _float(dtype: str) -> str:
    return dtype if dtype in ("float32", "float64", "complex64", "complex128") else "float64"


def _square(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    return Array(_float(array.dtype), (*array.shape[:-1], array.shape[-2]))


def _solve_type(args: Any, attrs: Any, form: str) -> Array:
    a, b = array_of(args[0].type), array_of(args[1].type)
    shape = a.shape[:-1] if b.ndim == 1 else (*broadcast(a.shape[:-2], b.shape[:-2]), *b.shape[-2:])
    return Array(str(np.result_type(_float(a.dtype), b.dtype)), shape)


def _inv(g: Sym, y: Sym, a: Sym) -> Sym:
    """A_bar = -Y^T Y_bar Y^T."""
    return -(y.T @ g @ y.T)


def _inv_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return -(y @ dots[0] @ y)


def _columns(a: Sym, b: Sym, x: Sym) -> Sym:
    """Make the vectors of a stack columns: np.linalg.solve and @ take a stack of vectors for a matrix."""
    return x.op("expand_dims", axis=-1) if b.ndim == 1 and a.ndim > 2 else x


def _solve_right(g: Sym, y: Sym, a: Sym, b: Sym) -> Sym:
    """B_bar = A^-T Y_bar."""
    z = a.T.op("solve", _columns(a, b, g))
    return unbroadcast(z.op("squeeze", axis=-1) if z.ndim > g.ndim else z, b.expr)


def _solve_left(g: Sym, y: Sym, a: Sym, b: Sym) -> Sym:
    """A_bar = -(A^-T Y_bar) Y^T."""
    z = a.T.op("solve", _columns(a, b, g))
    if a.ndim == 2 and b.ndim == 1:
        return -(z.op("outer", y))
    return unbroadcast(-(z @ _columns(a, b, y).T), a.expr)


def _solve_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    a, b = args
    right = None if dots[1] is None else _columns(a, b, dots[1])
    if dots[0] is not None:
        moved = dots[0] @ _columns(a, b, y)
        right = -moved if right is None else right - moved
    solved = a.op("solve", right)
    return solved.op("squeeze", axis=-1) if solved.ndim > y.ndim else solved


def _det_type(args: Any, attrs: Any, form: str) -> Any:
    array = array_of(args[0].type)
    return scalar_or_array(_float(array.dtype), array.shape[:-2])


def _logabsdet_type(args: Any, attrs: Any, form: str) -> Any:
    array = array_of(args[0].type)
    return scalar_or_array(real_dtype(_float(array.dtype)), array.shape[:-2])


def _lift(g: Sym) -> Sym:
    return g.op("expand_dims", axis=(-2, -1)) if g.ndim else g


def _det(g: Sym, y: Sym, a: Sym) -> Sym:
    """A_bar = det(A) A^-T y_bar."""
    return _lift(g * y) * a.op("inv").T


def _det_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return y * (args[0].op("inv").T * dots[0]).sum(axis=(-2, -1))


def _logabsdet(g: Sym, y: Sym, a: Sym) -> Sym:
    """A_bar = A^-T y_bar."""
    return _lift(g) * a.op("inv").T


def _logabsdet_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return (args[0].op("inv").T * dots[0]).sum(axis=(-2, -1))


def _cholesky(g: Sym, y: Sym, a: Sym) -> Sym:
    """A_bar = L^-T phi(L^T L_bar) L^-1, symmetrised; phi halves the diagonal of the lower part (I. Murray, 2016)."""
    if y.ndim != 2:
        raise NotImplementedError("np.linalg.cholesky of a stack of matrices")
    inner = _phi(y.T @ g.op("tril"))
    left = y.T.op("solve", inner)
    whole = y.T.op("solve", left.T)
    return 0.5 * (whole + whole.T)


def _phi(m: Sym) -> Sym:
    return 0.5 * (m.op("tril") + m.op("tril", k=-1))


def _cholesky_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    """L_dot = L phi(L^-1 A_dot L^-T), A_dot symmetrised."""
    symmetric = 0.5 * (dots[0] + dots[0].T)
    left = y.op("solve", symmetric)
    return y @ _phi(y.op("solve", left.T))


register("inv", custom([_inv], _inv_push), _square, names="np.linalg.inv", signature="a |", cost=EXPENSIVE)
register(
    "solve",
    custom([_solve_left, _solve_right], _solve_push),
    _solve_type,
    names="np.linalg.solve",
    signature="a b |",
    cost=EXPENSIVE,
)
register("det", custom([_det], _det_push), _det_type, names="np.linalg.det", signature="a |", cost=EXPENSIVE)
register("logabsdet", custom([_logabsdet], _logabsdet_push), _logabsdet_type, signature="a |", cost=EXPENSIVE)
register(
    "cholesky",
    custom([_cholesky], _cholesky_push, over_complex="refused"),
    _square,
    names="np.linalg.cholesky",
    signature="a |",
    cost=EXPENSIVE,
)
register("signdet", {"constant": True, "over_complex": "refused"}, _det_type, signature="a |", cost=EXPENSIVE)
