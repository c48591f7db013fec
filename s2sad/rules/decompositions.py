"""Decompositions of numpy.linalg: eigenvalues of Hermitian matrices, singular values, QR.

Where the result is one of several (the sign or phase of a vector) the derivative is that of the one that was found.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from s2sad.ir.types import Array, Scalar, Size, Structure, fresh_size, numeric_kind
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TypeProblem, composed, custom, static
from s2sad.rules.infer import array_of, real_dtype
from s2sad.rules.linalg import float_dtype, pinv_push
from s2sad.rules.register import register
from s2sad.rules.symbols import added, adjoint, call, eye_like, joined, length, part_of


@functools.cache
def result_class(function: Any) -> type:
    """Return the named tuple that a decomposition returns."""
    return type(function(np.eye(1)))


def diagonals(v: Sym) -> Sym:
    """Return the matrices with these diagonals."""
    return v.op("expand_dims", axis=-1) * eye_like(v)


def gaps(w: Sym) -> Sym:
    """1 / (w_j - w_i), and 0 on the diagonal; infinite where two eigenvalues are equal."""
    gap = (w.op("expand_dims", axis=-2) if w.ndim > 1 else w) - w.op("expand_dims", axis=-1)
    eye = eye_like(w).named("one")
    return ((1.0 - eye) / (gap + eye)).named("f")


def _eigh_type(args: Any, attrs: Any, form: str) -> Structure:
    array = array_of(args[0].type)
    dtype = float_dtype(array.dtype)
    values = Array(real_dtype(dtype), array.shape[:-1])
    return Structure("tuple", (0, 1), (values, Array(dtype, array.shape)), result_class(np.linalg.eigh))


def eigh_back(g: Any, y: Any, a: Sym, **attrs: Any) -> Any:
    """A_bar = V (diag(w_bar) + F o (V^H V_bar)) V^H with F_ij = 1 / (w_j - w_i), for a symmetric change of A (Giles).

    Eigenvectors have a derivative only where the eigenvalues differ.
    """
    w, v = y
    inner = None if g[0] is None else diagonals(g[0])
    if g[1] is not None:
        turned = gaps(w) * (v.T @ g[1])  # v comes conjugated
        inner = turned if inner is None else inner + turned
    if inner is None:
        return None
    whole = v.op("conj") @ inner @ v.T
    return 0.5 * (whole + adjoint(whole))


def eigh_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    """w_dot = diag(V^H A_dot V), V_dot = V (F o (V^H A_dot V))."""
    w, v = (part_of(y, i) for i in (0, 1))
    moved = adjoint(v) @ (0.5 * (dots[0] + adjoint(dots[0]))) @ v
    return (moved.op("diagonal", axis1=-2, axis2=-1).op("real"), v @ (gaps(w) * moved))


def svd_type(args: Any, attrs: Any, form: str) -> Any:
    array = array_of(args[0].type)
    dtype = float_dtype(array.dtype)
    m, n = array.shape[-2:]
    k = m if m == n else fresh_size()
    if m.value is not None and n.value is not None:
        k = Size.number(min(m.value, n.value))
    values = Array(real_dtype(dtype), (*array.shape[:-2], k))
    if not static(attrs.get("compute_uv"), True):
        return values
    if static(attrs.get("full_matrices"), True) and m != n:
        raise TypeProblem(
            "np.linalg.svd is accepted with full_matrices=False, which is the same for a square matrix: "
            "that this one is square is not known when code is generated"
        )
    left, right = Array(dtype, (*array.shape[:-1], k)), Array(dtype, (*array.shape[:-2], k, n))
    return Structure("tuple", (0, 1, 2), (left, values, right), result_class(np.linalg.svd))


def svd_back(g: Any, y: Any, a: Sym, **attrs: Any) -> Any:
    """The adjoint of A = U S V^H (J. Townsend, "Differentiating the singular value decomposition", 2016)."""
    if isinstance(y, Sym):  # of the singular values only: A_bar = U diag(s_bar) V^H
        u, _, vh = thin(a)
        return (u * g.op("expand_dims", axis=-2)) @ vh
    return _of_vectors(*y, *g)


def thin(a: Sym) -> tuple[Sym, Sym, Sym]:
    """Return U, s, V^H, of as many columns as there are singular values."""
    made = a.op("svd", full_matrices=False)
    return part_of(made, 0), part_of(made, 1), part_of(made, 2)


def _of_vectors(u: Sym, s: Sym, vh: Sym, u_bar: Any, s_bar: Any, vh_bar: Any) -> Any:
    squares = (s * s).named("squares")
    gap = (squares.op("expand_dims", axis=-2) if s.ndim > 1 else squares) - squares.op("expand_dims", axis=-1)
    eye = eye_like(s).named("one")
    f = ((1.0 - eye) / (gap + eye)).named("f")
    rows, columns = s.op("expand_dims", axis=-1), s.op("expand_dims", axis=-2) if s.ndim > 1 else s
    inner = None if s_bar is None else diagonals(s_bar)
    v = adjoint(vh)
    outer = None
    if u_bar is not None:
        j = (f * (adjoint(u) @ u_bar)).named("j")
        term = (j + adjoint(j)) * columns
        if numeric_kind(u.type) == "complex":  # the phase of the vectors is a choice of the algorithm
            term = term + _phase_part(adjoint(u) @ u_bar) / columns
        inner = term if inner is None else inner + term
        outer = _beyond(u, u_bar / columns) @ vh
    if vh_bar is not None:
        v_bar = adjoint(vh_bar)
        j = (f * (adjoint(v) @ v_bar)).named("j")
        term = rows * (j + adjoint(j))
        inner = term if inner is None else inner + term
        more = u @ adjoint(_beyond(v, v_bar / columns))
        outer = more if outer is None else outer + more
    if inner is None:
        return None
    whole = u @ inner @ vh
    return whole if outer is None else whole + outer


def _phase_part(m: Sym) -> Sym:
    """Return i times the imaginary part of a diagonal, as a matrix."""
    return 1j * diagonals(m.op("diagonal", axis1=-2, axis2=-1).op("imag"))


def _beyond(q: Sym, m: Sym) -> Sym:
    """Return what of the columns of m is not in the space of those of q: (I - Q Q^H) M."""
    return m - q @ (adjoint(q) @ m)


def svd_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    """With P = U^H A_dot V: s_dot = Re diag(P), U_dot = U (F o (P S + S P^H)) + (I - U U^H) A_dot V S^-1."""
    (dot,) = dots
    several = isinstance(y.type, Structure)
    u, s, vh = (part_of(y, 0), part_of(y, 1), part_of(y, 2)) if several else thin(args[0])
    v = adjoint(vh)
    p = adjoint(u) @ dot @ v
    s_dot = p.op("diagonal", axis1=-2, axis2=-1).op("real")
    if not several:
        return s_dot
    squares = (s * s).named("squares")
    eye = eye_like(s).named("one")
    f = (1.0 - eye) / (squares.op("expand_dims", axis=-2) - squares.op("expand_dims", axis=-1) + eye)
    rows, columns = s.op("expand_dims", axis=-1), s.op("expand_dims", axis=-2) if s.ndim > 1 else s
    left = f * (p * columns + rows * adjoint(p))
    right = f * (rows * p + adjoint(p) * columns)
    if numeric_kind(u.type) == "complex":
        left = left + _phase_part(p) / columns
    u_dot = u @ left + _beyond(u, dot @ v / columns)
    v_dot = v @ right + _beyond(v, adjoint(dot) @ u / columns)
    return (u_dot, s_dot, adjoint(v_dot))


def _qr_type(args: Any, attrs: Any, form: str) -> Any:
    array = array_of(args[0].type)
    mode = static(attrs.get("mode"), "reduced")
    m, n = array.shape[-2:]
    if mode not in ("reduced", "r"):
        raise TypeProblem(
            f"np.linalg.qr with mode={mode!r} has no derivative where a matrix has more rows than columns: "
            "write mode='reduced' or 'r', which is the same where it has not"
        )
    k = n if m == n else fresh_size()
    if m.value is not None and n.value is not None:
        k = Size.number(min(m.value, n.value))
    dtype = float_dtype(array.dtype)
    q, r = Array(dtype, (*array.shape[:-1], k)), Array(dtype, (*array.shape[:-2], k, n))
    return r if mode == "r" else Structure("tuple", (0, 1), (q, r), result_class(np.linalg.qr))


def _copied_lower(m: Sym) -> Sym:
    """Return the Hermitian matrix with the lower triangle of m, the diagonal made real: that of R is, with LAPACK."""
    copied = m.op("tril") + adjoint(m.op("tril", k=-1))
    return copied - _phase_part(m) if numeric_kind(m.type) == "complex" else copied


def qr_back(g: Any, y: Any, a: Sym, **attrs: Any) -> Any:
    """A_bar = (Q_bar + Q copyltu(M)) R^-H, M = R R_bar^H - Q_bar^H Q (Walter, 2012).

    Of a wide matrix [A B] = Q [R S] that is so for A, and S = Q^H B (Roberts and Roberts, 2020).
    """
    if isinstance(y, Sym):
        made = a.op("qr")
        g, y = (None, g), (part_of(made, 0).op("conj"), y)
    q, r = (part.op("conj") for part in y)
    q_bar, r_bar = g
    if q_bar is None and r_bar is None:
        return None
    return _of_tall(q, r, q_bar, r_bar) if is_tall(a) else _of_wide(q, r, q_bar, r_bar, a)


def is_tall(a: Sym) -> bool:
    """Return whether a matrix is known to have no more columns than rows."""
    m, n = array_of(a.type).shape[-2:]
    return m == n or (m.value is not None and n.value is not None and m.value >= n.value)


def _of_wide(q: Sym, r: Sym, q_bar: Sym | None, r_bar: Sym | None, a: Sym) -> Sym:
    """Return [A_bar B_bar]; B has no columns where the matrix is not wide."""
    left, right = (..., slice(None, length(r, -2))), (..., slice(length(r, -2), None))
    if r_bar is None:
        return joined([_of_tall(q, r[left], q_bar, None), a[right].op("zeros_like")], a.ndim - 1)
    b, s_bar = a.op("conj")[right].named("b"), r_bar[right].named("s_bar")
    more = b @ adjoint(s_bar)
    q_bar = more if q_bar is None else q_bar + more
    return joined([_of_tall(q, r[left], q_bar, r_bar[left]), q @ s_bar], a.ndim - 1)


def _of_tall(q: Sym, r: Sym, q_bar: Sym | None, r_bar: Sym | None) -> Sym:
    m = None if r_bar is None else r @ adjoint(r_bar.op("triu"))
    if q_bar is not None:
        inner = adjoint(q_bar) @ q
        m = -inner if m is None else m - inner
    assert m is not None
    whole = q @ _copied_lower(m.named("m"))
    whole = whole if q_bar is None else whole + q_bar
    return adjoint(r.op("solve", adjoint(whole)))


def qr_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    """With C = Q^H A_dot R^-1 and W antihermitian, like C below the diagonal: Q_dot = Q W + (I - Q Q^H) A_dot R^-1."""
    (a,), (dot,) = args, dots
    made = a.op("qr") if isinstance(y.type, Array) else y
    q, r = part_of(made, 0), part_of(made, 1)
    if not is_tall(a):
        left, right = (..., slice(None, length(r, -2))), (..., slice(length(r, -2), None))
        q_dot, r_dot = _tall_push(q, r[left], dot[left])
        r_dot = joined([r_dot, adjoint(q_dot) @ a[right] + adjoint(q) @ dot[right]], a.ndim - 1)
    else:
        q_dot, r_dot = _tall_push(q, r, dot)
    return r_dot if isinstance(y.type, Array) else (q_dot, r_dot)


def _tall_push(q: Sym, r: Sym, dot: Sym) -> tuple[Sym, Sym]:
    right = adjoint(adjoint(r).op("solve", adjoint(dot)))
    c = adjoint(q) @ right
    low = c.op("tril", k=-1)
    w = low - adjoint(low)
    if numeric_kind(q.type) == "complex":
        w = w + _phase_part(c)
    return (q @ w + _beyond(q, right), (c - w) @ r)


register(
    "eigh",
    custom([eigh_back], eigh_push),
    _eigh_type,
    names="np.linalg.eigh",
    signature="a | UPLO",
    cost=EXPENSIVE,
)
register(
    "eigvalsh",
    composed(lambda a, UPLO="L": part_of(a.op("eigh", **({} if UPLO == "L" else {"UPLO": UPLO})), 0)),
    names="np.linalg.eigvalsh",
    signature="a | UPLO",
    cost=EXPENSIVE,
)
register(
    "svd",
    custom([svd_back], svd_push, over_complex="plain"),
    svd_type,
    names="np.linalg.svd",
    signature="a | full_matrices compute_uv hermitian=False",
    cost=EXPENSIVE,
)
register(
    "svdvals",
    composed(lambda x: x.op("svd", compute_uv=False)),
    names="np.linalg.svdvals",
    signature="x |",
    cost=EXPENSIVE,
)
register("qr", custom([qr_back], qr_push), _qr_type, names="np.linalg.qr", signature="a | mode", cost=EXPENSIVE)


def lstsq_type(args: Any, attrs: Any, form: str) -> Structure:
    """The solution, the residuals (none where they are not determined), the rank, the singular values."""
    a, b = array_of(args[0].type), array_of(args[1].type)
    dtype = float_dtype(str(np.result_type(a.dtype, b.dtype)))
    real = real_dtype(dtype)
    found = Array(dtype, (a.shape[1], *b.shape[1:]))
    values = Array(real, (fresh_size(),))
    return Structure("tuple", (0, 1, 2, 3), (found, Array(real, (fresh_size(),)), Scalar("int"), values))


def _as_columns(x: Sym) -> Sym:
    return x.op("expand_dims", axis=1) if x.ndim == 1 else x


def _residual_bars(g: Sym, rest: Sym) -> Sym:
    """Return 2 R diag(r_bar): NumPy gives the residuals of all columns, or of none."""
    return 2.0 * rest * (g @ call(g.builder, "eye", length(g), length(rest, 1)))


def _lstsq_matrix(g: Any, y: Any, a: Sym, b: Sym, **attrs: Any) -> Any:
    """X = A^+ B with R = B - A X, also where A is wide (G. Golub, V. Pereyra, SIAM J. Numer. Anal. 10, 1973).

    A_bar = -U X^H + R (A^+ U)^H + (A^+H X) (X_bar - A^+ A X_bar)^H with U = A^+H X_bar. Of the residuals
    r = diag(R^H R) it is -2 R diag(r_bar) X^H, A^H R being zero; of singular values see `svd_back`.
    """
    x_bar, r_bar, _, s_bar = g
    terms = []
    conjugated, right, x = a.op("conj"), _as_columns(b.op("conj")), _as_columns(y[0].op("conj"))
    if x_bar is not None:
        x_bar = _as_columns(x_bar)
        p = conjugated.op("pinv").named("p")
        u = (adjoint(p) @ x_bar).named("u")
        terms += [(right - conjugated @ x) @ adjoint(p @ u) - u @ adjoint(x)]
        terms += [(adjoint(p) @ x) @ adjoint(x_bar - p @ (conjugated @ x_bar))]
    if r_bar is not None:
        terms.append(-(_residual_bars(r_bar, right - conjugated @ x) @ adjoint(x)))
    if s_bar is not None:
        u, _, vh = thin(conjugated)
        terms.append((u * s_bar) @ vh)
    return added(terms) if terms else None


def _lstsq_right(g: Any, y: Any, a: Sym, b: Sym, **attrs: Any) -> Any:
    """B_bar = A^+H X_bar + 2 R diag(r_bar)."""
    x_bar, r_bar, _, _ = g
    a, x, right = (part.op("conj") for part in (a, y[0], b))
    terms = [] if x_bar is None else [adjoint(a.op("pinv")) @ x_bar]
    if r_bar is not None:
        more = _residual_bars(r_bar, _as_columns(right) - a @ _as_columns(x))
        terms.append(more if b.ndim == 2 else more[:, 0])
    return added(terms) if terms else None


def _lstsq_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    """X_dot = A^+ B_dot + (A^+)_dot B; r_dot = 2 Re diag(R^H (B_dot - A_dot X)); s_dot = Re diag(U^H A_dot V)."""
    (a, b), x = args, part_of(y, 0)
    residuals, values = part_of(y, 1), part_of(y, 3)
    pinv = a.op("pinv")
    total = None if dots[1] is None else pinv @ dots[1]
    moved, s_dot = dots[1], values.op("zeros_like")
    if dots[0] is not None:
        more = pinv_push(pinv, (a,), (dots[0],), {}) @ b
        total = more if total is None else total + more
        moved = -(dots[0] @ x) if moved is None else moved - dots[0] @ x
        u, _, vh = thin(a)
        s_dot = (adjoint(u) @ dots[0] @ adjoint(vh)).op("diagonal").op("real")
    assert moved is not None
    r_dot = (2.0 * _as_columns(b - a @ x).op("conj") * _as_columns(moved)).op("real").sum(axis=0)
    return (total, r_dot[: length(residuals)], None, s_dot)


register(
    "lstsq",
    custom([_lstsq_matrix, _lstsq_right], _lstsq_push),
    lstsq_type,
    names="np.linalg.lstsq",
    signature="a b | rcond=None",
    cost=EXPENSIVE,
)
