"""Numerically hard points: what a derivative is where a formula over- or underflows, divides by zero or has a kink.

docs/conventions.md says why, and what JAX and PyTorch do.
"""

from __future__ import annotations

import itertools
import linecache
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

import s2sad

counter = itertools.count()
INF, NAN = math.inf, math.nan
ONES, ZEROS = np.ones(3), np.zeros(3)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """NumPy warns of overflow where the function itself overflows."""
    with np.errstate(all="ignore"):
        yield


def function(text: str, count: int) -> Callable[..., Any]:
    """Return a function of x, y, ... whose source can be found."""
    file = f"<hard point {next(counter)}>"
    whole = f"def f({', '.join('xyz'[:count])}):\n    return {text}\n"
    linecache.cache[file] = (len(whole), None, whole.splitlines(True), file)
    names: dict[str, Any] = {"np": np, "math": math, "special": special, "stats": stats, "__name__": "hard_points"}
    exec(compile(whole, file, "exec", dont_inherit=True), names)
    made: Callable[..., Any] = names["f"]
    return made


POINTS: list[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = [
    # overflow and underflow: a stable function has a stable derivative
    ("special.logsumexp(x)", (np.array([1e4, 1e4, 0.0]),), ([0.5, 0.5, 0.0],)),
    ("special.logsumexp(x)", (np.array([-1e4, -1e4]),), ([0.5, 0.5],)),
    ("np.logaddexp(x, y)", (1e4, 1e4), (0.5, 0.5)),
    ("np.sum(np.logaddexp(0.0, x))", (np.array([1e3, -1e3]),), ([1.0, 0.0],)),
    ("np.sum(special.softplus(x))", (np.array([1e3, -1e3]),), ([1.0, 0.0],)),
    ("np.sum(special.expit(x))", (np.array([1e3, -1e3]),), ([0.0, 0.0],)),
    ("np.sum(special.log_expit(x))", (np.array([1e3, -1e3]),), ([0.0, 1.0],)),
    ("special.log_ndtr(x)", (-30.0,), (30.033259667,)),
    ("special.softmax(x)[0]", (np.array([1e4, 0.0]),), ([0.0, 0.0],)),
    ("np.tanh(x)", (1e3,), (0.0,)),
    ("np.log1p(x)", (1e-20,), (1.0,)),
    ("np.expm1(x)", (1e-20,), (1.0,)),
    ("np.sinc(x)", (1e-9,), (-(math.pi**2) * 1e-9 / 3.0,)),
    ("special.exprel(x)", (0.0,), (0.5,)),
    ("special.j1(x)", (0.0,), (0.5,)),
    ("special.ellipk(x)", (0.0,), (math.pi / 8.0,)),
    ("special.ellipe(x)", (0.0,), (-math.pi / 8.0,)),
    ("np.std(x)", (3.0,), (0.0,)),
    ("np.i0(x)[()]", (1e-9,), (5e-10,)),
    ("math.lgamma(x)", (1.0,), (-np.euler_gamma,)),
    ("np.hypot(x, y)", (3e200, 4e200), (0.6, 0.8)),
    # where a formula cancels, by mpmath with eighty digits
    ("special.ellipkm1(x)", (1e-12,), (-4.999999999965746e11,)),
    ("special.ellipkm1(x)", (1e-30,), (-5e29,)),
    ("special.boxcox(2.0, x)", (1e-15,), (0.24022650695910083,)),
    ("special.inv_boxcox(0.7, x)", (1e-12,), (-0.4933694133296853,)),
    ("special.ellipkinc(1.0, x)", (1e-12,), (0.1363378216468828,)),
    ("special.ellipeinc(1.0, x)", (0.0,), (-0.1363378216467898,)),
    ("special.ellipj(1.0, x)[0]", (0.0,), (-0.0736636394127997,)),
    ("special.ellipj(1.0, x)[0]", (1.0,), (-0.0854049535854347,)),
    ("special.erfcx(x)", (1e6,), (-5.6418958354691e-13,)),
    ("special.poch(x, 2)", (1e12,), (2000000000001.0,)),
    ("np.geomspace(x, 1.0, 5)[2]", (1e-200,), (5e99,)),
    ("np.arctan2(x, y)", (1e-200, 1e-200), (5e199, -5e199)),
    # at a pole of the gamma function, and at the ends of a distribution
    ("special.rgamma(x)", (-2.0,), (2.0,)),
    ("special.rgamma(x)", (0.0,), (1.0,)),
    ("special.binom(x, 3.0)", (2.0,), (1 / 3,)),
    ("special.binom(x, 3.0)", (0.0,), (1 / 3,)),
    ("special.binom(2.0, x)", (3.0,), (-1 / 3,)),
    ("special.poch(x, 3.0)", (0.0,), (2.0,)),
    ("special.poch(x, 3.0)", (-1.0,), (-1.0,)),
    ("special.gammainc(1.0, x)", (0.0,), (1.0,)),
    ("special.betainc(1.0, 1.0, x)", (1.0,), (1.0,)),
    ("special.shichi(x)[0]", (0.0,), (1.0,)),
    ("stats.bernoulli.pmf(1, x)", (0.0,), (1.0,)),
    # a slope that is infinite
    ("np.sqrt(x)", (0.0,), (INF,)),
    ("np.sum(np.sqrt(x))", (np.array([0.0, 4.0]),), ([INF, 0.25],)),
    ("x ** 0.5", (0.0,), (INF,)),
    ("np.cbrt(x)", (0.0,), (INF,)),
    ("np.arcsin(x)", (1.0,), (INF,)),
    # powers
    ("x ** 0", (0.0,), (0.0,)),
    ("0.0 ** x", (0.0,), (0.0,)),
    ("0.0 ** x", (2.0,), (0.0,)),
    ("x ** y", (0.0, 0.0), (0.0, 0.0)),
    ("x ** y", (0.0, 1.0), (1.0, 0.0)),
    ("np.prod(x)", (np.array([0.0, 0.0, 2.0]),), ([0.0, 0.0, 0.0],)),
    ("np.cumprod(x)[-1]", (np.array([0.0, 2.0, 3.0]),), ([6.0, 0.0, 0.0],)),
    # no derivative there: not a number, and no number that looks like one
    ("np.linalg.norm(x)", (ZEROS,), ([NAN] * 3,)),
    ("np.sqrt(np.sum(x * x))", (ZEROS,), ([NAN] * 3,)),
    ("np.std(x)", (ONES,), ([NAN] * 3,)),
    ("np.arctan2(x, y)", (0.0, 0.0), (NAN, NAN)),
    ("np.hypot(x, y)", (0.0, 0.0), (NAN, NAN)),
    ("np.linalg.eigh(x)[1][0, 0]", (np.eye(2),), ([[NAN, NAN], [NAN, NAN]],)),
    ("np.linalg.svd(x, full_matrices=False)[0][0, 0]", (np.eye(2),), ([[NAN, NAN], [NAN, NAN]],)),
    ("special.logsumexp(x)", (np.array([-INF, -INF]),), ([NAN, NAN],)),
    # what is smooth in spite of that
    ("np.linalg.eigh(x)[0][0]", (np.eye(2),), ([[1.0, 0.0], [0.0, 0.0]],)),
    ("np.var(x)", (ONES,), ([0.0] * 3,)),
    ("np.sum(np.linalg.eigh(x)[0])", (np.eye(2),), (np.eye(2),)),
    ("np.sum(np.linalg.svd(x, compute_uv=False))", (np.eye(2),), (np.eye(2),)),
    ("np.linalg.norm(x) ** 2", (ZEROS,), ([0.0] * 3,)),
    ("np.std(x) ** 2", (ONES,), ([0.0] * 3,)),
    ("np.square(np.linalg.norm(x))", (ZEROS,), ([0.0] * 3,)),
    ("np.sum(np.abs(np.fft.rfft(x - np.mean(x))) ** 2)", (ONES,), ([0.0] * 3,)),
    # an arm that is not taken
    ("np.sum(np.where(x > 0.0, np.log(x), 0.0))", (np.array([0.0, 2.0]),), ([0.0, 0.5],)),
    ("np.sum(np.where(x > 0.0, 1.0 / x, 0.0))", (np.array([0.0, 2.0]),), ([0.0, -0.25],)),
    ("np.sum(np.where(x > 0.0, np.sqrt(x), 0.0))", (np.array([0.0, 4.0]),), ([0.0, 0.25],)),
    ("np.sum(np.nan_to_num(np.log(x)))", (np.array([0.0, 2.0]),), ([0.0, 0.5],)),
    ("np.sum(np.nan_to_num(1.0 / (x - 2.0), posinf=3.0))", (np.array([2.0, 4.0]),), ([0.0, -0.25],)),
    # 0 log 0
    ("special.xlogy(x, y)", (0.0, 2.0), (math.log(2.0), 0.0)),
    ("special.xlogy(x, y)", (0.0, 0.0), (-INF, 0.0)),
    ("np.sum(special.xlogy(x, y))", (np.array([0.0, 1.0]), np.array([0.0, 2.0])), ([-INF, math.log(2.0)], [0.0, 0.5])),
    ("special.xlog1py(x, y)", (0.0, -1.0), (-INF, 0.0)),
    # kinks
    ("np.abs(x)", (0.0,), (0.0,)),
    ("np.maximum(x, 0.0)", (0.0,), (0.5,)),
    ("np.clip(x, 0.0, 1.0)", (1.0,), (0.5,)),
    ("np.max(x)", (ONES,), ([1 / 3] * 3,)),
    ("np.median(x)", (np.array([1.0, 2.0, 2.0, 3.0]),), ([0.0, 0.5, 0.5, 0.0],)),
    ("np.sort(x)[0]", (np.array([1.0, 1.0]),), ([1.0, 0.0],)),
    ("np.percentile(x, 50)", (np.array([1.0, 1.0, 3.0]),), ([0.0, 1.0, 0.0],)),
    ("x % y", (4.0, 2.0), (1.0, -2.0)),
    ("np.floor(x)", (1.0,), (0.0,)),
    ("np.round(x)", (0.5,), (0.0,)),
    ("np.sign(x)", (0.0,), (0.0,)),
]


@pytest.mark.parametrize(
    ("text", "args", "expected"), POINTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_hard_point(text: str, args: tuple[Any, ...], expected: tuple[Any, ...]) -> None:
    """The gradient, and the derivative along each argument."""
    f = function(text, len(args))
    found = s2sad.grad(f, argnums=tuple(range(len(args))))(*args)
    for bar, want in zip(found, expected, strict=True):
        assert np.allclose(bar, want, rtol=1e-9, atol=0.0, equal_nan=True), (bar, want)
    if len(args) > 1 and not all(np.isfinite(want).all() for want in expected):
        return  # an infinite slope along one argument, times the zero tangent of it
    for i, want in enumerate(expected):
        along = tuple(np.ones_like(a) if j == i else np.zeros_like(a) for j, a in enumerate(args))
        dots = tuple(dot if isinstance(a, np.ndarray) else float(dot) for dot, a in zip(along, args, strict=True))
        _, y_dot = s2sad.jvp(f, args, dots)
        assert np.allclose(y_dot, np.sum(want), rtol=1e-9, atol=0.0, equal_nan=True), (y_dot, want)


def test_a_symmetric_matrix_has_a_symmetric_cotangent() -> None:
    """Of a matrix that is read as a symmetric one."""
    a = np.array([[2.0, 0.5], [0.5, 1.0]])
    for text in ("np.linalg.cholesky(x)[1, 0]", "np.linalg.eigh(x)[0][0]"):
        bar = s2sad.grad(function(text, 1))(a)
        assert np.allclose(bar, bar.T, rtol=1e-14, atol=0.0)


def overwritten(x: Any) -> Any:
    z = np.zeros(3)
    z[np.array([0, 0])] = x
    return np.sum(z)


def test_the_last_of_two_writes_stays() -> None:
    """An index that names a place twice."""
    assert np.array_equal(s2sad.grad(overwritten)(np.array([1.0, 2.0])), [0.0, 1.0])


def test_the_gradient_of_a_complex_number() -> None:
    """dL/dx - i dL/dy: of a holomorphic function's real part it is the derivative."""
    f = function("np.real(x * x * (1.0 + 2.0j))", 1)
    assert s2sad.grad(f)(1.0 + 2.0j) == 2.0 * (1.0 + 2.0j) * (1.0 + 2.0j)


def test_close_eigenvalues() -> None:
    """A vector turns the faster the closer the eigenvalues are, by 1 over their distance."""
    f = function("np.linalg.eigh(x)[1][0, 1]", 1)
    gap = 1e-6
    bar = s2sad.grad(f)(np.diag([1.0, 1.0 + gap]))
    assert np.isclose(abs(bar[0, 1]) + abs(bar[1, 0]), 1.0 / gap, rtol=1e-6)


def test_a_singular_matrix_raises() -> None:
    """The formula of a determinant's derivative has the inverse in it."""
    with pytest.raises(np.linalg.LinAlgError):
        s2sad.grad(function("np.linalg.det(x)", 1))(np.ones((2, 2)))
