"""numpy.linalg. Formulas: M. Giles, "Collected matrix derivative results" (2008)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.ir.types import Array, broadcast
from s2sad.rules.builder import Sym, unbroadcast
from s2sad.rules.core import EXPENSIVE, TypeProblem, composed, constant, custom, static
from s2sad.rules.infer import array_of, normal_axes, real_dtype, scalar_or_array
from s2sad.rules.register import register
from s2sad.rules.symbols import adjoint, eye_like, length, mirrored

WIDE = {"float32": "float64", "complex64": "complex128"}  # what is computed in double precision is computed in


def float_dtype(dtype: str) -> str:
    return dtype if dtype in ("float32", "float64", "complex64", "complex128") else "float64"


def _square(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    return Array(float_dtype(array.dtype), (*array.shape[:-1], array.shape[-2]))


def _solve_type(args: Any, attrs: Any, form: str) -> Array:
    a, b = array_of(args[0].type), array_of(args[1].type)
    shape = a.shape[:-1] if b.ndim == 1 else (*broadcast(a.shape[:-2], b.shape[:-2]), *b.shape[-2:])
    return Array(str(np.result_type(float_dtype(a.dtype), b.dtype)), shape)


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
    return scalar_or_array(float_dtype(array.dtype), array.shape[:-2])


def _logabsdet_type(args: Any, attrs: Any, form: str) -> Any:
    array = array_of(args[0].type)
    return scalar_or_array(real_dtype(float_dtype(array.dtype)), array.shape[:-2])


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
    """A_bar = L^-H phi(L^H L_bar) L^-1, symmetrised; phi halves the diagonal of the lower part (I. Murray, 2016)."""
    inner = _phi(y.T @ g.op("tril"))
    left = y.T.op("solve", inner)
    whole = y.T.op("solve", adjoint(left))
    return 0.5 * (whole + adjoint(whole))


def _phi(m: Sym) -> Sym:
    return 0.5 * (m.op("tril") + m.op("tril", k=-1))


def _cholesky_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    """L_dot = L phi(L^-1 A_dot L^-H), A_dot symmetrised."""
    symmetric = 0.5 * (dots[0] + adjoint(dots[0]))
    left = y.op("solve", symmetric)
    return y @ _phi(y.op("solve", adjoint(left)))


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
    custom([_cholesky], _cholesky_push),
    _square,
    names="np.linalg.cholesky",
    signature="a |",
    cost=EXPENSIVE,
)
register(
    "cholesky_upper",
    composed(lambda a, upper: adjoint(mirrored(a, not upper).op("cholesky"))),
    _square,
    signature="a | upper",
    cost=EXPENSIVE,
)
register("signdet", constant(cost=EXPENSIVE), _det_type, signature="a |")


def _phase_back(g: Sym, y: Sym, a: Sym) -> Sym:
    """s = det A / |det A| turns: s_dot = i s Im(tr(A^-1 A_dot)), so that A_bar = -i Im(conj(s_bar) s) A^-H."""
    turn = (g.op("conj") * y).op("imag")
    return -1j * over_matrix(turn, a) * adjoint(a.op("inv"))


def _phase_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    (a,) = args
    return 1j * y * (a.op("solve", dots[0])).op("trace", axis1=-2, axis2=-1).op("imag")


def over_matrix(x: Sym, a: Sym) -> Sym:
    """Give a value for each matrix the axes of the matrices."""
    return x.op("expand_dims", axis=(-2, -1)) if a.ndim > 2 else x


register(
    "phasedet",
    custom([_phase_back], _phase_push, over_complex="plain"),
    _det_type,
    signature="a |",
    cost=EXPENSIVE,
)


# --- composed -----------------------------------------------------------------------------------------------------
def _pinv_type(args: Any, attrs: Any, form: str) -> Array:
    array = array_of(args[0].type)
    return Array(float_dtype(array.dtype), (*array.shape[:-2], array.shape[-1], array.shape[-2]))


def _minus(p: Sym, m: Sym) -> Sym:
    """Return I - P M, with the size of P's rows."""
    return eye_like(m) - p @ m


def pinv_back(g: Sym, y: Sym, a: Sym, **attrs: Any) -> Sym:
    """The adjoint of `pinv_push` (G. Golub and V. Pereyra, 1973), for a rank that stays as it is."""
    a, y = a.op("conj"), y.op("conj")
    p, q = adjoint(y), adjoint(g)
    whole = -(p @ g @ p)
    whole = whole + (_minus(a, y) @ q @ y @ p)
    whole = whole + p @ y @ q @ _minus(y, a)
    return 0.5 * (whole + adjoint(whole)) if static(attrs.get("hermitian"), False) else whole


def pinv_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    """P_dot = -P A_dot P + P P^H A_dot^H (I - A P) + (I - P A) A_dot^H P^H P."""
    (a,), (dot,) = args, dots
    if static(attrs.get("hermitian"), False):
        dot = 0.5 * (dot + adjoint(dot))
    p, d = adjoint(y), adjoint(dot)
    return -(y @ dot @ y) + y @ p @ d @ _minus(a, y) + _minus(y, a) @ d @ p @ y


