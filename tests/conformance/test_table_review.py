"""What a review of the table of rules found: programs whose derivative was wrong, or that were not compiled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import linalg, special, stats

import s2sad


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
