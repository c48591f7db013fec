"""Objects of libraries that were made before: splines, sparse matrices, distributions, polynomials.

They are read where they are globals, captured, attributes, or arguments, whose data are differentiated as well.
"""

import numpy as np
import pytest
from scipy import interpolate, sparse, stats

import s2sad

T = np.linspace(0.0, 1.0, 6)
CUBIC = interpolate.CubicSpline(T, np.sin(5.0 * T))
WIDE = interpolate.CubicSpline(T, np.stack([np.sin(5.0 * T), T**3], axis=1))
INSIDE = interpolate.PchipInterpolator(T, T**3, extrapolate=False)
BSPLINE = interpolate.make_interp_spline(T, np.cos(T))
LINES = interpolate.interp1d(T, T**2)
M = np.array([[1.0, 0.0, 2.0], [0.0, -3.0, 0.5], [0.0, 0.0, 1.5]])
CSR, CSC, COO = sparse.csr_matrix(M), sparse.csc_array(M), sparse.coo_array(M)
NORMAL, POISSON = stats.norm(0.3, scale=2.0), stats.poisson(3.0)
POLY, POWERS = np.poly1d([1.0, 2.0, 3.0]), np.polynomial.Polynomial([1.0, 2.0, 3.0])
X = np.array([0.23, 0.5, 0.71])


class Model:
    def __init__(self):
        self.spline = CUBIC
        self.matrix = CSR


MODEL = Model()


def closure():
    spline, matrix = interpolate.CubicSpline(T, np.cos(3.0 * T), bc_type="natural"), 2.0 * CSC

    def f(x):
        return np.sum(spline(x)) + np.sum((matrix @ x) ** 2)

    return f


