"""Programs over NumPy and SciPy that were wrong once, each beside its neighbours."""

import warnings

import numpy as np
import pytest
from scipy import integrate, interpolate, signal, special

import s2sad

FIT = np.polynomial.Polynomial.fit(np.arange(5.0), np.arange(5.0) ** 2, 2)
MOVED = np.polynomial.Polynomial([1.0, 2.0, 3.0], domain=[0, 2], window=[-2, 3])
PLAIN = np.polynomial.Polynomial([1.0, 2.0, 3.0])
X, ROWS = np.array([0.3, 1.2]), np.random.default_rng(1).normal(size=(7, 4))
EVERYWHERE = interpolate.RegularGridInterpolator(
    (np.linspace(0.0, 3.0, 7), np.linspace(0.0, 1.0, 4)), ROWS, bounds_error=False, fill_value=None
)
LINE = interpolate.RegularGridInterpolator((np.arange(4.0),), np.array([0.0, 1.0, 4.0, 2.0]))
ROUND = interpolate.CubicSpline(np.linspace(0.0, 6.0, 9), np.r_[np.cos(np.arange(8.0)), 1.0], bc_type="periodic")
COMPLEX = interpolate.CubicSpline(np.linspace(0.0, 3.0, 7), np.exp(1j * np.linspace(0.0, 3.0, 7)))
CUBIC = {
    kind: interpolate.interp1d(np.arange(6.0), np.arange(6.0) ** 2 / 7.0, kind=kind)
    for kind in ("cubic", "quadratic", 2)
}
EPS = np.finfo(np.float32).eps


def reduced(a, axis=0, keep=False):
    return np.sum(a, axis=axis, keepdims=keep)


def middle(m):
    a, *rest, b = m
    return np.sum(a * b) + np.sum(sum(rest))


PROGRAMS = {
    "a fitted polynomial": lambda x: np.sum(FIT(x)) + np.sum(FIT.deriv()(x)),
    "a moved polynomial": lambda x: np.sum(MOVED(x) * x) + np.sum(MOVED.deriv(2)(x)) + np.sum((PLAIN * PLAIN)(x)),
    "made with a domain": lambda x: np.polynomial.Polynomial(x, domain=[0.0, 2.0])(x[0]),
    "a grid that goes on": lambda x: np.sum(EVERYWHERE(np.stack([x, x + 1.0], axis=1))),
    "one axis": lambda x: np.sum(LINE(x) ** 2),
    "once around": lambda x: np.nansum(ROUND.antiderivative()(x) * x) + ROUND(x[0] + 7.0),
    "complex columns": lambda x: np.sum(np.abs(COMPLEX(x) - 1.0) ** 2 + COMPLEX(x).real),
    "three knots": lambda x: interpolate.CubicSpline([0.0, 1.0, 2.0], np.array([1.0, x[0], x[1]]))(0.5),
    "cubic curves": lambda x: np.sum(CUBIC["cubic"](x)) + np.sum(CUBIC["quadratic"](x)) + CUBIC[2](x[0]),
    "degrees": lambda x: (
        special.eval_legendre(0.5, x[0]) + special.eval_legendre(-1.5, x[0]) + special.eval_chebyt(-2, x[0])
    ),
    "more degrees": lambda x: (
        special.eval_laguerre(1.4, x[1]) + special.eval_jacobi(2.5, 0.3, 0.4, x[0]) + special.eval_chebyu(0, x[0])
    ),
    "counts that are not whole": lambda x: (
        special.pdtr(1.4, x[0]) + special.pdtrc(2.7, x[1]) + special.bdtr(1.2, 2.0, x[0])
    ),
    "one time": lambda x: np.sum(integrate.odeint(lambda y, t: -x[0] * y, x, np.array([0.5]))),
    "one coefficient": lambda x: np.sum(signal.lfilter(x, 1.0, np.arange(4.0)) ** 2),
    "forwards and backwards": lambda x: np.sum(signal.filtfilt(x, 1, np.arange(24.0)) ** 2),
    "a window with a number": lambda x: np.sum(
        signal.welch(np.cos(np.arange(24.0) * x[0]), window=("kaiser", 4.0), nperseg=8)[1]
    ),
    "signals of unlike length": lambda x: np.sum(
        np.abs(signal.csd(np.arange(9.0) * x[0], np.cos(np.arange(7.0) * x[1]), nperseg=4)[1]) ** 2
    ),
    "defaults": lambda x: np.sum(reduced(np.outer(x, x)) ** 2) + np.sum(reduced(np.outer(x, x), 1) ** 2),
    "a default of two": lambda x: (
        np.sum(reduced(np.outer(x, x), keep=True) * x) + np.sum(reduced(np.outer(x, x), 1, True))
    ),
    "the least number": lambda x: np.sum(x * np.finfo(np.float32).eps) + np.sum(x * np.finfo(x.dtype).eps) + x[0] * EPS,
    "nothing in the middle": lambda x: middle(np.stack([x, x * x])) + middle(np.stack([x, x * x, x])),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives(name):
    f = PROGRAMS[name]
    value, _ = s2sad.value_and_grad(f)(X.copy())
    assert np.allclose(value, f(X.copy()), rtol=1e-7 if name == "one time" else 1e-12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        s2sad.check_grads(f, (X.copy(),))


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x: special.eval_legendre(x[0], 0.3), "its degree"),
        (lambda x: interpolate.make_interp_spline(x, np.arange(2.0), k=1)(0.5), "make_interp_spline"),
        (lambda x: np.sum(np.vectorize(lambda a: 1 if a > 0 else a)(x)), "of the kind of the first"),
        (lambda x: np.sum((MOVED * PLAIN)(x)), "domain and window"),
        (lambda x: integrate.solve_ivp(lambda t, y: 1j * y, (0.0, 1.0), x + 1j).y[0, -1].real, "real numbers"),
        (lambda x: integrate.odeint(lambda y, t: y, x * 1j, [0.0, 1.0])[-1, 0].real, "real numbers"),
    ],
)
def test_refused(f, message):
    with pytest.raises(s2sad.UnsupportedError, match=message):
        s2sad.grad(f)(X)


@pytest.mark.parametrize("times", [[0.5, 2.0], [-1.0, 0.5], [0.9, 0.5]])
def test_times_that_are_wrong(times):
    f = lambda a: np.sum(integrate.solve_ivp(lambda t, y: -a * y, (0.0, 1.0), [1.0], t_eval=times).y)  # noqa: E731
    with pytest.raises(ValueError, match="t_eval"):
        s2sad.grad(f)(0.7)


def test_the_number_of_dimensions_of_a_gamma_function():
    f = lambda a, x: special.multigammaln(0.5 * a, x)  # noqa: E731
    s2sad.check_grads(f, (7.3, 2), argnums=0)
    s2sad.check_grads(f, (7.3, 3), argnums=0)
