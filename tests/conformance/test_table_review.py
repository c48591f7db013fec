"""What a review of the table of rules found: programs whose derivative was wrong, or that were not compiled."""

from __future__ import annotations

import itertools
import linecache
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import interpolate, linalg, ndimage, signal, special, stats

import s2sad

counter = itertools.count()
NAMES = {"np": np, "special": special, "stats": stats, "linalg": linalg, "W": np.arange(27.0).reshape(3, 3, 3)}
NAMES |= {"ndimage": ndimage, "interpolate": interpolate, "signal": signal}
NAMES["KDE"] = stats.gaussian_kde(np.random.default_rng(0).normal(size=6))
NAMES["WIDTHS"] = {0: (1, 2)}


def program(text: str, count: int) -> Callable[..., Any]:
    """Return a function of x, y, z whose source can be found."""
    name = f"reviewed_{next(counter)}"
    whole = f"def {name}({', '.join('xyz'[:count])}):\n    return {text}\n"
    linecache.cache[f"<{name}>"] = (len(whole), None, whole.splitlines(True), f"<{name}>")
    names: dict[str, Any] = {**NAMES, "__name__": "table_review"}
    exec(compile(whole, f"<{name}>", "exec", dont_inherit=True), names)
    made: Callable[..., Any] = names[name]
    return made


def slope(f: Callable[..., Any], args: tuple[Any, ...], dots: tuple[Any, ...]) -> float:
    """Return the derivative along a direction, by differences."""

    def at(step: float) -> float:
        return float(np.real(f(*(a if d is None else a + step * d for a, d in zip(args, dots, strict=True)))))

    coarse, fine = ((at(h) - at(-h)) / (2.0 * h) for h in (2e-3, 1e-3))
    return (4.0 * fine - coarse) / 3.0


def direction(value: Any, rng: np.random.Generator) -> Any:
    """Return random numbers of the kind and shape of a value; None if it has no derivative."""
    if isinstance(value, int) or (isinstance(value, np.ndarray) and value.dtype.kind not in "fc"):
        return None
    drawn = rng.normal(size=np.shape(value)) + (1j * rng.normal(size=np.shape(value)) if np.iscomplexobj(value) else 0)
    return drawn.astype(value.dtype) if isinstance(value, np.ndarray) else type(value)(drawn)


def agrees(f: Callable[..., Any], args: tuple[Any, ...], second: bool = True) -> None:
    """Compare both modes, and the derivative of the gradient, with differences along a direction."""
    dots = tuple(direction(a, np.random.default_rng(9)) for a in args)
    wrt = tuple(i for i, dot in enumerate(dots) if dot is not None)
    value, bars = s2sad.value_and_grad(f, argnums=wrt)(*args)
    assert np.isclose(value, f(*args), rtol=1e-12)
    for i, bar in zip(wrt, bars, strict=True):
        assert np.shape(bar) == np.shape(args[i])
        assert np.asarray(bar).dtype == np.asarray(args[i]).dtype
    want = slope(f, args, dots)
    along = sum(np.sum(bar * dots[i]).real for i, bar in zip(wrt, bars, strict=True))
    assert np.isclose(along, want, rtol=1e-6, atol=1e-7), (along, want)
    y_dot = s2sad.jvp(f, args, dots)[1]
    assert np.isclose(np.real(y_dot), want, rtol=1e-6, atol=1e-7), (y_dot, want)
    if second:
        g = s2sad.grad(f, argnums=wrt)
        moved = s2sad.jvp(g, args, dots)[1]
        bent = sum(np.sum(bar * dots[i]).real for i, bar in zip(wrt, moved, strict=True))
        twice = slope(lambda *at: sum(np.sum(b * dots[i]).real for i, b in zip(wrt, g(*at), strict=True)), args, dots)
        assert np.isclose(bent, twice, rtol=1e-5, atol=1e-6), (bent, twice)


def normal(*shape: int) -> Any:
    """Return normal numbers."""
    return np.random.default_rng(sum(shape)).normal(size=shape)


