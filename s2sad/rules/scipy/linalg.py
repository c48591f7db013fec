"""scipy.linalg. Formulas: M. Giles, "Collected matrix derivative results" (2008); N. Higham, Functions of Matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.ir.nodes import Const
from s2sad.ir.types import Array, Opaque, Structure, fresh_size, numeric_kind
from s2sad.rules.builder import Sym, constant_expr
from s2sad.rules.core import EXPENSIVE, TypeProblem, composed, constant, custom, static
from s2sad.rules.decompositions import (
    diagonals,
    eigh_back,
    eigh_push,
    gaps,
    lstsq_type,
    qr_back,
    qr_push,
    svd_back,
    svd_push,
    svd_type,
)
from s2sad.rules.infer import array_of, real_dtype, scalar_or_array
from s2sad.rules.linalg import WIDE, float_dtype, norm_of
from s2sad.rules.register import register
from s2sad.rules.scipy import matrices as _matrices  # noqa: F401 - the rest of the module
from s2sad.rules.symbols import adjoint, call, joined, length, mirrored, part_of, parts_of, stacked

KEPT = "overwrite_a=False check_finite"


def matrix(a: Sym, name: str) -> Sym:
    """Refuse a stack of matrices."""
    matrix_type(a.type, name)
    return a


def matrix_type(type_: Any, name: str) -> Array:
    """Return the type of one matrix; refuse a stack of them."""
    array = array_of(type_)
    if array.ndim != 2:
        raise TypeProblem(f"scipy.linalg.{name} is accepted for one matrix, not for an array of rank {array.ndim}")
    return array


# --- systems of equations ---------------------------------------------------------------------------------------------
def _solve(a: Sym, b: Sym, lower: bool = False, assume_a: Any = None, transposed: bool = False, **_: Any) -> Sym:
    a = matrix(a, "solve")
    if assume_a in ("sym", "her", "pos", "symmetric", "hermitian", "positive definite"):
        if numeric_kind(a.type) == "complex":
            raise TypeProblem(f"scipy.linalg.solve is accepted with assume_a={assume_a!r} for real matrices")
        a = mirrored(a, lower)
    elif assume_a not in (None, "gen", "general"):
        raise TypeProblem(f"scipy.linalg.solve is not accepted with assume_a={assume_a!r}: leave it out")
    return (a.T if transposed else a).op("solve", b)


TRANSPOSED = {0: 0, "N": 0, 1: 1, "T": 1}


def _flags(attrs: dict[str, Any], a: Sym) -> tuple[int, bool, bool]:
    """Return (trans, lower, unit_diagonal)."""
    trans = static(attrs.get("trans"), 0)
    if trans in (2, "C") and numeric_kind(a.type) != "complex":
        trans = 1
    if trans not in TRANSPOSED:
        raise TypeProblem("scipy.linalg.solve_triangular is accepted with trans 0 or 1: conjugate the matrix yourself")
    return TRANSPOSED[trans], bool(static(attrs.get("lower"), False)), bool(static(attrs.get("unit_diagonal"), False))


def _options(trans: int, lower: bool, unit: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"trans": 1} if trans else {}
    options |= {"lower": True} if lower else {}
    return options | ({"unit_diagonal": True} if unit else {})


def _triangle(m: Sym, lower: bool, unit: bool) -> Sym:
    """Return the part of a matrix that a triangular solver reads."""
    beyond = {"k": -1 if lower else 1} if unit else {}
    return m.op("tril" if lower else "triu", **beyond)


def _outer(x: Sym, y: Sym) -> Sym:
    return x.op("outer", y) if x.ndim == 1 else x @ y.T


def _triangular_right(g: Sym, y: Sym, a: Sym, b: Sym, **attrs: Any) -> Sym:
    """B_bar = A^-T Y_bar."""
    trans, lower, unit = _flags(attrs, a)
    return a.op("linalg.solve_triangular", g, **_options(1 - trans, lower, unit))


def _triangular_left(g: Sym, y: Sym, a: Sym, b: Sym, **attrs: Any) -> Sym:
    """A_bar = -B_bar Y^T, in the triangle that is read; transposed where A was."""
    trans, lower, unit = _flags(attrs, a)
    z = a.op("linalg.solve_triangular", g, **_options(1 - trans, lower, unit))
    return -_triangle(_outer(y, z) if trans else _outer(z, y), lower, unit)


def _triangular_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    """Y_dot = A^-1 (B_dot - A_dot Y)."""
    trans, lower, unit = _flags(attrs, args[0])
    right = dots[1]
    if dots[0] is not None:
        moved = _triangle(dots[0], lower, unit)
        moved = (moved.T if trans else moved) @ y
        right = -moved if right is None else right - moved
    return args[0].op("linalg.solve_triangular", right, **_options(trans, lower, unit))


def _triangular_type(args: Any, attrs: Any, form: str) -> Array:
    a, b = array_of(args[0].type), array_of(args[1].type)
    if a.ndim != 2:
        raise TypeProblem("scipy.linalg.solve_triangular is accepted for one matrix")
    return Array(str(np.result_type(float_dtype(a.dtype), float_dtype(b.dtype))), b.shape)


def _sylvester_type(args: Any, attrs: Any, form: str) -> Array:
    a, b, q = (array_of(arg.type) for arg in args)
    return Array(float_dtype(str(np.result_type(a.dtype, b.dtype, q.dtype))), q.shape)


def _sylvester_solved(g: Sym, a: Sym, b: Sym) -> Sym:
    return a.T.op("linalg.solve_sylvester", b.T, g)


def _sylvester_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    """A X + X B = Q, so that A X_dot + X_dot B = Q_dot - A_dot X - X B_dot."""
    a, b, _ = args
    right = dots[2]
    for moved in (None if dots[0] is None else dots[0] @ y, None if dots[1] is None else y @ dots[1]):
        if moved is not None:
            right = -moved if right is None else right - moved
    return a.op("linalg.solve_sylvester", b, right)


# --- functions of matrices --------------------------------------------------------------------------------------------
def _same_square(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    if array.ndim != 2:
        raise TypeProblem("functions of matrices are accepted for one matrix, not for a stack of them")
    return Array(float_dtype(array.dtype), array.shape)


def _expm_type(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    if array.ndim < 2:
        raise TypeProblem("scipy.linalg.expm is accepted for matrices")
    return Array(float_dtype(array.dtype), array.shape)


def _bordered(a: Sym, e: Sym) -> Sym:
    """Return [[A, E], [0, A]]: f of it has the derivative of f at A along E in the upper right (Higham, 3.6)."""
    return joined([joined([a, e], a.ndim - 1), joined([a.op("zeros_like"), a], a.ndim - 1)], a.ndim - 2)


def _upper_right(whole: Sym, a: Sym) -> Sym:
    n = length(a, -1)
    return whole[:n, n:] if a.ndim == 2 else whole[..., :n, n:]


def _expm_frechet(a: Sym, e: Sym, compute_expm: bool = True, **_: Any) -> Any:
    along = _upper_right(_bordered(a, e).op("linalg.expm"), a)
    return (a.op("linalg.expm"), along) if compute_expm else along


def _frechet_type(args: Any, attrs: Any, form: str) -> Any:
    array = matrix_type(args[0].type, "expm_frechet")
    one = Array("complex128" if array.dtype.startswith("complex") else "float64", array.shape)
    return Structure("tuple", (0, 1), (one, one)) if static(attrs.get("compute_expm"), True) else one


def _expm(g: Sym, y: Sym, a: Sym) -> Sym:
    """A_bar is the derivative at A^T along Y_bar."""
    if a.ndim > 2:
        return _upper_right(_bordered(a.T, g).op("linalg.expm"), a)
    return a.T.op("linalg.expm_frechet", g, compute_expm=False)


def _expm_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    (a,), (dot,) = args, dots
    if a.ndim > 2:
        return _upper_right(_bordered(a, dot).op("linalg.expm"), a)
    return a.op("linalg.expm_frechet", dot, compute_expm=False)


def _logm(g: Sym, y: Sym, a: Sym, **attrs: Any) -> Sym:
    return _upper_right(_bordered(a.T, g).op("linalg.logm"), a)


def _logm_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return _upper_right(_bordered(args[0], dots[0]).op("linalg.logm"), args[0])


def _sqrtm(g: Sym, y: Sym, a: Sym, **attrs: Any) -> Sym:
    """Y^T A_bar + A_bar Y^T = Y_bar."""
    return y.T.op("linalg.solve_sylvester", y.T, g)


def _sqrtm_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return y.op("linalg.solve_sylvester", y, dots[0])


# --- decompositions ---------------------------------------------------------------------------------------------------
def _cholesky(a: Sym, lower: bool = False, **_: Any) -> Sym:
    made = mirrored(matrix(a, "cholesky"), lower).op("cholesky")
    return made if lower else adjoint(made)


def _reads(attrs: dict[str, Any], given: bool) -> bool:
    """Return whether the lower triangle is the one that is read."""
    return bool(static(attrs.get("lower"), given))


def _eigh_type(args: Any, attrs: Any, form: str) -> Any:
    array = matrix_type(args[0].type, "eigh")
    dtype = float_dtype(str(np.result_type(*(array_of(arg.type).dtype for arg in args))))
    values = Array(real_dtype(dtype), array.shape[:1])
    if static(attrs.get("eigvals_only"), False):
        return values
    return Structure("tuple", (0, 1), (values, Array(dtype, array.shape)))


def _eigh(g: Any, y: Any, a: Sym, **attrs: Any) -> Any:
    """The adjoint of numpy.linalg.eigh, in the triangle that is read."""
    lower = _reads(attrs, True)
    if isinstance(y, Sym):
        made = mirrored(a, lower).op("eigh")
        g, y = (g, None), (part_of(made, 0), part_of(made, 1))
    whole = eigh_back(g, y, a)
    return None if whole is None else _in_triangle(whole, lower)


def _in_triangle(whole: Sym, lower: bool) -> Sym:
    """Give a symmetric cotangent to the triangle that is read."""
    half, rest = (whole.op("tril"), whole.op("tril", k=-1)) if lower else (whole.op("triu"), whole.op("triu", k=1))
    return half + rest


def _eigh_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    lower = _reads(attrs, True)
    if isinstance(y.type, Structure):
        return eigh_push(y, args, (mirrored(dots[0], lower),), {})
    return eigh_push(mirrored(args[0], lower).op("eigh"), args, (mirrored(dots[0], lower),), {})[0]


def _eigenpair(g: Any, y: Any, a: Sym, b: Sym, lower: bool) -> tuple[Sym, Any, Any, Any]:
    """Return the vectors, the values, and F o (V^H V_bar) and V^H V_bar where the vectors have a cotangent."""
    if isinstance(y, Sym):  # comes conjugated, as a and b do
        made = a.op("conj").op("linalg.eigh_of_pair", b.op("conj"), **({} if lower else {"lower": False}))
        return part_of(made, 1), part_of(made, 0), None, None
    w, v = y[0], y[1].op("conj")
    if g[1] is None:
        return v, w, None, None
    along = (adjoint(v) @ g[1]).named("along")
    return v, w, (gaps(w) * along).named("inner"), along


def _pair_left(g: Any, y: Any, a: Sym, b: Sym, **attrs: Any) -> Any:
    """Of A V = B V W with V^H B V = 1: A_bar = V (diag(w_bar) + F o (V^H V_bar)) V^H with F_ij = 1 / (w_j - w_i)."""
    lower = _reads(attrs, True)
    v, _, inner, _ = _eigenpair(g, y, a, b, lower)
    w_bar = g if isinstance(y, Sym) else g[0]
    terms = [term for term in (None if w_bar is None else diagonals(w_bar), inner) if term is not None]
    if not terms:
        return None
    whole = v @ sum(terms[1:], terms[0]) @ adjoint(v)
    return _in_triangle(0.5 * (whole + adjoint(whole)), lower)


def _pair_right(g: Any, y: Any, a: Sym, b: Sym, **attrs: Any) -> Any:
    """B_bar = -V (diag(w w_bar) + (F o (V^H V_bar)) W + diag(V^H V_bar) / 2) V^H."""
    lower = _reads(attrs, True)
    v, w, inner, along = _eigenpair(g, y, a, b, lower)
    w_bar = g if isinstance(y, Sym) else g[0]
    terms = [] if w_bar is None else [diagonals(w * w_bar)]
    if inner is not None:
        terms += [inner * w, diagonals(0.5 * along.op("diagonal", axis1=-2, axis2=-1))]
    if not terms:
        return None
    whole = v @ sum(terms[1:], terms[0]) @ adjoint(v)
    return -_in_triangle(0.5 * (whole + adjoint(whole)), lower)


def _pair_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    """V_dot = V C, C_ij = (P_ij - R_ij w_j) / (w_j - w_i), C_ii = -R_ii / 2, with P = V^H A_dot V, R = V^H B_dot V."""
    lower = _reads(attrs, True)
    several = isinstance(y.type, Structure)
    made = y if several else args[0].op("linalg.eigh_of_pair", args[1], **({} if lower else {"lower": False}))
    w, v = part_of(made, 0), part_of(made, 1)
    p = None if dots[0] is None else adjoint(v) @ mirrored(dots[0], lower) @ v
    r = None if dots[1] is None else adjoint(v) @ mirrored(dots[1], lower) @ v
    moved = p if r is None else -(r * w) if p is None else p - r * w
    assert moved is not None
    w_dot = moved.op("diagonal", axis1=-2, axis2=-1).op("real")
    if not several:
        return w_dot
    c = gaps(w) * moved
    c = c if r is None else c - diagonals(0.5 * r.op("diagonal", axis1=-2, axis2=-1))
    return (w_dot, v @ c)


def _eigvalsh(a: Sym, lower: bool = True, **_: Any) -> Any:
    return part_of(mirrored(matrix(a, "eigvalsh"), lower).op("eigh"), 0)


def _svd_type(args: Any, attrs: Any, form: str) -> Any:
    made = svd_type(args, attrs, form)
    return Structure(made.kind, made.keys, made.items) if isinstance(made, Structure) else made


def _qr_type(args: Any, attrs: Any, form: str) -> Structure:
    array = matrix_type(args[0].type, "qr")
    mode = static(attrs.get("mode"), "full")
    m, n = array.shape
    if mode not in ("economic", "full") or (mode == "full" and m != n):
        raise TypeProblem(f"scipy.linalg.qr is accepted with mode='economic', not {mode!r}")
    k = n if m == n else fresh_size()
    dtype = float_dtype(array.dtype)
    return Structure("tuple", (0, 1), (Array(dtype, (m, k)), Array(dtype, (k, n))))


def _lu_matrices_type(args: Any, attrs: Any, form: str) -> Structure:
    array = matrix_type(args[0].type, "lu")
    dtype = float_dtype(array.dtype)
    square = Array(dtype, array.shape)
    return Structure("tuple", (0, 1, 2), (Array(real_dtype(dtype), array.shape), square, square))


def _lu_matrices(g: Any, y: Any, a: Sym, **attrs: Any) -> Any:
    """With A = P L U: A_bar = P L^-T (low(L^T L_bar) + up(U_bar U^T)) U^-T, low without the diagonal."""
    (_, low_bar, up_bar), (p, low, up) = g, y
    m = None if low_bar is None else _strict(low.T @ _strict(low_bar))
    if up_bar is not None:
        upper = (up_bar.op("triu") @ up.T).op("triu")
        m = upper if m is None else m + upper
    if m is None:
        return None
    half = low.op("linalg.solve_triangular", m, trans=1, lower=True, unit_diagonal=True)
    return p @ up.op("linalg.solve_triangular", half.T).T


def _lu_matrices_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    """With M = L^-1 P^T A_dot U^-1: L_dot = L low(M), U_dot = up(M) U."""
    p, low, up = (part_of(y, i) for i in range(3))
    half = low.op("linalg.solve_triangular", p.T @ dots[0], lower=True, unit_diagonal=True)
    m = up.op("linalg.solve_triangular", half.T, trans=1).T
    return (p.op("zeros_like"), low @ _strict(m), m.op("triu") @ up)


def _lu_type(args: Any, attrs: Any, form: str) -> Structure:
    array = matrix_type(args[0].type, "lu_factor")
    return Structure("tuple", (0, 1), (Array(float_dtype(array.dtype), array.shape), Array("int32", array.shape[:1])))


def _det_type(args: Any, attrs: Any, form: str) -> Any:
    array = array_of(args[0].type)
    dtype = "complex128" if array.dtype.startswith("complex") else "float64"
    return scalar_or_array(dtype, array.shape[:-2])


def _strict(m: Sym) -> Sym:
    return m.op("tril", k=-1)


def _lu(g: Any, y: Any, a: Sym, **attrs: Any) -> Any:
    """With A[p] = L U: A_bar[p] = L^-T (low(L^T L_bar) + up(U_bar U^T)) U^-T, low without the diagonal."""
    lu_bar, (lu, piv) = g[0], y
    if lu_bar is None:
        return None
    low, up = _strict(lu), lu.op("triu")
    m = _strict(low.T @ _strict(lu_bar) + _strict(lu_bar)) + (lu_bar.op("triu") @ up.T).op("triu")
    half = lu.op("linalg.solve_triangular", m, trans=1, lower=True, unit_diagonal=True)
    whole = lu.op("linalg.solve_triangular", half.T).T
    return whole[piv.op("linalg.permutation").op("argsort")]


def _lu_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    """With M = L^-1 A_dot[p] U^-1: L_dot = L low(M), U_dot = up(M) U."""
    lu, piv = part_of(y, 0), part_of(y, 1)
    rows = dots[0][piv.op("linalg.permutation")]
    half = lu.op("linalg.solve_triangular", rows, lower=True, unit_diagonal=True)
    m = lu.op("linalg.solve_triangular", half.T, trans=1).T
    low = _strict(m)
    return (low + _strict(lu) @ low + m.op("triu") @ lu.op("triu"), None)


def _lu_solve(lu_and_piv: Sym, b: Sym, trans: int = 0, **_: Any) -> Sym:
    """Solve with L and with U, of A[p] = L U; with their transposes the other way round."""
    if trans not in (0, 1):
        raise TypeProblem("scipy.linalg.lu_solve is accepted with trans 0 or 1")
    lu, piv = parts_of(lu_and_piv)
    order = piv.op("linalg.permutation")
    unit = {"lower": True, "unit_diagonal": True}
    if not trans:
        return lu.op("linalg.solve_triangular", lu.op("linalg.solve_triangular", b[order], **unit))
    half = lu.op("linalg.solve_triangular", b, trans=1)
    return lu.op("linalg.solve_triangular", half, trans=1, **unit)[order.op("argsort")]


def _cho_factor(a: Sym, lower: bool = False, **_: Any) -> Any:
    """The triangle that is not used is whatever it was: the derivative takes the factor without it."""
    return _cholesky(a, lower).op("tril" if lower else "triu"), constant_expr(lower)


def _cho_solve(c_and_lower: Sym, b: Sym, **_: Any) -> Sym:
    """Solve with the factor and with its conjugate transpose."""
    c, flag = parts_of(c_and_lower)
    lower = static(flag.expr)
    turned = c.op("conj")
    if lower:
        half = c.op("linalg.solve_triangular", b, lower=True)
        return turned.op("linalg.solve_triangular", half, trans=1, lower=True)
    return c.op("linalg.solve_triangular", turned.op("linalg.solve_triangular", b, trans=1))


def _solved_type(args: Any, attrs: Any, form: str) -> Array:
    pair, b = args[0].type, array_of(args[1].type)
    if not isinstance(pair, Structure) or len(pair.items) != 2:
        raise TypeProblem("the pair that a factorisation returned is needed")
    matrix_ = array_of(pair.items[0])
    return Array(str(np.result_type(float_dtype(matrix_.dtype), float_dtype(b.dtype))), b.shape)


def _toeplitz(c: Sym, r: Sym | None, **_: Any) -> Sym:
    """The element at (i, j) is c[i - j] on and below the diagonal, r[j - i] above it."""
    c = c if c.ndim else c.op("atleast_1d")
    row = c.op("conj") if r is None else r if r.ndim else r.op("atleast_1d")
    values = joined([row[:0:-1], c])
    rows = call(c.builder, "arange", length(c)).op("expand_dims", axis=1)
    columns = call(c.builder, "arange", length(row))
    return values[rows - columns + (length(row) - 1)]


register(
    "linalg.solve",
    composed(_solve),
    names="scipy.linalg.solve",
    signature="a b | lower overwrite_a=False overwrite_b=False check_finite assume_a transposed",
    cost=EXPENSIVE,
)
register(
    "linalg.solve_triangular",
    custom([_triangular_left, _triangular_right], _triangular_push),
    _triangular_type,
    names="scipy.linalg.solve_triangular",
    signature="a b | trans lower unit_diagonal overwrite_b=False check_finite",
    cost=EXPENSIVE,
)
register(
    "linalg.solve_sylvester",
    custom(
        [
            lambda g, y, a, b, q: -(_sylvester_solved(g, a, b) @ y.T),
            lambda g, y, a, b, q: -(y.T @ _sylvester_solved(g, a, b)),
            lambda g, y, a, b, q: _sylvester_solved(g, a, b),
        ],
        _sylvester_push,
    ),
    _sylvester_type,
    names="scipy.linalg.solve_sylvester",
    signature="a b q |",
    cost=EXPENSIVE,
)
register(
    "linalg.expm",
    custom([_expm], _expm_push),
    _expm_type,
    names="scipy.linalg.expm",
    signature="A |",
    cost=EXPENSIVE,
)
register(
    "linalg.expm_frechet",
    composed(_expm_frechet),
    _frechet_type,
    names="scipy.linalg.expm_frechet",
    signature="A E | method compute_expm check_finite",
    cost=EXPENSIVE,
)


def _logm_type(args: Any, attrs: Any, form: str) -> Array:
    made = _same_square(args, attrs, form)
    return Array("complex128" if made.dtype.startswith("complex") else "float64", made.shape)


for _name, _pull, _push, _infer in (
    ("logm", _logm, _logm_push, _logm_type),
    ("sqrtm", _sqrtm, _sqrtm_push, _same_square),
):
    register(
        f"linalg.{_name}",
        custom([_pull], _push, checked=lambda op: True),
        _infer,
        names=f"scipy.linalg.{_name}",
        signature="A |",
        cost=EXPENSIVE,
    )
register(
    "linalg.cholesky",
    composed(_cholesky),
    names="scipy.linalg.cholesky",
    signature="a | lower overwrite_a=False check_finite",
    cost=EXPENSIVE,
)
register(
    "linalg.eigh_of_pair",
    custom([_pair_left, _pair_right], _pair_push, parts=("w", "v")),
    _eigh_type,
    names="scipy.linalg.eigh",
    signature="a b | * lower eigvals_only overwrite_a=False overwrite_b=False check_finite type=1 subset_by_index=None "
    "subset_by_value=None driver",
    cost=EXPENSIVE,
)
register(
    "linalg.eigh",
    custom([_eigh], _eigh_push, parts=("w", "v")),
    _eigh_type,
    names="scipy.linalg.eigh",
    signature="a | b=None * lower eigvals_only overwrite_a=False overwrite_b=False check_finite subset_by_index=None "
    "subset_by_value=None driver",
    cost=EXPENSIVE,
)
register(
    "linalg.eigvalsh",
    composed(_eigvalsh),
    names="scipy.linalg.eigvalsh",
    signature="a | b=None * lower overwrite_a=False overwrite_b=False check_finite subset_by_index=None "
    "subset_by_value=None driver",
    cost=EXPENSIVE,
)
register(
    "linalg.svd",
    custom([svd_back], svd_push, over_complex="plain", parts=("u", "s", "vh")),
    _svd_type,
    names="scipy.linalg.svd",
    signature="a | full_matrices compute_uv overwrite_a=False check_finite lapack_driver",
    cost=EXPENSIVE,
)
register(
    "linalg.svdvals",
    composed(lambda a, **_: a.op("svd", compute_uv=False)),
    names="scipy.linalg.svdvals",
    signature=f"a | {KEPT}",
    cost=EXPENSIVE,
)
register(
    "linalg.qr",
    custom([qr_back], qr_push, parts=("q", "r")),
    _qr_type,
    names="scipy.linalg.qr",
    signature="a | overwrite_a=False lwork mode pivoting=False check_finite",
    cost=EXPENSIVE,
)
register(
    "linalg.lu_factor",
    custom([_lu], _lu_push, parts=("lu", "piv")),
    _lu_type,
    names="scipy.linalg.lu_factor",
    signature=f"a | {KEPT}",
    cost=EXPENSIVE,
)
register(
    "linalg.lu",
    custom([_lu_matrices], _lu_matrices_push, parts=("p", "low", "up")),
    _lu_matrices_type,
    names="scipy.linalg.lu",
    signature=f"a | permute_l {KEPT} p_indices=False",
    cost=EXPENSIVE,
)
register(
    "linalg.lu_solve",
    composed(_lu_solve),
    _solved_type,
    names="scipy.linalg.lu_solve",
    signature="lu_and_piv b | trans overwrite_b=False check_finite",
    cost=EXPENSIVE,
)
register(
    "linalg.cho_factor",
    composed(_cho_factor),
    signature="a | lower overwrite_a=False check_finite",
    names="scipy.linalg.cho_factor",
    cost=EXPENSIVE,
)
register(
    "linalg.cho_solve",
    composed(_cho_solve),
    _solved_type,
    names="scipy.linalg.cho_solve",
    signature="c_and_lower b | overwrite_b=False check_finite",
    cost=EXPENSIVE,
)
register(
    "linalg.permutation",
    constant(cost=EXPENSIVE),
    lambda args, attrs, form: Array("int64", array_of(args[0].type).shape),
    signature="piv |",
)
register(
    "linalg.inv",
    composed(lambda a, **_: a.op("inv")),
    names="scipy.linalg.inv",
    signature="a | overwrite_a=False check_finite",
    cost=EXPENSIVE,
)
register(
    "linalg.det",
    composed(lambda a, **_: a.op("det")),
    _det_type,
    names="scipy.linalg.det",
    signature=f"a | {KEPT}",
    cost=EXPENSIVE,
)
register(
    "linalg.pinv",
    composed(lambda a, **_: a.op("pinv")),
    names="scipy.linalg.pinv",
    signature="a | * atol=None rtol=None return_rank=False check_finite",
    cost=EXPENSIVE,
)
register(
    "linalg.norm",
    composed(lambda a, ord=None, axis=None, keepdims=False, **_: norm_of(a, ord, axis, keepdims)),
    names="scipy.linalg.norm",
    signature="a | ord axis keepdims check_finite",
    cost=EXPENSIVE,
)
register(
    "linalg.toeplitz",
    composed(_toeplitz),
    names="scipy.linalg.toeplitz",
    signature="c | @r",
    cost=EXPENSIVE,
)


# --- banded systems ---------------------------------------------------------------------------------------------------
def _band(attrs: dict[str, Any]) -> tuple[int, int]:
    return static(attrs["lower"]), static(attrs["upper"])


def _later(row: Sym, d: int) -> Sym:
    """Return the elements d places further on, with zeros at the end; for a negative d those before."""
    if not d:
        return row
    rest = row[d:] if d > 0 else row[:d]
    widths: Any = (0, d) if d > 0 else (-d, 0)
    return rest.op("pad_constant", pad_width=widths if row.ndim == 1 else (widths, (0, 0)))


def _transposed_bands(ab: Sym, lower: int, upper: int) -> Sym:
    """Element (i, j) of the matrix stands at [upper + i - j, j]; of its transpose that is element (j, i)."""
    return stacked([ab[upper - d].op("roll", shift=-d) if d else ab[upper] for d in range(-lower, upper + 1)])


def _banded_right(g: Sym, y: Sym, ab: Sym, b: Sym, **attrs: Any) -> Sym:
    lower, upper = _band(attrs)
    return _transposed_bands(ab, lower, upper).op("solve_banded", g, lower=upper, upper=lower)


def _banded_left(g: Sym, y: Sym, ab: Sym, b: Sym, **attrs: Any) -> Sym:
    """A_bar = -z x^T inside the band, with A^T z = g."""
    lower, upper = _band(attrs)
    z = _banded_right(g, y, ab, b, **attrs)
    rows = [_later(z, d) * y for d in range(-upper, lower + 1)]
    return -stacked([row.sum(axis=1) if row.ndim > 1 else row for row in rows])


def _banded_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    """A x_dot = b_dot - A_dot x."""
    lower, upper = _band(attrs)
    right = dots[1]
    if dots[0] is not None:
        for d in range(-upper, lower + 1):
            row = dots[0][upper + d]
            part = _later((row.op("expand_dims", axis=1) if y.ndim > 1 else row) * y, -d)
            right = -part if right is None else right - part
    return args[0].op("solve_banded", right, **attrs)


def _banded_type(args: Any, attrs: Any, form: str) -> Array:
    ab, b = (array_of(arg.type) for arg in args)
    return Array(str(np.result_type(float_dtype(ab.dtype), float_dtype(b.dtype))), b.shape)


register(
    "solve_banded",
    custom([_banded_left, _banded_right], _banded_push),
    _banded_type,
    signature="ab b | lower upper",
    cost=EXPENSIVE,
)


# --- matrices of vectors, and equations with them ---------------------------------------------------------------------
def _circulant(c: Sym) -> Sym:
    """The element at (i, j) is c[i - j], counted around."""
    n = length(c)
    places = call(c.builder, "arange", n)
    return c[(places.op("expand_dims", axis=1) - places).op("remainder", n)]


def _hankel(c: Sym, r: Sym | None) -> Sym:
    """The element at (i, j) is the (i + j)th of c and what follows of r: zeros where r is not given."""
    rest = (c.op("zeros_like") if r is None else r)[1:]
    rows = call(c.builder, "arange", length(c)).op("expand_dims", axis=1)
    columns = call(c.builder, "arange", length(c) if r is None else length(r))
    return joined([c, rest])[rows + columns]


def _khatri_rao(a: Sym, b: Sym) -> Sym:
    """The Kronecker products of the columns."""
    product = a.op("expand_dims", axis=1) * b
    return product.op("reshape", shape=(-1, length(a, 1)))


def _solve_toeplitz(c: Sym, b: Sym, **_: Any) -> Sym:
    """SciPy computes in double precision."""
    wide = [
        part.op("astype", dtype=Const(double)) if (double := WIDE.get(array_of(part.type).dtype)) else part
        for part in (c, b)
    ]
    return wide[0].op("linalg.toeplitz", None).op("solve", wide[1])


def _lyapunov(a: Sym, q: Sym) -> Sym:
    """A X + X A^H = Q."""
    return a.op("linalg.solve_sylvester", adjoint(a), q)


def _lyapunov_steps(a: Sym, q: Sym, **_: Any) -> Sym:
    """A X A^H - X + Q = 0, as one system: (I - A x conj(A)) vec(X) = vec(Q)."""
    n = length(a)
    whole = call(a.builder, "eye", n * n) - a.op("kron", a.op("conj"))
    return whole.op("solve", q.op("reshape", shape=(-1,))).op("reshape", shape=(n, n))


for _name, _definition, _signature in (
    ("circulant", _circulant, "c |"),
    ("hankel", _hankel, "c | @r"),
    ("khatri_rao", _khatri_rao, "a b |"),
    ("solve_toeplitz", _solve_toeplitz, "c_or_cr b | check_finite"),
    ("solve_continuous_lyapunov", _lyapunov, "a q |"),
    ("solve_discrete_lyapunov", _lyapunov_steps, "a q | method"),
):
    register(
        f"linalg.{_name}",
        composed(_definition),
        names=f"scipy.linalg.{_name}",
        signature=_signature,
        cost=EXPENSIVE,
    )


RESIDUAL = "the residual of one right-hand side, which may be an empty array: give scipy.linalg.lstsq a column"


def _lstsq(a: Sym, b: Sym, **_: Any) -> Any:
    return tuple(part_of(a.op("lstsq", b), i) for i in range(4))


def _lstsq_type(args: Any, attrs: Any, form: str) -> Structure:
    """The residual of one right-hand side is a number or an empty array: nobody knows before."""
    made = lstsq_type(args, {}, form)
    residuals = made.items[1] if array_of(args[1].type).ndim > 1 else Opaque(RESIDUAL)
    return Structure("tuple", made.keys, (made.items[0], residuals, *made.items[2:]))


register(
    "linalg.lstsq",
    composed(_lstsq),
    _lstsq_type,
    names="scipy.linalg.lstsq",
    signature="a b | cond=None overwrite_a=False overwrite_b=False check_finite lapack_driver",
    cost=EXPENSIVE,
)