def _matrix_power(a: Sym, n: int) -> Sym:
    """By squaring."""
    if n == 0:
        return a * 0.0 + eye_like(a)
    if n < 0:
        return _matrix_power(a.op("inv"), -n)
    result, square = None, a
    while n:
        if n & 1:
            result = square if result is None else result @ square
        n >>= 1
        square = square @ square if n else square
    assert result is not None
    return result


def _vector_norm(x: Sym, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Sym:
    kept = {**({} if axis is None else {"axis": axis}), **({"keepdims": True} if keepdims else {})}
    size = x.op("absolute")
    if ord in (None, 2):
        return x.op("norm", **kept)
    if ord == math.inf:
        return size.op("max", **kept)
    if ord == -math.inf:
        return size.op("min", **kept)
    if ord == 1:
        return size.op("sum", **kept)
    if ord == 0:
        return (x.op("not_equal", 0).op("sum", **kept) * 1.0).op("stop_gradient")
    return (size**ord).op("sum", **kept) ** (1.0 / ord)


def _matrix_norm(x: Sym, keepdims: bool = False, ord: Any = "fro", axes: tuple[int, int] = (-2, -1)) -> Sym:
    rows, columns = (axis % x.ndim for axis in axes)
    if ord in (None, "fro"):
        return x.op("norm", axis=axes, **({"keepdims": True} if keepdims else {}))
    if ord in (2, -2, "nuc"):
        if (rows, columns) != (x.ndim - 2, x.ndim - 1):
            x = x.op("moveaxis", source=(rows, columns), destination=(-2, -1))
        s = x.op("svd", compute_uv=False)
        made = s.op({2: "max", -2: "min", "nuc": "sum"}[ord], axis=-1)
    elif ord in (1, -1, math.inf, -math.inf):
        summed, found = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = x.op("absolute").op("sum", axis=summed)
        made = sums.op("max" if ord > 0 else "min", axis=found - (summed < found))
    else:
        raise TypeProblem(f"there is no norm of a matrix with ord={ord!r}")
    return made.op("expand_dims", axis=(rows, columns)) if keepdims else made


def norm_of(x: Sym, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Sym:
    """np.linalg.norm: of a vector along one axis, of matrices along two, of all elements without either."""
    if axis is None and ord is None:
        return x.op("norm", **({"keepdims": True} if keepdims else {}))
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if len(axes) == 1:
        return _vector_norm(x, axes[0] if x.ndim > 1 else None, keepdims, ord)
    return _matrix_norm(x, keepdims, ord, axes)  # type: ignore[arg-type]


def _cond(x: Sym, p: Any = None) -> Sym:
    if p is None or abs(p) == 2 if not isinstance(p, str) else False:
        s = x.op("svd", compute_uv=False)
        first, last = s[(..., 0)], s[(..., -1)]
        return last / first if p == -2 else first / last
    return _matrix_norm(x, ord=p) * _matrix_norm(x.op("inv"), ord=p)


def _tensorinv(a: Sym, ind: int = 2) -> Sym:
    sizes = tuple(length(a, i) for i in range(a.ndim))
    total: Any = 1
    for size in sizes[ind:]:
        total = size * total if total != 1 else size
    flat = a.op("reshape", shape=(total, -1)).op("inv")
    return flat.op("reshape", shape=(*sizes[ind:], *sizes[:ind]))


def _tensorsolve(a: Sym, b: Sym, axes: Any = None) -> Sym:
    if axes is not None:
        moved = normal_axes(axes, a.ndim)
        order = [axis for axis in range(a.ndim) if axis not in moved] + list(moved)
        a = a.op("transpose", axes=tuple(order))
    sizes = tuple(length(a, i) for i in range(b.ndim, a.ndim))
    flat = a.op("reshape", shape=(b.op("size") if b.ndim != 1 else length(b), -1))
    return flat.op("solve", b.op("ravel") if b.ndim != 1 else b).op("reshape", shape=sizes)


register(
    "pinv",
    custom([pinv_back], pinv_push),
    _pinv_type,
    names="np.linalg.pinv",
    signature="a | rcond hermitian * rtol",
    cost=EXPENSIVE,
)
register("matrix_power", composed(_matrix_power), names="np.linalg.matrix_power", signature="a | n", cost=EXPENSIVE)
register(
    "vector_norm",
    composed(_vector_norm),
    names="np.linalg.vector_norm",
    signature="x | * axis keepdims ord",
    cost=EXPENSIVE,
)
register(
    "matrix_norm", composed(_matrix_norm), names="np.linalg.matrix_norm", signature="x | * keepdims ord", cost=EXPENSIVE
)
register("norm_of", composed(norm_of), signature="x | ord axis keepdims", cost=EXPENSIVE)
register("cond", composed(_cond), names="np.linalg.cond", signature="x | p", cost=EXPENSIVE)
register("tensorinv", composed(_tensorinv), names="np.linalg.tensorinv", signature="a | ind", cost=EXPENSIVE)
register("tensorsolve", composed(_tensorsolve), names="np.linalg.tensorsolve", signature="a b | axes", cost=EXPENSIVE)
register(
    "matrix_rank",
    constant(cost=EXPENSIVE),
    lambda args, attrs, form: scalar_or_array("int64", array_of(args[0].type).shape[:-2]),
    names="np.linalg.matrix_rank",
    signature="A |",
)