PLACES = np.array([[-1.3, 0.4, 2.6, 4.7], [-2.3, 1.7, 3.6, 5.8]])
MASSES = np.array([0.2, 0.7, 0.4, 1.1, 0.3, 0.6])
BEYOND = ("wrap", "grid-wrap", "reflect", "mirror", "nearest")
DRAWN = (
    "standard_cauchy(4)",
    "pareto(2.0, 4)",
    "triangular(0.0, 0.5, 1.0, 4)",
    "standard_gamma(2.0, 4)",
    "dirichlet([1.0, 2.0, 1.0, 0.5])",
    "geometric(0.3, 4)",
)
PROGRAMS: list[tuple[str, tuple[Any, ...]]] = [
    ("np.sum(W * np.apply_along_axis(lambda v: np.outer(v, v), 0, x))", (normal(3, 3),)),
    ("np.sum(W[:2, :2, :2] * np.apply_along_axis(np.diag, 0, x))", (normal(2, 2),)),
    ("np.sum(np.apply_along_axis(lambda v: np.outer(v, v), 1, x)[0, 1] ** 2)", (normal(2, 3, 2),)),
    ("np.sum(np.apply_along_axis(np.convolve, 0, x, y) ** 2)", (normal(3, 2), normal(2))),
    ("np.sum(np.apply_along_axis(lambda v, k, s: v * k * s, 0, x, y, s=z) ** 2)", (normal(3, 2), normal(3), 0.7)),
    ("np.sum(np.pad(x, WIDTHS)[:, 1] ** 2)", (normal(3, 2),)),
    ("np.sum(np.linalg.pinv(x @ x.T, hermitian=True) ** 2)", (normal(3, 3),)),
    ("np.sum(np.linalg.pinv(x, rcond=1e-10) ** 2)", (normal(3, 2),)),
    ("np.linalg.lstsq(x, y)[1][0] + np.sum(np.linalg.lstsq(x, y)[3] ** 2)", (normal(4, 2), normal(4))),
    ("np.sum(linalg.expm(x) * np.arange(8.0).reshape(2, 2, 2))", (normal(2, 2, 2),)),
    ("np.sum(linalg.solve_triangular(x, y, trans='C', lower=True) ** 2)", (normal(3, 3) + 4.0 * np.eye(3), normal(3))),
    ("np.sum(np.vecdot(x, y, axis=0) ** 2)", (normal(3, 2), normal(3, 2))),
    ("np.sum(np.linalg.vecdot(x, y, axis=1) ** 2)", (normal(2, 3, 2), normal(2, 3, 2))),
    ("np.sum(np.linspace(x, y, 4, axis=-1) ** 2)", (normal(2), normal(3, 2))),
    ("np.sum(np.linspace(x, y, 5, retstep=True)[1] ** 2) + np.linspace(x, y, 5, retstep=True)[0][1]", (0.3, 2.0)),
    ("np.linspace(x, y, 5, False, retstep=True)[1] ** 2", (0.3, 2.0)),
    ("np.sum(np.nanquantile(x, [0.2, 0.6], axis=1) * np.arange(6.0).reshape(2, 3))", (normal(3, 5),)),
    ("np.sum(np.nanpercentile(x, np.array([20.0, 60.0])) * np.arange(2.0))", (normal(5),)),
    ("np.sum(np.histogram([0.1, 0.5, 0.9, 0.2], bins=2, weights=x, density=True)[0] ** 2)", (np.abs(normal(4)),)),
    ("np.sum(np.polyint(x, 2, k=[1.0, y]) ** 2)", (normal(3), 0.7)),
    ("np.sum(np.polyint(x, k=y) ** 2)", (normal(3), 0.7)),
    ("np.sum(signal.fftconvolve(x, y, axes=1) ** 2)", (normal(2, 5), normal(2, 3))),
    ("np.sum(signal.fftconvolve(x, y, mode='same', axes=[0]) ** 2)", (normal(5, 2), normal(4, 1))),
    ("np.sum(np.abs(signal.fftconvolve(x, y, axes=-1)) ** 2)", (normal(2, 5), normal(2, 3) * (1.0 + 0.5j))),
    ("np.sum(signal.detrend(x, bp=[3]) ** 2)", (normal(6),)),
    *(
        (f"np.sum(ndimage.map_coordinates(x, y, order=1, mode='{mode}') ** 2)", (normal(4, 5), PLACES))
        for mode in BEYOND
    ),
    ("special.logsumexp(x, b=np.array([1.0, -2.0, -0.5]), return_sign=True)[0]", (normal(3),)),
    ("special.logsumexp(x, axis=1, b=y, return_sign=True)[0] @ np.arange(2.0)", (normal(2, 3), normal(2, 3))),
    ("np.sum(np.random.default_rng(0).permutation(x) * np.arange(4.0)) ** 2", (normal(4),)),
    ("np.sum(np.random.default_rng(0).permutation(x)[:2] ** 2)", (normal(4, 2),)),
    ("np.sum(np.random.default_rng(0).choice(x, 3, replace=False) ** 2)", (normal(4),)),
    ("np.random.default_rng(0).choice(x) ** 2", (normal(4),)),
    ("np.sum(np.random.RandomState(0).choice(x, size=(2, 2)) ** 2)", (normal(4),)),
    ("np.average(x, axis=(2, 0), weights=y).sum() ** 2", (normal(2, 3, 4), np.abs(normal(4, 2)))),
    ("np.average(x, axis=(0, 2), weights=y)[1]", (normal(2, 3, 4), np.abs(normal(2, 4)))),
    ("np.sum(np.abs(signal.hilbert(x, N=8)) ** 2)", (normal(6),)),
    ("np.sum(signal.hilbert(x, N=4).imag ** 2)", (normal(2, 6),)),
    ("np.sum(stats.gaussian_kde(x).logpdf(y))", (normal(6), normal(2))),
    (
        "np.sum(stats.gaussian_kde(x, bw_method='silverman', weights=z).pdf(y))",
        (normal(6), normal(2), np.abs(normal(6))),
    ),
    ("np.sum(stats.gaussian_kde(x, 0.4)(y) ** 2)", (normal(2, 6), normal(2, 3))),
    ("np.sum(KDE.logpdf(x))", (normal(3),)),
    *(
        (
            f"np.sum(np.abs(linalg.cho_solve(linalg.cho_factor(x @ x.conj().T + np.eye(3), {lower}), y)))",
            (normal(3, 3) * (1.0 + 0.5j) + 0.3j * normal(3, 3).T, normal(3) * (0.5 - 1.0j)),
        )
        for lower in (True, False)
    ),
    *((f"np.sum(np.random.default_rng(0).{draw} * x) ** 2", (normal(4),)) for draw in DRAWN),
    ("np.sum(np.random.RandomState(0).randn(4) * x) ** 2", (normal(4),)),
    *(
        (f"interpolate.{kind}(x, y)(z)", (np.array([0.0, 0.9, 2.1, 3.0])[:n], normal(4)[:n], 0.3))
        for kind in ("CubicSpline", "PchipInterpolator", "Akima1DInterpolator")
        for n in (2, 3, 4)
    ),
    ("np.sum(interpolate.CubicSpline(x, y)(z))", (np.array([0.0, 0.9]), normal(2, 3), 0.3)),
    ("np.sum(interpolate.CubicSpline(x, y)(z))", (np.array([0.0, 0.9, 2.0, 2.2]), normal(4, 3), 0.3)),
    ("np.sum(np.delete(x, slice(0, 2)) ** 2)", (normal(5),)),
    ("np.sum(np.delete(x, np.s_[::2], axis=1) ** 2)", (normal(2, 5),)),
    ("np.sum(np.insert(x, slice(0, 2), y) * np.arange(6.0))", (normal(4), 0.7)),
    ("np.sum(np.block([np.ones(2), x]) ** 2 * np.arange(3.0))", (1.5,)),
    ("np.sum(np.block([[x, np.zeros((2, 1))], [np.ones((1, 2)), y]]) ** 2)", (normal(2, 2), 1.5)),
    ("np.sum(np.cov(x) ** 2)", (normal(1, 5),)),
    ("np.sum(np.cov(x[1:]) ** 2)", (normal(3, 5),)),
    ("np.sum(np.corrcoef(x) ** 2) + x[0, 0]", (normal(1, 5),)),
    ("np.sum(np.einsum('ij,ij->i', x[1:], y) ** 2)", (normal(2, 3), normal(4, 3))),
    ("np.sum(np.einsum('bij,bjk->bik', x[:z] * 1.5, y) ** 2)", (normal(2, 2, 3), normal(3, 3, 2), 1)),
    ("np.sum(np.full((2, 3), [x, y, 1.0]) ** 2)", (0.3, 0.2)),
    ("np.sum(np.lib.stride_tricks.sliding_window_view(x, 3).mean(axis=-1))", (normal(12),)),
    ("np.sum(ndimage.maximum_filter(x, 3))", (normal(12),)),
    ("np.sum(ndimage.median_filter(x, 3))", (normal(12),)),
    ("np.sum(signal.stft(x, nperseg=6)[2].real)", (normal(12),)),
]


