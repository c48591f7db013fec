"""Programs with the functions of SciPy and NumPy that are easily differentiated wrongly."""

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import fft, integrate, linalg, ndimage, special, stats
from scipy.spatial.distance import cdist
from scipy.stats import norm, poisson

import s2sad

Array = Any
RNG = np.random.default_rng(4)
X, Y = RNG.uniform(0.2, 0.9, size=(3, 4)), RNG.uniform(0.2, 0.9, size=(2, 4))
V, W = RNG.uniform(0.2, 0.9, size=4), RNG.uniform(0.2, 0.9, size=9)


def gaussian_process(scale: float, noise: float, x: Array, y: Array) -> float:
    """The triangle of `cho_factor` that is not used holds what was there."""
    K = np.exp(-0.5 * (x[:, None] - x) ** 2 / scale**2) + noise * np.eye(len(x))
    c, low = linalg.cho_factor(K, lower=True)
    a = linalg.cho_solve((c, low), y)
    return 0.5 * y @ a + np.sum(np.log(np.diag(c)))


def correlated(x: Array, k: Array) -> float:
    return np.sum(np.correlate(x, k, "same") ** 2 * (1 + np.arange(max(len(k), len(x)))))


def squared_distances(x: Array, y: Array) -> float:
    return np.sum(cdist(x, y) ** 2)


def shape_of_a_number(a: float, x: Array) -> float:
    return np.sum(np.ones(np.shape(a)) * a) + np.sum(np.ones((2,) + np.shape(x)) * x)  # noqa: RUF005


def lists_in_brackets(x: Array, y: Array) -> float:
    return np.sum(np.r_[[x[0, 0], 1.0], x[1]] ** 2) + np.sum(np.c_[x[0], x[1]] @ np.r_[[y[0]], [y[1]]])


def toeplitz_of_a_number(y: Array) -> float:
    return np.sum(linalg.toeplitz(2.0, y) ** 2)


def cumulative(y: Array, x: Array) -> float:
    return np.sum(integrate.cumulative_trapezoid(y, x, initial=0) ** 2)


def named_distributions(x: Array) -> float:
    return norm.logpdf(x, 0.1, 2.0).sum() + poisson.logpmf(np.array([1, 2, 0, 3]), x).sum()


def log_sums(a: Array, b: Array) -> float:
    return np.sum(special.logsumexp(a, axis=1, b=b) ** 2) + special.logsumexp(a)


def no_blur(x: Array) -> float:
    return np.sum(ndimage.gaussian_filter(x, 0) ** 2) + np.sum(ndimage.gaussian_filter(x, (0.5, 0.0)) ** 2)


def along_axis_by_name(x: Array) -> float:
    return np.sum(np.apply_along_axis(np.cumsum, axis=0, arr=x) ** 2)


def subtracted_where(a: Array, b: Array) -> float:
    z = np.zeros(4)
    np.subtract(a, b, z, where=a > b)
    return np.sum(z * z)


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (gaussian_process, (0.7, 0.1, np.linspace(0.0, 1.0, 4), np.array([0.1, -0.4, 0.3, 1.0]))),
        *((correlated, (W[:m], W[::-1][:n])) for m, n in ((6, 9), (2, 6), (2, 5), (4, 8), (3, 5), (8, 4), (5, 2))),
        (squared_distances, (X, Y)),
        (shape_of_a_number, (0.3, V)),
        (lists_in_brackets, (X, Y)),
        (toeplitz_of_a_number, (V,)),
        (cumulative, (V, W[:4])),
        (cumulative, (V[:1], W[:1])),
        (named_distributions, (V,)),
        (log_sums, (X, V)),
        (no_blur, (X,)),
        (along_axis_by_name, (X,)),
        (subtracted_where, (V, W[:4])),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_right(f: Any, args: tuple[Any, ...]) -> None:
    """Reverse and forward against differences."""
    s2sad.check_grads(f, args)


def stretches(x: Array) -> float:
    return np.sum(np.add.reduceat(x, [0, 3]) ** 2)


def weighted(a: Array, b: Array) -> float:
    return special.logsumexp(a, b=b)


