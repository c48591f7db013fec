"""scipy.linalg: functions of matrices, matrices made of vectors, and the equations of Riccati.

Formulas: N. Higham, Functions of Matrices (2008); for Riccati's equations, V. Simoncini, Computational Methods for
Linear Matrix Equations, SIAM Review 58 (2016), differentiated as they stand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.ir.types import Array, Structure, fresh_size, numeric_kind
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, composed, custom, static
from s2sad.rules.infer import array_of
from s2sad.rules.linalg import float_dtype
from s2sad.rules.register import register
from s2sad.rules.symbols import added, adjoint, call, joined, length, part_of


def add(name: str, definition: Callable[..., Any], signature: str, infer: Any = None, **options: Any) -> None:
    """Register a function of scipy.linalg by what it is composed of."""
    register(
        f"linalg.{name}",
        composed(definition, **options),
        infer,
        names=f"scipy.linalg.{name}",
        signature=signature,
        cost=EXPENSIVE,
    )


def _same(args: Any, attrs: Any, form: str) -> Array:
    a = array_of(args[0].type)
    return Array(float_dtype(a.dtype), a.shape)


# --- sines and cosines: of exponentials -------------------------------------------------------------------------------
def _turned(a: Sym) -> tuple[Sym, Sym]:
    """Return exp(iA) and exp(-iA)."""
    return (a * 1j).op("linalg.expm"), (a * -1j).op("linalg.expm")


def _grown(a: Sym) -> tuple[Sym, Sym]:
    """Return exp(A) and exp(-A)."""
    return a.op("linalg.expm"), (-a).op("linalg.expm")


def _as_given(made: Sym, a: Sym) -> Sym:
    return made if numeric_kind(a.type) == "complex" else made.op("real")


def _cosm(a: Sym) -> Sym:
    left, right = _turned(a)
    return _as_given(0.5 * (left + right), a)


def _sinm(a: Sym) -> Sym:
    left, right = _turned(a)
    return _as_given(-0.5j * (left - right), a)


def _coshm(a: Sym) -> Sym:
    left, right = _grown(a)
    return 0.5 * (left + right)


def _sinhm(a: Sym) -> Sym:
    left, right = _grown(a)
    return 0.5 * (left - right)


add("cosm", _cosm, "A |", _same)
add("sinm", _sinm, "A |", _same)
add("coshm", _coshm, "A |", _same)
add("sinhm", _sinhm, "A |", _same)
add("tanm", lambda a: _cosm(a).op("solve", _sinm(a)), "A |", _same)
add("tanhm", lambda a: _coshm(a).op("solve", _sinhm(a)), "A |", _same)


# --- factors ----------------------------------------------------------------------------------------------------------
def _turn(t: Sym, a: Sym) -> Sym:
    """Return how U of A = U P follows a change T of A, which is its own transpose; A = W S V^H has full rank.

    W ((W^H T V - V^H T^H W) / (s_i + s_j)) V^H + (I - W W^H) T V S^-1 V^H + W S^-1 W^H T (I - V V^H): U is smooth
    also where singular values are equal. C. Kenney, A. Laub, Polar decomposition and matrix sign function condition
    estimates, SIAM J. Sci. Stat. Comput. 12 (1991), 2; the last two are of the columns and rows beyond the rank.
    """
    made = a.op("svd", full_matrices=False)
    w, s, vh = (part_of(made, i).named(name) for i, name in enumerate(("w", "s", "vh")))
    v, rows = adjoint(vh).named("v"), s.op("expand_dims", axis=-1).named("rows")
    left, right = (adjoint(w) @ t).named("left"), t @ v
    inner = (left @ v).named("inner")
    turned = ((inner - adjoint(inner)) / (rows + s)).named("turned")
    beyond = (right - w @ inner) / s
    beside = (left - inner @ vh) / rows
    return (w @ turned + beyond) @ vh + w @ beside


def _polar_back(g: Any, y: Any, a: Sym, side: str = "right") -> Any:
    """P = U^H A or A U^H: what reaches P goes on to A and to U."""
    (u, _), (u_bar, p_bar) = y, g
    a_bar = None
    if p_bar is not None:
        a_bar, more = (u @ p_bar, a @ adjoint(p_bar)) if side == "right" else (p_bar @ u, adjoint(p_bar) @ a)
        u_bar = more if u_bar is None else u_bar + more
    if u_bar is None:
        return a_bar
    turned = _turn(u_bar, a)
    return turned if a_bar is None else a_bar + turned


def _polar_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    (a,), (dot,), u = args, dots, part_of(y, 0)
    u_dot = _turn(dot, a)
    if static(attrs.get("side"), "right") == "right":
        return u_dot, adjoint(u_dot) @ a + adjoint(u) @ dot
    return u_dot, dot @ adjoint(u) + a @ adjoint(u_dot)


def _polar_type(args: Any, attrs: Any, form: str) -> Structure:
    a = array_of(args[0].type)
    n = a.shape[-1] if static(attrs.get("side"), "right") == "right" else a.shape[0]
    dtype = float_dtype(a.dtype)
    return Structure("tuple", (0, 1), (Array(dtype, a.shape), Array(dtype, (n, n))))


def _tridiagonal(d: Sym, e: Sym) -> Sym:
    beside = e.op("diag")
    above, below = (beside.op("pad_constant", pad_width=widths) for widths in (((0, 1), (1, 0)), ((1, 0), (0, 1))))
    return d.op("diag") + above + below


def _eigh_tridiagonal(d: Sym, e: Sym, **_: Any) -> Any:
    made = _tridiagonal(d, e).op("eigh")
    return part_of(made, 0), part_of(made, 1)


def _pair_type(args: Any, attrs: Any, form: str) -> Structure:
    d = array_of(args[0].type)
    dtype = float_dtype(d.dtype)
    return Structure("tuple", (0, 1), (Array(dtype, d.shape), Array(dtype, (d.shape[0], d.shape[0]))))


OPTIONS = "select=a select_range=None check_finite tol=0.0 lapack_driver"
register(
    "linalg.polar",
    custom([_polar_back], _polar_push, over_complex="plain"),
    _polar_type,
    names="scipy.linalg.polar",
    signature="a | side",
    cost=EXPENSIVE,
)
add("eigh_tridiagonal", _eigh_tridiagonal, f"d e | eigvals_only=False {OPTIONS}", _pair_type, over_complex="refused")
add(
    "eigvalsh_tridiagonal",
    lambda d, e, **_: _tridiagonal(d, e).op("eigvalsh"),
    f"d e | {OPTIONS}",
    _same,
    over_complex="refused",
)


# --- matrices of vectors ----------------------------------------------------------------------------------------------
def _eye(like: Sym, n: Any) -> Sym:
    return call(like.builder, "eye", n)


def _companion(a: Sym) -> Sym:
    """The first row is -a[1:] / a[0]; below the diagonal stand ones."""
    return joined([(-a[1:] / a[0]).op("expand_dims", axis=0), _eye(a, length(a) - 1)[:-1]])


def _leslie(f: Sym, s: Sym) -> Sym:
    """The first row is f; below the diagonal stands s."""
    last = s.op("zeros_like").op("expand_dims", axis=1)
    return joined([f.op("expand_dims", axis=0), joined([s.op("diag"), last], 1)])


def _fiedler(a: Sym) -> Sym:
    return (a.op("expand_dims", axis=1) - a).op("absolute")


def _convolution_matrix(a: Sym, n: Sym, mode: str = "full") -> Sym:
    """The element at (i, j) is a[i - j]; `same` and `valid` leave out rows at both ends."""
    beyond = n - 1
    padded = a.op("pad_constant", pad_width=((beyond, beyond),))
    rows = call(a.builder, "arange", length(a) + beyond).op("expand_dims", axis=1)
    whole = padded[rows - call(a.builder, "arange", n) + beyond]
    if mode == "full":
        return whole
    short = call(a.builder, "minimum", n, length(a), form="min") - 1
    top = short.op("floor_divide", 2) if mode == "same" else short
    return whole[top : length(a) + beyond - (short - top if mode == "same" else short)]


def _matmul_toeplitz(c: Sym, x: Sym, **_: Any) -> Sym:
    return c.op("linalg.toeplitz", None) @ x


def _double(*arrays: Array) -> str:
    return str(np.result_type("float64", *(array.dtype for array in arrays)))


def _double_product(args: Any, attrs: Any, form: str) -> Array:
    c, x = (array_of(arg.type) for arg in args)
    return Array(_double(c, x), (c.shape[0], *x.shape[1:]))


def _companion_type(args: Any, attrs: Any, form: str) -> Array:
    (n,) = array_of(args[0].type).shape
    size = fresh_size() if n.value is None else type(n).number(n.value - 1)
    return Array(float_dtype(array_of(args[0].type).dtype), (size, size))


add("companion", _companion, "a |", _companion_type)
add("leslie", _leslie, "f s |")
add("fiedler", _fiedler, "a |")
add("convolution_matrix", _convolution_matrix, "a n | mode")
add("matmul_toeplitz", _matmul_toeplitz, "c_or_cr x | check_finite workers=None", _double_product)
add("solve_circulant", lambda c, b, **_: c.op("linalg.circulant").op("solve", b), "c b | singular=raise tol=None")


# --- Riccati's equations: the gain K, and the closed loop A - B K -----------------------------------------------------
def _gain(x: Sym, a: Sym, b: Sym, q: Sym, r: Sym, steps: bool) -> Sym:
    """Return R^-1 B^T X, or of a system in steps (R + B^T X B)^-1 B^T X A."""
    of_x = b.T @ x
    return (r + of_x @ b).op("solve", of_x @ a) if steps else r.op("solve", of_x)


def _closed(g: Sym, x: Sym, a: Sym, b: Sym, q: Sym, r: Sym, steps: bool) -> tuple[Sym, Sym, Sym]:
    """Return S, which is Q_bar, the closed loop C = A - B K and K.

    Of A^T X + X A - X B R^-1 B^T X + Q = 0: C S + S C^T = -X_bar. In steps: S = C S C^T + X_bar.
    """
    k = _gain(x, a, b, q, r, steps)
    c = a - b @ k
    s = c.op("linalg.solve_discrete_lyapunov", g) if steps else c.op("linalg.solve_continuous_lyapunov", -g)
    return s, c, k


def _riccati_pulls(steps: bool) -> list[Any]:
    def of_system(g: Sym, y: Sym, a: Sym, b: Sym, q: Sym, r: Sym, **_: Any) -> tuple[Sym, Sym]:
        s, c, k = _closed(g, y, a, b, q, r, steps)
        return (y @ c if steps else y) @ (s + s.T), k

    def of_a(g: Sym, y: Sym, a: Sym, b: Sym, q: Sym, r: Sym, **_: Any) -> Sym:
        return of_system(g, y, a, b, q, r)[0]

    def of_b(g: Sym, y: Sym, a: Sym, b: Sym, q: Sym, r: Sym, **_: Any) -> Sym:
        a_bar, k = of_system(g, y, a, b, q, r)
        return -(a_bar @ k.T)

    def of_q(g: Sym, y: Sym, a: Sym, b: Sym, q: Sym, r: Sym, **_: Any) -> Sym:
        return _closed(g, y, a, b, q, r, steps)[0]

    def of_r(g: Sym, y: Sym, a: Sym, b: Sym, q: Sym, r: Sym, **_: Any) -> Sym:
        s, _loop, k = _closed(g, y, a, b, q, r, steps)
        return k @ s @ k.T

    return [of_a, of_b, of_q, of_r]


def _riccati_push(steps: bool) -> Callable[..., Sym]:
    def push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
        a, b, q, r = args
        a_dot, b_dot, q_dot, r_dot = dots
        k = _gain(y, a, b, q, r, steps)
        c = a - b @ k
        parts = [] if q_dot is None else [q_dot]
        parts += [] if r_dot is None else [k.T @ r_dot @ k]
        moved = ([] if a_dot is None else [a_dot]) + ([] if b_dot is None else [-(b_dot @ k)])
        if moved:
            side = (c.T @ y if steps else y) @ added(moved)
            parts.append(side + side.T)
        if steps:
            return c.T.op("linalg.solve_discrete_lyapunov", added(parts))
        return c.T.op("linalg.solve_continuous_lyapunov", -added(parts))

    return push


for _name, _steps in (("solve_continuous_are", False), ("solve_discrete_are", True)):
    register(
        f"linalg.{_name}",
        custom(_riccati_pulls(_steps), _riccati_push(_steps), over_complex="refused"),
        lambda args, attrs, form: Array("float64", array_of(args[0].type).shape),
        names=f"scipy.linalg.{_name}",
        signature="a b q r | e=None s=None balanced",
        cost=EXPENSIVE,
    )