@pytest.mark.parametrize(("text", "args"), PROGRAMS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_program_that_was_wrong(text: str, args: tuple[Any, ...]) -> None:
    """Both modes, and the second derivative."""
    agrees(program(text, len(args)), args)


def squares_of_minors(x: Any) -> Any:
    return (x[1] * x[2]) ** 2 + (x[0] * x[2]) ** 2 + (x[0] * x[1]) ** 2


def product(x: Any) -> Any:
    return np.prod(x)


def gradient_of_product(x: Any) -> Any:
    return np.sum(s2sad.grad(product)(x) ** 2)


@pytest.mark.parametrize("x", [np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.0, 2.0]), np.zeros(3)], ids=str)
def test_third_derivatives_of_a_product_with_zeros(x: Any) -> None:
    """The sum of the squares of the gradient, twice more."""
    ones = np.ones(3)
    want = s2sad.jvp(s2sad.grad(squares_of_minors), (x,), (ones,))[1]
    assert np.allclose(s2sad.jvp(s2sad.grad(gradient_of_product), (x,), (ones,))[1], want)


def spectrum(x: Any) -> Any:
    return np.sum(np.abs(np.fft.rfft(x - np.mean(x))) ** 2)


def test_the_power_spectrum_has_a_second_derivative_where_it_is_zero() -> None:
    """|z|^2 is smooth at 0, |z| is not."""
    x, v = np.array([1.0, 2.0, 4.0, 3.0]), np.array([1.0, 0.0, 0.0, 0.0])
    assert np.allclose(s2sad.jvp(s2sad.grad(spectrum), (x,), (v,))[1], [4.0, -2.0, 0.0, -2.0])


