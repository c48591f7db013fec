"""Eigenvalues and eigenvectors of general matrices, and the roots of polynomials.

They are complex numbers: generated code makes them so where NumPy would give real ones, of matrices whose eigenvalues
happen to be real.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir.types import Array, Structure, fresh_size, numeric_kind
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TypeProblem, custom
from s2sad.rules.decompositions import diagonals, gaps, result_class
from s2sad.rules.infer import array_of
from s2sad.rules.register import register
from s2sad.rules.symbols import adjoint, call, length, part_of, where


def _complex_of(array: Array) -> str:
    return "complex64" if array.dtype in ("float32", "complex64") else "complex128"


def _values_type(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    return Array(_complex_of(array), array.shape[:-1])


def _pair_type(args: Any, attrs: Any, form: str) -> Structure:
    array = array_of(args[0].type)
    vectors = Array(_complex_of(array), array.shape)
    return Structure("tuple", (0, 1), (_values_type(args, attrs, form), vectors), result_class(np.linalg.eig))


def _column(v: Sym) -> Sym:
    return v.op("expand_dims", axis=-2)


def _largest(v: Sym) -> Sym:
    """Return the places of the elements that LAPACK makes real: the largest of each column."""
    return v.op("absolute").op("argmax", axis=-2, keepdims=True)


def _in_place(v: Sym) -> Sym:
    """Return True at the largest element of each column."""
    rows = call(v.builder, "arange", length(v, -1)).op("expand_dims", axis=1)
    return rows.equals(_largest(v))


def _eig_back(g: Any, y: Any, a: Sym, **attrs: Any) -> Any:
    """A_bar = V^-H (diag(w_bar) + conj(F) o (V^H U_bar)) V^H with F_ij = 1 / (w_j - w_i) (Giles).

    U_bar is V_bar without what the scaling of the columns cancels: with s = V_bar^H V for each column,
    U_bar = V_bar - Re(s) V + i Im(s) / V[k] e_k, where V[k] is the element that is made real.
    """
    w, v = y
    inner = None if g[0] is None else diagonals(g[0])
    if g[1] is not None:
        share = (g[1].op("conj") * v).op("sum", axis=-2)
        top = v.op("take_along_axis", _largest(v), axis=-2).op("real")
        free = g[1] - _column(share.op("real")) * v
        free = free + where(_in_place(v), 1j * (_column(share.op("imag")) / top), 0.0)
        turned = gaps(w).op("conj") * (adjoint(v) @ free)
        inner = turned if inner is None else inner + turned
    return None if inner is None else adjoint(v).op("solve", inner @ adjoint(v))


def _eig_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    """M = V^-1 A_dot V; w_dot = diag(M), V_dot = V (F o M) and what keeps the columns scaled."""
    w, v = (part_of(y, i) for i in (0, 1))
    moved = v.op("solve", dots[0] @ v)
    free = v @ (gaps(w) * moved)
    top, turned = (x.op("take_along_axis", _largest(v), axis=-2) for x in (v, free))
    length_ = (v.op("conj") * free).op("sum", axis=-2, keepdims=True).op("real")
    scale = length_ + 1j * (turned.op("imag") / top.op("real"))
    return (moved.op("diagonal", axis1=-2, axis2=-1), free - scale * v)


def _eig_of(a: Sym) -> Sym:
    return a.op("eig" if numeric_kind(a.type) == "complex" else "eig_of_real")


def _values_back(g: Sym, y: Sym, a: Sym, **attrs: Any) -> Sym:
    """w_dot = diag(V^-1 A_dot V)."""
    v = part_of(_eig_of(a), 1)
    return adjoint(v).op("solve", g.op("expand_dims", axis=-1) * adjoint(v))


def _values_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    """The vectors come with values of their own, in the same order."""
    v = part_of(_eig_of(args[0]), 1)
    return v.op("solve", dots[0] @ v).op("diagonal", axis1=-2, axis2=-1)


register(
    "eig",
    custom([_eig_back], _eig_push, over_complex="plain"),
    _pair_type,
    names="np.linalg.eig",
    signature="a |",
    cost=EXPENSIVE,
)
register(
    "eig_of_real",
    custom([_eig_back], _eig_push, over_complex="plain"),
    _pair_type,
    signature="a |",
    cost=EXPENSIVE,
)
register(
    "eigvals",
    custom([_values_back], _values_push, over_complex="plain", widened=True),
    _values_type,
    names="np.linalg.eigvals",
    signature="a |",
    cost=EXPENSIVE,
)


# --- roots ------------------------------------------------------------------------------------------------------------
def _roots_type(args: Any, attrs: Any, form: str) -> Array:
    p = array_of(args[0].type)
    if p.ndim != 1:
        raise TypeProblem("np.roots of what is no vector of coefficients")
    return Array(_complex_of(p), (fresh_size(),))


def _slope(p: Sym, roots: Sym) -> Sym:
    return p.op("polyder").op("polyval", roots)


def _roots_back(g: Sym, y: Sym, p: Sym) -> Sym:
    """p(r) = 0, so that r_dot = -p_dot(r) / p'(r): infinite where a root is a double one."""
    powers = y.op("expand_dims", axis=1) ** call(p.builder, "arange", length(p) - 1, -1, -1)
    return -((g / _slope(p, y)) @ powers)


def _roots_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return -(dots[0].op("polyval", y) / _slope(args[0], y))


register(
    "roots",
    custom([_roots_back], _roots_push, widened=True),
    _roots_type,
    names="np.roots",
    signature="p |",
    cost=EXPENSIVE,
)