def at_the_end_of_the_support(x: Array, loc: float) -> float:
    return np.sum(stats.lognorm.pdf(x, 0.5, loc))


def divided_where(a: Array, b: Array) -> float:
    return np.sum(np.divide(a, b, out=np.zeros_like(a), where=b != 0.0) ** 2)


def test_large_numbers_do_not_hide_small_ones() -> None:
    """No sum is a difference of two others, and no mask comes after a division by zero."""
    assert np.array_equal(s2sad.grad(stretches)(np.array([1.0, 2.0, 3.0, 1e17, 1.0, 1.0]))[:3], [12.0, 12.0, 12.0])
    with np.errstate(over="ignore", invalid="ignore"):
        bars = s2sad.grad(weighted, argnums=(0, 1))(np.array([1000.0, 0.0]), np.array([0.0, 1.0]))
    assert np.array_equal(bars[0], [0.0, 1.0])
    assert np.array_equal(bars[1], [np.inf, 1.0])
    bars = s2sad.grad(at_the_end_of_the_support, argnums=(0, 1))(np.array([0.3, 1.3]), 0.3)
    assert bars[0][0] == 0.0
    assert np.isfinite(bars[1])
    with np.errstate(all="raise"):
        bars = s2sad.grad(divided_where, argnums=(0, 1))(np.array([1.0, 2.0]), np.array([0.0, 2.0]))
    assert np.array_equal(bars[0], [0.0, 1.0])
    assert np.array_equal(bars[1], [0.0, -1.0])


def frequencies(k: float) -> float:
    return np.sum(np.fft.fftfreq(4, d=k) ** 2) + np.sum(fft.rfftfreq(4, k))


def edges(k: float) -> float:
    h, e = np.histogram(X * k, bins=5)
    return np.sum(h * e[1:] ** 2)


def padded(k: float) -> float:
    return np.sum(np.pad(V, 2, constant_values=k) ** 2)


def of_a_power(k: float) -> float:
    return np.sum(cdist(X, Y, "minkowski", p=k + 1.0))


def filled_up(k: float) -> float:
    return np.sum(ndimage.gaussian_filter(X, 1.0, mode="constant", cval=k) ** 2)


def unwrapped(k: float) -> float:
    return np.sum(np.unwrap(5.0 * V, period=k) ** 2)


def of_pairs(k: float) -> float:
    p, q = np.vectorize(lambda a: (a**2, np.sin(a)))(V * k)
    return np.sum(p * q)


@pytest.mark.parametrize("f", [frequencies, padded, of_a_power, filled_up, unwrapped], ids=lambda f: f.__name__)
def test_arguments_that_are_options_move(f: Any) -> None:
    """What a rule takes as an option may be active: a composed operation differentiates it, too."""
    s2sad.check_grads(f, (1.3,))


@pytest.mark.parametrize("f", [edges, of_pairs], ids=lambda f: f.__name__)
def test_refused(f: Any) -> None:
    """Active data in an argument that is a constant to the rule would be a silent zero."""
    for transform in (s2sad.grad(f), lambda x: s2sad.jvp(f, (x,), (1.0,))):
        with pytest.raises(s2sad.UnsupportedError):
            transform(2.0)


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("from scipy.linalg import cho_factor, cho_solve", "cho_solve(cho_factor(x), x)"),
        ("from scipy.ndimage import gaussian_filter", "gaussian_filter(x, 1.0) ** 2"),
    ],
)
def test_in_a_fresh_process(tmp_path: Path, header: str, line: str) -> None:
    """The rules of a module of SciPy are loaded with those they are made of."""
    text = f"""
        import numpy as np
        import s2sad
        {header}

        def f(x):
            return np.sum({line})

        s2sad.check_grads(f, (3.0 * np.eye(3) + 0.1,))
    """
    (tmp_path / "fresh.py").write_text(textwrap.dedent(text), encoding="utf-8")
    root = str(Path(__file__).resolve().parents[2])
    command = f"import sys; sys.path[:0] = [{root!r}, {str(tmp_path)!r}]; import fresh"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