THIRD: list[tuple[str, float, float, float]] = [  # second and third derivative, by mpmath
    ("special.ellipk(x)", 0.0, 0.441786467, 0.920388473),
    ("special.ellipe(x)", 0.0, -0.147262156, -0.184077695),
    ("special.boxcox(2.0, x)", 0.0, 0.111008217, 0.0577087746),
    ("special.inv_boxcox(0.7, x)", 0.0, 0.581353625, -1.09331895),
    ("special.exprel(x)", 0.0, 1 / 3, 0.25),
    ("special.spence(x)", 1.0, 0.5, -2 / 3),
    ("special.j1(x)", 0.0, 0.0, -0.375),
]


@pytest.mark.parametrize(("text", "x", "second", "third"), THIRD)
def test_third_derivatives_where_a_formula_divides_by_zero(text: str, x: float, second: float, third: float) -> None:
    """The derivatives of a limit are those of the function."""
    f = s2sad.grad(s2sad.grad(program(text, 1)))
    assert np.isclose(f(x), second, rtol=1e-8)
    assert np.isclose(s2sad.grad(f)(x), third, rtol=1e-8)


def put_in_turn(x: Any, y: Any) -> Any:
    a = x.copy()
    np.putmask(a, a > 0.0, y)
    return np.sum(a * a)