PROGRAMS = {
    "a spline": lambda x: np.sum(CUBIC(x) ** 2),
    "its derivative at a number": lambda x: CUBIC(x[0], 1) + CUBIC.derivative()(x[1]),
    "its integral": lambda x: CUBIC.integrate(0.1, x[0]) * x[1],
    "its coefficients": lambda x: np.sum(CUBIC.c) * x[0],
    "several columns": lambda x: np.sum(WIDE(x) * x[:, None]) + WIDE(x[0])[1],
    "nothing outside": lambda x: np.nansum(INSIDE(4.0 * x - 1.1)),
    "a B-spline": lambda x: np.sum(BSPLINE(x) ** 2) + BSPLINE.derivative()(x[2]),
    "straight lines": lambda x: np.sum(LINES(x)),
    "rows": lambda x: np.sum((CSR @ x) ** 2) + np.sum(CSR.T @ x) + np.sum(x @ CSR) + CSR.dot(x)[0],
    "columns": lambda x: np.sum((CSC @ x) ** 2) + np.sum(CSC.T @ x) + np.sum(x @ CSC),
    "places": lambda x: np.sum((COO @ x) ** 2) + np.sum(COO.T @ x) + np.sum(x @ COO),
    "a dense one": lambda x: np.sum((CSR.toarray() @ x) ** 2) + COO.tocsc().toarray()[0, 2] * x[0],
    "several vectors": lambda x: np.sum((CSR @ np.outer(x, x)) ** 2) + np.sum(np.outer(x, x) @ CSC),
    "elements": lambda x: np.sum(CSR.data) * x[0],
    "a distribution": lambda x: np.sum(NORMAL.logpdf(x)) + NORMAL.cdf(x[0]) + POISSON.pmf(2) * x[1],
    "a polynomial": lambda x: np.sum(POLY(x)) + np.sum(POLY.deriv()(x)) + np.sum(POWERS(x)),
    "attributes": lambda x: np.sum((MODEL.spline(x) + MODEL.matrix @ x) ** 2),
    "captured ones": closure(),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives(name):
    f = PROGRAMS[name]
    value, _ = s2sad.value_and_grad(f)(X.copy())
    assert np.allclose(value, f(X), rtol=1e-14)
    s2sad.check_grads(f, (X,))


def of_arguments(x, spline, matrix, normal, poly):
    return np.sum((spline(x) + matrix @ x) ** 2) + np.sum(normal.logpdf(x)) * poly(x[0]) * poly.coeffs[1]


@pytest.mark.parametrize("matrix", [CSR, CSC, COO])
@pytest.mark.parametrize("wrt", range(5))
def test_arguments_have_gradients_of_their_data(wrt, matrix):
    s2sad.check_grads(of_arguments, (X, CUBIC, matrix, NORMAL, POLY), argnums=wrt)


def test_the_gradient_of_an_argument_has_its_fields():
    found = s2sad.grad(of_arguments, argnums=2)(X, CUBIC, CSR, NORMAL, POLY)
    rows = np.repeat(np.arange(3), np.diff(CSR.indptr))
    assert np.allclose(found["data"], (2.0 * (CUBIC(X) + CSR @ X))[rows] * X[CSR.indices])
    assert found["indices"] is None


def test_options_count_by_their_values():
    def f(x, spline):
        return np.nansum(spline(4.0 * x))

    slope = s2sad.grad(f)
    inside = interpolate.CubicSpline(T, T**3, extrapolate=False)
    whole = interpolate.CubicSpline(T, T**3)
    around = interpolate.CubicSpline(T, np.sin(2.0 * np.pi * T), bc_type="not-a-knot", extrapolate="periodic")
    for spline in (inside, whole, around, inside):
        assert np.allclose(slope(X, spline), np.nan_to_num(4.0 * spline(4.0 * X, 1)))


def test_a_matrix_of_another_shape_needs_no_new_code():
    slope = s2sad.grad(lambda x, matrix: np.sum((matrix @ x) ** 2))
    slope(X, CSR)
    wide = sparse.csr_matrix(np.arange(12.0).reshape(4, 3))
    assert np.allclose(slope(X, wide), 2.0 * wide.T @ (wide @ X))
    assert len(slope._variants) == 1


@pytest.mark.parametrize(
    "matrix", [sparse.dia_array(M), sparse.lil_array(M), sparse.bsr_array(M), sparse.dok_array(M)], ids=type
)
def test_other_formats_are_refused(matrix):
    with pytest.raises(s2sad.UnsupportedError, match=type(matrix).__name__):
        s2sad.grad(lambda x: np.sum(matrix @ x))(X)


GRID = interpolate.RegularGridInterpolator((T, np.array([0.0, 0.4, 1.0])), np.arange(18.0).reshape(6, 3) ** 2)


def test_values_on_a_grid():
    def f(x):
        return np.sum(GRID(np.stack([x, x**2], axis=1)) ** 2) + GRID((x[0], x[1])) * GRID([x[0], x[1]])[0]

    assert s2sad.value_and_grad(f)(X)[0] == pytest.approx(f(X), rel=1e-14)
    s2sad.check_grads(f, (X,))
    with pytest.raises(ValueError, match="out of bounds"):
        s2sad.grad(f)(X + 1.0)


NAMES = ("Polynomial", "Chebyshev", "Legendre", "Hermite", "HermiteE", "Laguerre")
SERIES = [getattr(np.polynomial, name) for name in NAMES]


@pytest.mark.parametrize("options", [{}, {"domain": [-2.0, 3.0]}, {"window": [0.5, 2.0]}], ids=str)
@pytest.mark.parametrize("cls", SERIES, ids=lambda cls: cls.__name__)
def test_series_of_polynomials(cls, options):
    out = cls([0.3, -0.2, 0.5], **options)

    def read(x, c):
        return np.sum(out(x) ** 2) + out.deriv(1)(x[0]) + (out * x[0] + 1.0)(x[1])

    def made(x, c):
        p = cls(c, **options)
        return p(x[0]) * p.deriv()(x[1])

    def combined(x, c):
        p, q = cls(c), cls(c[:2])
        r = 2.0 * p + q - 1.0
        r = 1.0 - (r - p / 3.0)
        return np.sum(r(x)) * r.deriv(2)(0.3)

    for f in (read, made, combined):
        args = (X, np.array([0.3, -0.2, 0.5, 0.7]))
        assert s2sad.value_and_grad(f)(*args)[0] == pytest.approx(f(*args), rel=1e-14)
        s2sad.check_grads(f, args)


def test_moments_and_quantiles_of_frozen_distributions():
    def f(x, k):
        d, e = stats.gamma(k, scale=x), stats.norm(x, k)
        return np.sum(d.mean() / d.std() + e.var() * NORMAL.mean() + e.mean() * d.ppf(0.3) * NORMAL.isf(x))

    assert s2sad.value_and_grad(f, argnums=(0, 1))(X, 1.3)[0] == pytest.approx(f(X, 1.3), rel=1e-14)
    s2sad.check_grads(f, (X, 1.3))
