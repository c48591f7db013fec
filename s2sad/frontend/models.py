"""Classes of NumPy and SciPy in Python: what their objects do where it has a derivative.

An object that differentiated code makes is one of the real class, with the attributes and methods that stand here; what
does not stand here is refused. The functions without a body are operations of the rule table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.frontend import collected, iteration, ordered, prelude, spectra, steps
from s2sad.frontend.prelude import fixed, operation

Array = Any


ppoly = operation("interpolate.ppoly")
cubic = operation("interpolate.cubic")
pchip = operation("interpolate.pchip")
akima = operation("interpolate.akima")
hermite = operation("interpolate.hermite")
interpolated = operation("interpolate.interp1d")
on_grid = operation("interpolate.on_grid")
bspline = operation("interpolate.bspline")
bspline_fit = operation("interpolate.bspline_fit")
bspline_knots = operation("interpolate.bspline_knots")
sparse_dot = operation("sparse.dot")
compressed_dot = operation("sparse.compressed_dot")
at_limit = operation("at_limit")
snapshot = operation("snapshot")


# --- splines ----------------------------------------------------------------------------------------------------------
class PPoly:
    """Coefficients of piecewise polynomials, the highest power first, and where the pieces begin and end."""

    def __init__(self, c: Array, x: Array, extrapolate: Any = None) -> None:
        self.c = c
        self.x = x
        self.axis = 0
        self.extrapolate = True if extrapolate is None else extrapolate

    def __call__(self, x: Array, nu: int = 0, extrapolate: Any = None) -> Array:
        outside = self.extrapolate if extrapolate is None else extrapolate
        return rows_at(ppoly(self.c, self.x, x, nu=nu, extrapolate=outside), x, self.axis)

    def derivative(self, nu: int = 1) -> Any:
        from scipy.interpolate import PPoly

        made = PPoly(differentiated(self.c, nu), self.x, self.extrapolate)
        made.axis = self.axis
        return made

    def antiderivative(self, nu: int = 1) -> Any:
        from scipy.interpolate import PPoly

        c = self.c
        for _ in range(nu):
            c = integrated(c, self.x)
        made = PPoly(c, self.x, False if self.extrapolate == "periodic" else self.extrapolate)
        made.axis = self.axis
        return made

    def integrate(self, a: Any, b: Any, extrapolate: Any = None) -> Array:
        whole = self.antiderivative()
        return whole(b, 0, extrapolate) - whole(a, 0, extrapolate)


def rows_at(made: Array, x: Array, axis: int) -> Array:
    """Return values at places, whose axes come first, with them where the axis of the samples was."""
    new = np.ndim(x)
    return np.moveaxis(made, tuple(range(new)), tuple(range(axis, axis + new))) if axis and new else made


def axis_of(axis: int, y: Array) -> int:
    """Return an axis counted from the front."""
    return axis if axis >= 0 else axis + np.ndim(y)


def differentiated(c: Array, nu: int) -> Array:
    """Return the coefficients of derivatives of piecewise polynomials."""
    if nu == 0:
        return c.copy()
    if nu >= len(c):
        return 0.0 * c[:1]
    powers = np.arange(len(c) - 1, nu - 1, -1)
    factor = powers
    for q in range(1, nu):
        factor = factor * (powers - q)
    return c[:-nu] * factor.reshape((-1,) + (1,) * (c.ndim - 1))


def integrated(c: Array, x: Array) -> Array:
    """Return the coefficients of integrals of piecewise polynomials from the first knot on."""
    wide = (1,) * (c.ndim - 1)
    parts = c / np.arange(len(c), 0, -1).reshape((-1, *wide))
    steps = np.diff(x).reshape((-1, *wide[1:]))
    whole = parts[0] * steps
    for i in range(1, len(c)):  # Horner's scheme
        whole = (whole + parts[i]) * steps
    before = np.concatenate([0.0 * whole[:1], np.cumsum(whole[:-1], axis=0)])
    return np.concatenate([parts, before[None]])


class Derivative:
    """The derivative of a B-spline, whose coefficients nobody asks for."""

    def __init__(self, spline: Any, nu: int) -> None:
        self.spline = spline
        self.nu = nu

    def __call__(self, x: Array, nu: int = 0, extrapolate: Any = None) -> Array:
        return self.spline(x, self.nu + nu, extrapolate)

    def derivative(self, nu: int = 1) -> Any:
        return Derivative(self.spline, self.nu + nu)


class CubicSpline(PPoly):
    def __init__(self, x: Array, y: Array, axis: int = 0, bc_type: Any = "not-a-knot", extrapolate: Any = None) -> None:
        self.axis = axis_of(axis, y)
        self.x = snapshot(x)
        self.c = cubic(self.x, np.moveaxis(y, self.axis, 0) if self.axis else y, bc_type=bc_type)
        self.extrapolate = True if extrapolate is None else extrapolate


class PchipInterpolator(PPoly):
    def __init__(self, x: Array, y: Array, axis: int = 0, extrapolate: Any = None) -> None:
        self.axis = axis_of(axis, y)
        self.x = snapshot(x)
        self.c = pchip(self.x, np.moveaxis(y, self.axis, 0) if self.axis else y)
        self.extrapolate = True if extrapolate is None else extrapolate


class Akima1DInterpolator(PPoly):
    def __init__(self, x: Array, y: Array, axis: int = 0, *, method: str = "akima", extrapolate: Any = None) -> None:
        self.axis = axis_of(axis, y)
        self.x = snapshot(x)
        self.c = akima(self.x, np.moveaxis(y, self.axis, 0) if self.axis else y, method=method)
        self.extrapolate = False if extrapolate is None else extrapolate


class CubicHermiteSpline(PPoly):
    def __init__(self, x: Array, y: Array, dydx: Array, axis: int = 0, extrapolate: Any = None) -> None:
        self.axis = axis_of(axis, y)
        values, slopes = (y, dydx) if self.axis == 0 else (np.moveaxis(y, axis, 0), np.moveaxis(dydx, axis, 0))
        self.x = snapshot(x)
        self.c = hermite(self.x, values, slopes)
        self.extrapolate = True if extrapolate is None else extrapolate


class BSpline:
    def __init__(self, t: Array, c: Array, k: int, extrapolate: Any = True) -> None:
        self.t = t
        self.c = snapshot(c)
        self.k = k
        self.extrapolate = extrapolate

    def __call__(self, x: Array, nu: int = 0, extrapolate: Any = None) -> Array:
        outside = self.extrapolate if extrapolate is None else extrapolate
        return bspline(self.t, self.c, x, k=self.k, nu=nu, extrapolate=outside)

    def derivative(self, nu: int = 1) -> Any:
        from scipy.interpolate import BSpline

        return Derivative(BSpline(snapshot(self.t), self.c, self.k, self.extrapolate), nu)


class Line(BSpline):
    """The coefficients are the values themselves, as they stand when it is called."""

    def __init__(self, t: Array, c: Array, k: int) -> None:
        self.t = t
        self.c = c
        self.k = k
        self.extrapolate = True


class interp1d:
    def __init__(
        self,
        x: Array,
        y: Array,
        kind: str = "linear",
        axis: int = -1,
        copy: bool = True,
        bounds_error: Any = None,
        fill_value: Any = None,
        assume_sorted: bool = False,
    ) -> None:
        if assume_sorted and not copy:
            raise NotImplementedError("interp1d is accepted with a copy of what it is given")
        self.x = snapshot(x)
        self.y = snapshot(y)
        self.axis = axis
        self._kind = kind
        self.bounds_error = bounds_error
        self.fill_value = fill_value

    def __call__(self, x: Array) -> Array:
        more = {"bounds_error": self.bounds_error, "fill_value": self.fill_value}
        if self.y.ndim == 1:
            return interpolated(self.x, self.y, x, kind=self._kind, **more)
        axis = axis_of(self.axis, self.y)
        return rows_at(interpolated(self.x, np.moveaxis(self.y, axis, 0), x, kind=self._kind, **more), x, axis)


class RegularGridInterpolator:
    """Values on a grid, between which it is straight lines, or the nearest."""

    def __init__(
        self,
        points: Any,
        values: Array,
        method: str = "linear",
        bounds_error: bool = True,
        fill_value: Any = np.nan,
        *,
        solver: Any = None,
        solver_args: Any = None,
    ) -> None:
        for axis in points:
            if axis[0] > axis[-1]:
                raise ValueError("a RegularGridInterpolator is accepted with axes in ascending order")
        self.grid = tuple(points)
        self.values = values
        self.method = method
        self.bounds_error = bounds_error
        self.fill_value = fill_value

    def __call__(self, xi: Any, method: Any = None) -> Array:
        places = places_of(xi)
        if places.ndim == 1 and len(self.grid) == 1 and not isinstance(xi, tuple):
            places = places[:, None]
        how = self.method if method is None else method
        if how not in ("linear", "nearest"):
            raise NotImplementedError("scipy.interpolate.RegularGridInterpolator is accepted for linear and nearest")
        more = {"bounds_error": self.bounds_error, "fill_value": self.fill_value}
        if places.ndim > 1:
            return on_grid(self.grid, self.values, places, method=how, **more)
        made = on_grid(self.grid, self.values, places[None], method=how, **more)
        return made[0] if isinstance(xi, tuple) else made


def places_of(xi: Any) -> Array:
    """Return places as rows, of a tuple of their coordinates too."""
    return np.stack(np.broadcast_arrays(*xi), axis=-1) if isinstance(xi, tuple) else np.asarray(xi)


def interpn(
    points: Any,
    values: Array,
    xi: Any,
    method: str = "linear",
    bounds_error: bool = True,
    fill_value: Any = np.nan,
) -> Array:
    """`scipy.interpolate.interpn`."""
    from scipy.interpolate import RegularGridInterpolator

    return RegularGridInterpolator(points, values, method, bounds_error, fill_value)(places_of(xi))


def make_interp_spline(x: Array, y: Array, k: int = 3) -> Any:
    """`scipy.interpolate.make_interp_spline`."""
    from scipy.interpolate import BSpline

    knots = bspline_knots(x, y, k=k)
    return Line(knots, np.asarray(y, dtype=float), k) if k < 2 else BSpline(knots, bspline_fit(x, y, k=k), k)


# --- sparse matrices --------------------------------------------------------------------------------------------------
SHAPE = "a sparse matrix is accepted where it is made of its elements, their places and its shape"


class Matrix:
    """Elements, their rows and their columns: what sparse matrices of all formats are here.

    Where a format puts the elements in another order its `data` is not theirs, and not to be had.
    """

    data: Array
    row: Array
    col: Array
    shape: Any

    def elements(self) -> Array:
        return self.data

    def rows(self) -> Array:
        return self.row

    def columns(self) -> Array:
        return self.col

    def __matmul__(self, x: Array) -> Array:
        return sparse_dot(self.elements(), self.rows(), self.columns(), x, m=self.shape[0], n=self.shape[1])

    def turned_times(self, x: Array) -> Array:
        return sparse_dot(self.elements(), self.columns(), self.rows(), x, m=self.shape[1], n=self.shape[0])

    def dot(self, x: Array) -> Array:
        return self @ x

    def __rmatmul__(self, x: Array) -> Array:
        return self.turned_times(x) if x.ndim == 1 else self.turned_times(x.T).T

    @property
    def T(self) -> Any:
        return of_places(self.elements(), self.columns(), self.rows(), (self.shape[1], self.shape[0]))

    def transpose(self) -> Any:
        return self.T

    def toarray(self) -> Array:
        made = np.zeros(self.shape, self.elements().dtype)
        np.add.at(made, (self.rows(), self.columns()), self.elements())
        return made

    def tocsr(self) -> Any:
        from scipy.sparse import csr_array

        return csr_array((self.elements(), (self.rows(), self.columns())), shape=self.shape)

    def tocsc(self) -> Any:
        from scipy.sparse import csc_array

        return csc_array((self.elements(), (self.rows(), self.columns())), shape=self.shape)

    def tocoo(self) -> Any:
        return of_places(snapshot(self.elements()), self.rows(), self.columns(), self.shape)


class Coo(Matrix):
    def __init__(self, arg1: Any, shape: Any = None) -> None:
        if shape is None or not isinstance(arg1, tuple):
            raise NotImplementedError(SHAPE)
        self.data, places = arg1
        self.row, self.col = places
        self.shape = shape

    def tocoo(self) -> Any:
        return self


class Compressed(Matrix):
    """The elements of each line one after the other, and the places in it; or places of both kinds, in any order."""

    indices: Array
    indptr: Array
    values: Array
    placed = False

    def __init__(self, arg1: Any, shape: Any = None) -> None:
        if shape is None or not isinstance(arg1, tuple):
            raise NotImplementedError(SHAPE)
        self.placed = len(arg1) == 2
        if self.placed:
            values, places = arg1
            self.values = snapshot(values)
            self.row, self.col = places
        else:
            self.data, self.indices, self.indptr = arg1
        self.shape = shape

    def elements(self) -> Array:
        return self.values if self.placed else self.data

    def lines(self) -> Array:
        return np.repeat(np.arange(len(self.indptr) - 1), np.diff(self.indptr))


class Csr(Compressed):
    def rows(self) -> Array:
        return self.row if self.placed else self.lines()

    def columns(self) -> Array:
        return self.col if self.placed else self.indices

    def __matmul__(self, x: Array) -> Array:
        m, n = self.shape
        if self.placed:
            return sparse_dot(self.values, self.row, self.col, x, m=m, n=n)
        return compressed_dot(self.data, self.indices, self.indptr, x, m=m, n=n, by="csr")

    def turned_times(self, x: Array) -> Array:
        m, n = self.shape
        if self.placed:
            return sparse_dot(self.values, self.col, self.row, x, m=n, n=m)
        return compressed_dot(self.data, self.indices, self.indptr, x, m=n, n=m, by="csc")

    def tocsr(self) -> Any:
        return self


class Csc(Compressed):
    def rows(self) -> Array:
        return self.row if self.placed else self.indices

    def columns(self) -> Array:
        return self.col if self.placed else self.lines()

    def __matmul__(self, x: Array) -> Array:
        m, n = self.shape
        if self.placed:
            return sparse_dot(self.values, self.row, self.col, x, m=m, n=n)
        return compressed_dot(self.data, self.indices, self.indptr, x, m=m, n=n, by="csc")

    def turned_times(self, x: Array) -> Array:
        m, n = self.shape
        if self.placed:
            return sparse_dot(self.values, self.col, self.row, x, m=n, n=m)
        return compressed_dot(self.data, self.indices, self.indptr, x, m=n, n=m, by="csr")

    def tocsc(self) -> Any:
        return self


def of_places(data: Array, row: Array, col: Array, shape: Any) -> Any:
    """Return the matrix of elements at places."""
    from scipy.sparse import coo_array

    return coo_array((data, (row, col)), shape=shape)


# --- distributions ----------------------------------------------------------------------------------------------------
class Frozen:
    """A distribution with its parameters."""

    def __init__(self, dist: Any, args: Any, kwds: Any) -> None:
        self.dist = dist
        self.args = args
        self.kwds = kwds

    def pdf(self, x: Array) -> Array:
        return self.dist.pdf(x, *self.args, **self.kwds)

    def logpdf(self, x: Array) -> Array:
        return self.dist.logpdf(x, *self.args, **self.kwds)

    def pmf(self, k: Array) -> Array:
        return self.dist.pmf(k, *self.args, **self.kwds)

    def logpmf(self, k: Array) -> Array:
        return self.dist.logpmf(k, *self.args, **self.kwds)

    def cdf(self, x: Array) -> Array:
        return self.dist.cdf(x, *self.args, **self.kwds)

    def logcdf(self, x: Array) -> Array:
        return self.dist.logcdf(x, *self.args, **self.kwds)

    def sf(self, x: Array) -> Array:
        return self.dist.sf(x, *self.args, **self.kwds)

    def logsf(self, x: Array) -> Array:
        return self.dist.logsf(x, *self.args, **self.kwds)

    def ppf(self, q: Array) -> Array:
        return self.dist.ppf(q, *self.args, **self.kwds)

    def isf(self, q: Array) -> Array:
        return self.dist.isf(q, *self.args, **self.kwds)

    def mean(self) -> Array:
        return self.dist.mean(*self.args, **self.kwds)

    def var(self) -> Array:
        return self.dist.var(*self.args, **self.kwds)

    def std(self) -> Array:
        return self.dist.std(*self.args, **self.kwds)


# --- polynomials ------------------------------------------------------------------------------------------------------
class poly1d:
    """Coefficients, that of the highest power first."""

    def __init__(self, c_or_r: Array, r: bool = False) -> None:
        given = np.atleast_1d(c_or_r)
        self.coeffs = np.poly(given) if r else given[leading_zeros(given) :]

    def __call__(self, val: Array) -> Array:
        return np.polyval(self.coeffs, val)

    @property
    def c(self) -> Array:
        return self.coeffs

    @property
    def order(self) -> int:
        return len(self.coeffs) - 1

    @property
    def roots(self) -> Array:
        return np.roots(self.coeffs)

    def deriv(self, m: int = 1) -> Any:
        return np.poly1d(np.polyder(self.coeffs, m))

    def integ(self, m: int = 1) -> Any:
        return np.poly1d(np.polyint(self.coeffs, m))

    def __neg__(self) -> Any:
        return np.poly1d(-self.coeffs)

    def __add__(self, other: Any) -> Any:
        return np.poly1d(np.polyadd(self.coeffs, _high_first(other)))

    def __radd__(self, other: Any) -> Any:
        return np.poly1d(np.polyadd(self.coeffs, _high_first(other)))

    def __sub__(self, other: Any) -> Any:
        return np.poly1d(np.polysub(self.coeffs, _high_first(other)))

    def __rsub__(self, other: Any) -> Any:
        return np.poly1d(np.polysub(_high_first(other), self.coeffs))

    def __mul__(self, other: Any) -> Any:
        return np.poly1d(np.polymul(self.coeffs, _high_first(other)))

    def __rmul__(self, other: Any) -> Any:
        return np.poly1d(np.polymul(self.coeffs, _high_first(other)))

    def __truediv__(self, other: Any) -> Any:
        return np.poly1d(self.coeffs / other)

    def __len__(self) -> int:
        return len(self.coeffs) - 1

    def __getitem__(self, power: int) -> Any:
        if power < 0 or power >= len(self.coeffs):
            return 0.0
        return self.coeffs[len(self.coeffs) - 1 - power]


def leading_zeros(c: Array) -> int:
    """Return how many coefficients before the first that counts are 0; the last one counts anyway."""
    return np.argmax(np.append(c[:-1] != 0.0, True))  # type: ignore[return-value]


def _high_first(other: Any) -> Array:
    return other.coeffs if isinstance(other, np.poly1d) else np.atleast_1d(other)


class Polynomial:
    """Coefficients, that of the constant first; domain and window where they are not the usual ones."""

    domain: Any = False
    window: Any = False
    low = -1.0  # where the usual domain begins
    value = staticmethod(np.polynomial.polynomial.polyval)
    slope = staticmethod(np.polynomial.polynomial.polyder)
    plus = staticmethod(np.polynomial.polynomial.polyadd)
    minus = staticmethod(np.polynomial.polynomial.polysub)

    def __init__(self, coef: Array, domain: Any = None, window: Any = None) -> None:
        self.coef = snapshot(np.atleast_1d(coef))
        if domain is not None or window is not None:
            self.domain = np.array([self.low, 1.0]) if domain is None else np.array(domain, dtype=float)
            self.window = np.array([self.low, 1.0]) if window is None else np.array(window, dtype=float)

    def __call__(self, arg: Array) -> Array:
        if isinstance(arg, np.ndarray) and arg.dtype == np.float32:  # NumPy maps it from a domain to itself
            arg = arg.astype(np.float64)
        if isinstance(self.domain, bool):
            return self.value(arg, self.coef)
        return self.value(mapped(arg, self.domain, self.window), self.coef)

    def deriv(self, m: int = 1) -> Any:
        coef = self.coef
        scale = (
            1.0
            if isinstance(self.domain, bool)
            else (self.window[1] - self.window[0]) / (self.domain[1] - self.domain[0])
        )
        for _ in range(m):
            coef = self.slope(coef)
            if not isinstance(self.domain, bool):
                coef = coef * scale
        return self.there(coef)

    def there(self, coef: Array) -> Any:
        """Return the polynomial of other coefficients with this domain and window."""
        made = self.made(coef)
        if not isinstance(self.domain, bool):
            made.domain, made.window = self.domain, self.window
        return made

    def degree(self) -> int:
        return len(self.coef) - 1

    def made(self, coef: Array) -> Any:
        return np.polynomial.Polynomial(coef)

    def times(self, coef: Array) -> Array:
        return np.polynomial.polynomial.polymul(self.coef, coef)

    def alike(self, other: Any) -> Array:
        """Return the coefficients of the other operand."""
        if not isinstance(other, SERIES):
            return np.atleast_1d(other)
        domain: Any = other.domain
        if not isinstance(self.domain, bool) or not isinstance(domain, bool):
            raise NotImplementedError("arithmetic of polynomials is accepted with the usual domain and window")
        return other.coef

    def __neg__(self) -> Any:
        return self.there(-self.coef)

    def __add__(self, other: Any) -> Any:
        return self.there(self.plus(self.coef, self.alike(other)))

    def __radd__(self, other: Any) -> Any:
        return self.there(self.plus(self.coef, self.alike(other)))

    def __sub__(self, other: Any) -> Any:
        return self.there(self.minus(self.coef, self.alike(other)))

    def __rsub__(self, other: Any) -> Any:
        return self.there(-self.minus(self.coef, self.alike(other)))

    def __mul__(self, other: Any) -> Any:
        return self.there(self.times(self.alike(other)))

    def __rmul__(self, other: Any) -> Any:
        return self.there(self.times(self.alike(other)))

    def __truediv__(self, other: Any) -> Any:
        return self.there(self.coef / other)


class Scaled(Polynomial):
    """Series whose products are again longer series: those by numbers are accepted."""

    def times(self, coef: Array) -> Array:
        if len(coef) != 1:
            raise NotImplementedError("a product of two series of orthogonal polynomials has no derivative")
        return self.coef * coef[0]


class Chebyshev(Scaled):
    value = staticmethod(np.polynomial.chebyshev.chebval)
    slope = staticmethod(np.polynomial.chebyshev.chebder)
    plus = staticmethod(np.polynomial.chebyshev.chebadd)
    minus = staticmethod(np.polynomial.chebyshev.chebsub)

    def made(self, coef: Array) -> Any:
        return np.polynomial.Chebyshev(coef)


class Legendre(Scaled):
    value = staticmethod(np.polynomial.legendre.legval)
    slope = staticmethod(np.polynomial.legendre.legder)
    plus = staticmethod(np.polynomial.legendre.legadd)
    minus = staticmethod(np.polynomial.legendre.legsub)

    def made(self, coef: Array) -> Any:
        return np.polynomial.Legendre(coef)


class Hermite(Scaled):
    value = staticmethod(np.polynomial.hermite.hermval)
    slope = staticmethod(np.polynomial.hermite.hermder)
    plus = staticmethod(np.polynomial.hermite.hermadd)
    minus = staticmethod(np.polynomial.hermite.hermsub)

    def made(self, coef: Array) -> Any:
        return np.polynomial.Hermite(coef)


class HermiteE(Scaled):
    value = staticmethod(np.polynomial.hermite_e.hermeval)
    slope = staticmethod(np.polynomial.hermite_e.hermeder)
    plus = staticmethod(np.polynomial.hermite_e.hermeadd)
    minus = staticmethod(np.polynomial.hermite_e.hermesub)

    def made(self, coef: Array) -> Any:
        return np.polynomial.HermiteE(coef)


class Laguerre(Scaled):
    low = 0.0
    value = staticmethod(np.polynomial.laguerre.lagval)
    slope = staticmethod(np.polynomial.laguerre.lagder)
    plus = staticmethod(np.polynomial.laguerre.lagadd)
    minus = staticmethod(np.polynomial.laguerre.lagsub)

    def made(self, coef: Array) -> Any:
        return np.polynomial.Laguerre(coef)


SERIES = (
    np.polynomial.Polynomial,
    np.polynomial.Chebyshev,
    np.polynomial.Legendre,
    np.polynomial.Hermite,
    np.polynomial.HermiteE,
    np.polynomial.Laguerre,
)


def mapped(x: Array, domain: Array, window: Array) -> Array:
    """Return places of a domain in the window: a straight line."""
    width = domain[1] - domain[0]
    offset = (domain[1] * window[0] - domain[0] * window[1]) / width
    return offset + (window[1] - window[0]) / width * x


# --- integrals of functions -------------------------------------------------------------------------------------------
def gauss(func: Callable[..., Any], low: Any, width: Any, args: Any, nodes: Array, weights: Array) -> Any:
    """The sum of a rule."""
    total = 0.0 * nodes[0]
    for i in range(len(nodes)):
        total = total + 0.5 * weights[i] * func(low + 0.5 * (1.0 + nodes[i]) * width, *args)
    return total * width


def adaptive(func: Callable[..., Any], a: Any, b: Any, args: Any, epsabs: float, epsrel: float) -> Any:
    """Panels from left to right: halved until rules of 21 and of 10 points agree, then doubled where they may be."""
    nodes, weights = np.polynomial.legendre.leggauss(21)
    few, shares = np.polynomial.legendre.leggauss(10)
    total, error = 0.0 * nodes[0], 0.0 * nodes[0]
    low, width = 0.0, 1.0
    while low < 1.0:
        start, step = a + low * (b - a), width * (b - a)
        fine = gauss(func, start, step, args, nodes, weights)
        rough = gauss(func, start, step, args, few, shares)
        if abs(fine - rough) > epsabs * width + epsrel * abs(fine) and width > 1e-12:
            width = 0.5 * width
        else:
            total = total + fine
            error = error + abs(fine - rough)
            low = low + width
            while width < 1.0 and low % (2.0 * width) == 0.0:
                width = 2.0 * width
    return total, error


def in_pieces(func: Callable[..., Any], a: Any, b: Any, points: Array, args: Any, epsabs: float, epsrel: float) -> Any:
    """The sum of the integrals between places at which the function may break."""
    total, error, low = 0.0 * a, 0.0 * a, a
    for i in range(len(points)):
        part, more = adaptive(func, low, points[i], args, epsabs, epsrel)
        total, error, low = total + part, error + more, points[i]
    part, more = adaptive(func, low, b, args, epsabs, epsrel)
    return total + part, error + more


def quad(
    func: Callable[..., Any],
    a: Any,
    b: Any,
    args: Any = None,
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
    limit: int = 50,
    points: Any = None,
    moves: tuple[bool, bool] = (True, True),
) -> Any:
    """`scipy.integrate.quad`: the sum is differentiated by what the function reads.

    By the limits as Leibniz says, f(b) and -f(a): places that moved with them would pass a jump of the function.
    """
    if (moves[0] or moves[1]) and not np.isfinite(b - a):
        raise ValueError(INFINITY)
    low, high = fixed(a) if moves[0] else a, fixed(b) if moves[1] else b
    if points is None:
        total, error = adaptive(func, low, high, arguments(args), epsabs, epsrel)
    else:
        total, error = in_pieces(func, low, high, np.asarray(points), arguments(args), epsabs, epsrel)
    if moves[0]:
        total = at_limit(total, a, -func(a, *arguments(args)))
    if moves[1]:
        total = at_limit(total, b, func(b, *arguments(args)))
    return total, error


def arguments(args: Any) -> Any:
    """Return the arguments that a function is given beside the place."""
    return () if args is None else args if isinstance(args, tuple) else (args,)


def quad_upwards(
    func: Callable[..., Any],
    a: Any,
    b: Any,
    args: Any = None,
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
    limit: int = 50,
    moves: tuple[bool, bool] = (True, True),
) -> Any:
    """From a on, with x = a + t / (1 - t)."""
    more, low = arguments(args), fixed(a) if moves[0] else a
    moved = lambda t: func(low + t / (1.0 - t), *more) / ((1.0 - t) * (1.0 - t))  # noqa: E731
    total, error = adaptive(moved, 0.0, 1.0, (), epsabs, epsrel)
    return at_limit(total, a, -func(a, *more)) if moves[0] else total, error


def quad_downwards(
    func: Callable[..., Any],
    a: Any,
    b: Any,
    args: Any = None,
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
    limit: int = 50,
    moves: tuple[bool, bool] = (True, True),
) -> Any:
    """Up to b, with x = b - t / (1 - t)."""
    more, high = arguments(args), fixed(b) if moves[1] else b
    moved = lambda t: func(high - t / (1.0 - t), *more) / ((1.0 - t) * (1.0 - t))  # noqa: E731
    total, error = adaptive(moved, 0.0, 1.0, (), epsabs, epsrel)
    return at_limit(total, b, func(b, *more)) if moves[1] else total, error


def quad_everywhere(
    func: Callable[..., Any],
    a: Any,
    b: Any,
    args: Any = None,
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
    limit: int = 50,
    moves: tuple[bool, bool] = (False, False),
) -> Any:
    """Both ways from 0."""
    left, first = quad_downwards(func, a, 0.0, args, epsabs, epsrel, limit, moves)
    right, second = quad_upwards(func, 0.0, b, args, epsabs, epsrel, limit, moves)
    return left + right, first + second


INFINITY = "an infinite limit of scipy.integrate.quad is accepted where it is written as np.inf in the call"
INFINITE = {(False, False): quad, (False, True): quad_upwards, (True, False): quad_downwards}
INFINITE[True, True] = quad_everywhere


def fixed_quad(func: Callable[..., Any], a: Any, b: Any, args: Any = None, n: int = 5) -> Any:
    """`scipy.integrate.fixed_quad`: the function is given all places at once."""
    more = () if args is None else args
    nodes, weights = np.polynomial.legendre.leggauss(n)
    places = 0.5 * (b - a) * (nodes + 1.0) + a
    return 0.5 * (b - a) * np.sum(weights * func(places, *more), axis=-1), None


def simpson(y: Array, x: Array, dx: float = 1.0, axis: int = -1) -> Array:
    """`scipy.integrate.simpson`: parabolas through three samples, at the end through the last three.

    The end is that of K. Cartwright, Simpson's rule cumulative integration with MS Excel and irregularly-spaced data,
    J. Math. Sci. Math. Educ. 12 (2017).
    """
    y = np.moveaxis(y, axis, -1)
    h = np.diff(np.moveaxis(x, axis, -1) if np.ndim(x) > 1 else x)
    n = y.shape[-1]
    if n == 2:
        return 0.5 * h[..., 0] * (y[..., 0] + y[..., 1])
    stop = n - 1 + n % 2  # an odd number of samples, or all but one
    h0, h1 = h[..., 0 : stop - 1 : 2], h[..., 1 : stop - 1 : 2]
    y0, y1, y2 = y[..., 0 : stop - 2 : 2], y[..., 1 : stop - 1 : 2], y[..., 2:stop:2]
    both = h0 + h1
    total = np.sum(both / 6.0 * (y0 * (2.0 - h1 / h0) + y1 * both * both / (h0 * h1) + y2 * (2.0 - h0 / h1)), axis=-1)
    if n % 2 == 0:
        before, last = h[..., -2], h[..., -1]
        both_last = before + last
        total = total + y[..., -1] * last * (2.0 * last + 3.0 * before) / (6.0 * both_last)
        total = total + y[..., -2] * last * (last + 3.0 * before) / (6.0 * before)
        total = total - y[..., -3] * last**3 / (6.0 * before * both_last)
    return total


# --- densities from samples -------------------------------------------------------------------------------------------
class gaussian_kde:
    """`scipy.stats.gaussian_kde`: a normal density about each sample (D. Scott, Multivariate Density Estimation)."""

    def __init__(self, dataset: Array, bw_method: Any = None, weights: Any = None) -> None:
        self.dataset = np.atleast_2d(np.asarray(dataset))
        self.d, self.n = self.dataset.shape
        self.weights = np.full(self.n, 1.0 / self.n) if weights is None else np.asarray(weights) / np.sum(weights)
        self.neff = 1.0 / np.sum(self.weights**2)
        if bw_method is None or bw_method == "scott":
            self.factor = self.neff ** (-1.0 / (self.d + 4))
        elif bw_method == "silverman":
            self.factor = (self.neff * (self.d + 2.0) / 4.0) ** (-1.0 / (self.d + 4))
        else:
            self.factor = bw_method
        self.covariance = np.atleast_2d(np.cov(self.dataset, aweights=self.weights)) * self.factor**2
        self.cho_cov = np.linalg.cholesky(self.covariance)

    def logpdf(self, x: Array) -> Array:
        from scipy.special import logsumexp

        d = self.dataset.shape[0]
        points = np.asarray(x).reshape(d, -1)  # a vector is one point of several dimensions, or several of one
        here, there = np.linalg.solve(self.cho_cov, points), np.linalg.solve(self.cho_cov, self.dataset)
        energy = 0.5 * np.sum((there[:, :, None] - here[:, None, :]) ** 2, axis=0)
        scale = np.sum(np.log(np.diag(self.cho_cov))) + 0.5 * d * np.log(2.0 * np.pi)
        return logsumexp(np.log(self.weights)[:, None] - energy, axis=0) - scale

    def evaluate(self, points: Array) -> Array:
        return np.exp(self.logpdf(points))

    def pdf(self, x: Array) -> Array:
        return np.exp(self.logpdf(x))

    def __call__(self, points: Array) -> Array:
        return np.exp(self.logpdf(points))


# --- filters ----------------------------------------------------------------------------------------------------------
def sosfilt(sos: Array, x: Array, axis: int = -1, zi: Any = None) -> Any:
    """`scipy.signal.sosfilt`: one section after the other."""
    from scipy.signal import lfilter

    if zi is None:
        for section in sos:
            x = lfilter(section[:3], section[3:], x, axis)
        return x
    left = []
    for section, state in zip(sos, zi, strict=True):
        x, state = lfilter(section[:3], section[3:], x, axis, state)
        left.append(state)
    return x, np.array(left)


def lfilter_zi(b: Array, a: Array) -> Array:
    """`scipy.signal.lfilter_zi`: what stands in the delays when a filter has been given ones for ever."""
    b, a = np.asarray(b) / a[0], np.asarray(a) / a[0]
    n = max(len(a), len(b))
    a = np.concatenate([a, np.zeros(n - len(a), a.dtype)])
    b = np.concatenate([b, np.zeros(n - len(b), b.dtype)])
    rest = b[1:] - a[1:] * b[0]
    return np.cumsum(a)[:-1] * np.sum(rest) / np.sum(a) - (np.cumsum(rest) - rest)


def filtfilt(
    b: Array,
    a: Array,
    x: Array,
    axis: int = -1,
    padtype: Any = "odd",
    padlen: Any = None,
    method: str = "pad",
    irlen: Any = None,
) -> Array:
    """`scipy.signal.filtfilt`: forwards and backwards, from where each end would have settled."""
    from scipy.signal import lfilter

    x = np.moveaxis(x, axis, -1)
    edge = 0 if padtype is None else 3 * max(len(a), len(b)) if padlen is None else padlen
    if edge > 0:
        x = extended(x, edge, padtype)
    settled = lfilter_zi(b, a)
    y, _ = lfilter(b, a, x, zi=settled * x[..., :1])
    y, _ = lfilter(b, a, y[..., ::-1], zi=settled * y[..., -1:])
    y = y[..., ::-1]
    return np.moveaxis(y[..., edge : y.shape[-1] - edge], -1, axis)


def extended(x: Array, edge: int, kind: str) -> Array:
    """Return signals with more at both ends."""
    left, right = x[..., edge:0:-1], x[..., -2 : -(edge + 2) : -1]
    if kind == "odd":
        left, right = 2.0 * x[..., :1] - left, 2.0 * x[..., -1:] - right
    if kind == "constant":
        left, right = np.repeat(x[..., :1], edge, axis=-1), np.repeat(x[..., -1:], edge, axis=-1)
    return np.concatenate([left, x, right], axis=-1)


# --- which class is which ---------------------------------------------------------------------------------------------
MODELS: dict[str, type] = {
    "builtins:dict": collected.dictionary,
    "contextlib:ExitStack": collected.ExitStack,
    **{f"collections:{cls.__name__}": cls for cls in collected.OF_COLLECTIONS},
    "numpy:poly1d": poly1d,
    **{
        f"numpy.polynomial:{cls.__name__}": cls
        for cls in (Polynomial, Chebyshev, Legendre, Hermite, HermiteE, Laguerre)
    },
    **{f"scipy.interpolate:{cls.__name__}": cls for cls in (PPoly, CubicSpline, PchipInterpolator, BSpline, interp1d)},
    **{f"scipy.interpolate:{cls.__name__}": cls for cls in (Akima1DInterpolator, CubicHermiteSpline)},
    **{
        f"scipy.sparse:{name}_{kind}": model
        for kind in ("array", "matrix")
        for name, model in (("coo", Coo), ("csr", Csr), ("csc", Csc))
    },
    "scipy.integrate._ivp.ivp:OdeResult": steps.Solution,
    "scipy.interpolate:RegularGridInterpolator": RegularGridInterpolator,
    "scipy.stats._kde:gaussian_kde": gaussian_kde,
    "scipy.stats:rv_continuous_frozen": Frozen,
    "scipy.stats:rv_discrete_frozen": Frozen,
}
FUNCTIONS = {
    "scipy.interpolate:interpn": interpn,
    "scipy.interpolate:make_interp_spline": make_interp_spline,
    "scipy.integrate:quad": quad,
    "scipy.integrate:fixed_quad": fixed_quad,
    "scipy.integrate:odeint": steps.odeint,
    "scipy.integrate:solve_ivp": steps.solve_ivp,
    "scipy.signal:lfilter_zi": lfilter_zi,
    "scipy.signal:stft": spectra.stft,
    "scipy.signal:istft": spectra.istft,
    "scipy.signal:csd": spectra.csd,
    "scipy.signal:welch": spectra.welch,
    "scipy.signal:periodogram": spectra.periodogram,
}
MAKING: set[Any] = {interpn, make_interp_spline, steps.solve_ivp}  # what they make is no value: they are inlined
FOLLOWED = {  # by operation
    "integrate.simpson": simpson,
    "signal.sosfilt": sosfilt,
    "signal.sosfilt_from": sosfilt,
    "signal.filtfilt": filtfilt,
}
HIDDEN = {"scipy.stats": "scipy.stats._distn_infrastructure"}  # where a class is found that the module does not show


def model_of(object_: Any) -> Any:
    """Return what a class or function of NumPy or SciPy is in Python; None if it is not written here."""
    name = getattr(object_, "__name__", None)
    root = (getattr(object_, "__module__", None) or "").partition(".")[0]
    if root not in ("numpy", "scipy", "contextlib", "collections", "builtins") or not isinstance(name, str):
        return None
    for table in (MODELS, FUNCTIONS):
        for place, model in table.items():
            module, _, known = place.partition(":")
            if known == name and getattr(sys.modules.get(HIDDEN.get(module, module)), name, None) is object_:
                return model
    return None


def is_ours(file: str) -> bool:
    """Return whether a file holds functions or classes of a library in Python: no place in it is the user's."""
    return file in (
        __file__,
        collected.__file__,
        iteration.__file__,
        ordered.__file__,
        prelude.__file__,
        spectra.__file__,
        steps.__file__,
    )


def behind(cls: Any) -> Any:
    """Return the class whose methods are followed: the model of a library's class, or a user's class itself."""
    return model_of(cls) or cls