def test_putmask_repeats_its_values() -> None:
    """The value for a place is that at its number, counted around."""
    agrees(put_in_turn, (np.array([1.0, -1.0, 2.0, 3.0]), normal(2)))
    agrees(put_in_turn, (np.array([[1.0, -1.0], [2.0, 3.0]]), normal(3)))


def one_row(x: Any) -> Any:
    return np.sum(np.cov(x[1:]) ** 2)


def test_a_covariance_that_turns_out_to_be_a_number_raises() -> None:
    """Which of a slice's sizes are 1 is not known when code is generated."""
    with pytest.raises(TypeError, match="rank 0"):
        s2sad.grad(one_row)(normal(2, 5))


SINGLE, WHOLE = np.array([3.5, 4.0, 3.1, 4.8], np.float32), np.random.default_rng(0).normal(size=20).astype(np.float32)
ROTATED = (np.random.default_rng(1).normal(size=(2, 4)) * (1.0 + 0.5j)).astype(np.complex64)
PRECISION: list[tuple[str, tuple[Any, ...]]] = [
    ("linalg.solve_toeplitz(x, y)", (np.array([9, 1, 2, 0], np.float32), SINGLE)),
    ("special.multigammaln(x, 2)", (SINGLE,)),
    ("special.perm(x, 2)", (SINGLE,)),
    ("special.comb(x, 2)", (SINGLE,)),
    ("np.linalg.matrix_rank(x) * x", (np.eye(2, dtype=np.float32),)),
    ("sorted(x)[1] * 2", (SINGLE,)),
    ("min(x, key=lambda t: t * t) * 2", (SINGLE,)),
    ("np.cov(x)", (ROTATED,)),
    ("np.corrcoef(x)", (ROTATED,)),
    ("np.maximum.reduce([x, y])", (SINGLE, SINGLE.astype(float)[::-1])),
    ("np.add.outer(x, 2.0)", (SINGLE,)),
    ("np.frexp(x)[0]", (SINGLE,)),
    ("np.polynomial.Polynomial(x)(y)", (SINGLE, SINGLE)),
    ("signal.welch(x, nperseg=8)[1]", (WHOLE,)),
    ("signal.stft(x, nperseg=8)[2]", (WHOLE,)),
    ("signal.filtfilt(x, y, z)", (np.array([0.2, 0.3], np.float32), np.array([1, -0.3], np.float32), WHOLE)),
]


@pytest.mark.parametrize(("text", "args"), PRECISION, ids=lambda value: value if isinstance(value, str) else "")
def test_precision(text: str, args: tuple[Any, ...]) -> None:
    """The value has the dtype that NumPy and SciPy give it, a cotangent that of its argument."""
    f = program(text, len(args))
    want = f(*args)
    value, pullback = s2sad.vjp(f, *args)
    assert np.asarray(value).dtype == np.asarray(want).dtype
    assert np.allclose(value, want, rtol=1e-4, atol=1e-6)
    bars = pullback(np.ones_like(value) if isinstance(value, np.ndarray) else type(value)(1.0))
    assert [bar.dtype for bar in bars] == [arg.dtype for arg in args]
    tangent = s2sad.jvp(f, args, tuple(map(np.ones_like, args)))[1]
    assert np.asarray(tangent).dtype == np.asarray(want).dtype


def distance(x: Any, y: Any) -> Any:
    return np.sum(np.abs(np.interp(x, np.arange(3.0), y) - 1j) ** 2)


def test_single_precision_of_complex_values_between_points() -> None:
    """NumPy interpolates them in double precision."""
    x, y = np.array([0.3, 1.6]), np.array([1 + 2j, -1 + 0.5j, 2 - 1j])
    single, double = (s2sad.grad(distance, argnums=(0, 1))(x, value) for value in (y.astype(np.complex64), y))
    assert single[1].dtype == np.complex64
    assert all(np.allclose(a, b, rtol=1e-6) for a, b in zip(single, double, strict=True))


def of_residual(a: Any, b: Any) -> Any:
    return linalg.lstsq(a, b)[1] * 2.0


def test_a_residual_that_may_be_an_empty_array_is_refused() -> None:
    """SciPy gives a number or an empty array for one right-hand side: both modes refuse to guess."""
    rng = np.random.default_rng(0)
    args = rng.normal(size=(5, 2)), rng.normal(size=5)
    for call in (lambda: s2sad.grad(of_residual)(*args), lambda: s2sad.jvp(of_residual, args, args)):
        with pytest.raises(s2sad.UnsupportedError, match="residual"):
            call()


def chi2_upper(k: Any, x: Any) -> Any:
    return stats.chi2.logsf(x, k)


def gamma_upper(a: Any, x: Any) -> Any:
    return stats.gamma.logsf(x, a)


def gamma_lower(a: Any, x: Any) -> Any:
    return stats.gamma.logcdf(x, a)


def beta_lower(a: Any, x: Any) -> Any:
    return stats.beta.logcdf(x, a, 2.0)


def log_upper(a: Any, x: Any) -> Any:
    return np.log(special.gammaincc(a, x))


def t_lower(n: Any, x: Any) -> Any:
    return stats.t.logcdf(x, n)


def gamma_share(a: Any, x: Any) -> Any:
    return special.gammainc(a, x)


def beta_share(a: Any, b: Any, x: Any) -> Any:
    return special.betainc(a, b, x)


TAILS: list[tuple[Any, tuple[float, ...], float]] = [  # by mpmath, with fifty digits
    (chi2_upper, (3.0, 80.0), 1.838540501884),
    (chi2_upper, (3.0, 100.0), 1.947667540827),
    (gamma_upper, (2.0, 200.0), 4.880532908297),
    (gamma_lower, (30.0, 2.0), -2.726834295682),
    (gamma_lower, (50.0, 2.0), -3.22964089924),
    (beta_lower, (20.0, 0.1), -2.255216671941),
    (beta_lower, (100.0, 0.3), -1.194113649396),
    (log_upper, (10.0, 100.0), 2.364266008661),
    (t_lower, (30.0, -20.0), -0.8814086892995),
    (t_lower, (1e6, -1.0), -7.625666752881e-13),
    (t_lower, (0.5, -1e3), -7.183532862467),
    (gamma_share, (0.1, 1e-8), -2.998179649597),
    (gamma_share, (0.1, 3.0), -0.01838675643058),
    (gamma_share, (1e3, 1.1e3), -0.0001104898778408),
    (gamma_share, (1e3, 900.0), -6.245709035842e-5),
    (gamma_share, (2.0, math.inf), 0.0),
    (t_lower, (3.0, math.inf), 0.0),
    (beta_share, (0.3, 7.0, 1e-6), -0.3657459148603),
    (beta_share, (60.0, 0.01, 0.9999), -0.000159613247763),
    (beta_share, (500.0, 1000.0, 0.3), -0.0003138812474665),
    (beta_share, (2.0, 3.0, 0.999999), -4.333327083708e-18),
]


@pytest.mark.parametrize(("f", "args", "expected"), TAILS)
def test_distributions_by_their_shapes(f: Any, args: tuple[float, ...], expected: float) -> None:
    """In either tail, where the other one is as good as 1, and in the middle."""
    dots = (1.0, *(0.0 for _ in args[1:]))
    assert np.isclose(s2sad.grad(f)(*args), expected, rtol=2e-8, atol=0.0)
    if np.isfinite(args[-1]):
        assert np.isclose(s2sad.jvp(f, args, dots)[1], expected, rtol=2e-8, atol=0.0)


SECONDS = [((0.3, 7.0, 1e-6), 0.001404411882699), ((60.0, 0.01, 0.9999), 4.365356859028)]
SECONDS += [((500.0, 1000.0, 0.3), 0.0001453286145182), ((2.0, 3.0, 0.999999), 5.426200178989e-17)]


@pytest.mark.parametrize(("args", "expected"), SECONDS)
def test_the_beta_distribution_by_its_second_shape(args: tuple[float, ...], expected: float) -> None:
    """It is the first one of what is left of 1."""
    assert np.isclose(s2sad.grad(beta_share, argnums=1)(*args), expected, rtol=2e-8, atol=0.0)
