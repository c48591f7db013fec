"""Cases of scipy.interpolate, scipy.sparse and of statistics of samples; more of the other modules."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.rules.makers import Case, between, case, exactly, normal, number, regular

UNIT = between(0.2, 0.8, 3)
KNOTS = exactly(np.array([0.0, 0.7, 1.1, 2.0, 2.9]))
FIRST = {"dual": False, "second": False, "real": True}
INSIDE = between(0.1, 2.8, 2, 3)
ROWS = exactly(np.array([0, 2, 1, 1]))
COLUMNS = exactly(np.array([1, 0, 2, 2]))
LINES = {"d": normal(4), "j": COLUMNS, "p": exactly(np.array([0, 1, 3, 4]))}
SPACES = between(0.8, 1.0, 4)
AXES = {"k": KNOTS, "m": exactly(np.array([0.0, 0.6, 1.1, 2.0]))}
SIGNALS = normal(2, 9)
NEAR_ENDS = exactly(np.array([3.3, 4.4, 7.0]))

INTERPOLATE: dict[str, list[Case]] = {
    "interpolate.ppoly": [
        case("interpolate.PPoly(q, k)(t)", q=normal(3, 4), k=KNOTS, t=INSIDE),
        case("interpolate.PPoly([[1.0, 2.0], [0.5, -1.0], [0.3, 0.2]], [0.0, 1.0, 2.0])(t)", t=between(0.1, 1.9, 3)),
        case(
            "interpolate.PPoly(np.arange(8.0).reshape(2, 2, 2), [0.0, 1.0, 2.0])(t)", t=between(0.1, 1.9, 3), real=True
        ),
        case("interpolate.PPoly(q, k)(t, 1)", q=normal(4, 4), k=KNOTS, t=number(0.1, 2.5)),
        case("interpolate.PPoly(q, k)(t)", q=normal(3, 4, 3), k=KNOTS, t=number(0.1, 2.5)),
        case("interpolate.PPoly(q, x)(t, nu=2)", q=normal(4, 4, 2), x=KNOTS, t=between(0.1, 2.8, 3)),
        case("interpolate.PPoly(q, k, extrapolate='periodic')(t)", q=normal(3, 4), k=KNOTS, t=between(3.0, 5.0, 3)),
    ],
    "interpolate.cubic": [
        case("interpolate.CubicSpline(np.cumsum(x), y)(1.1)", x=between(0.4, 1.0, 3), y=normal(3)),
        case("interpolate.CubicSpline(k, y)(t)", k=KNOTS, y=normal(5), t=INSIDE),
        case("interpolate.CubicSpline(k, y).c", k=KNOTS, y=normal(5, 2), second=False),
        case("interpolate.CubicSpline(np.cumsum(x), y).c", x=between(0.4, 1.0, 5), y=normal(5)),
        case("interpolate.CubicSpline(np.cumsum(x), y, bc_type='natural').c", x=between(0.4, 1.0, 5), y=normal(5)),
        case(
            "interpolate.CubicSpline(np.cumsum(x), y, bc_type='clamped')(1.1, 1)", x=between(0.4, 1.0, 5), y=normal(5)
        ),
        case(
            "interpolate.CubicSpline(k, y, bc_type=((1, a), (2, b)))(1.3)", k=KNOTS, y=normal(5), a=number(), b=number()
        ),
        case("interpolate.CubicSpline(k, y).derivative()(t)", k=KNOTS, y=normal(5), t=number(0.2, 2.0)),
    ],
    "interpolate.pchip": [
        case("interpolate.PchipInterpolator(np.cumsum(x), y).c", x=between(0.4, 1.0, 5), y=normal(5)),
        case("interpolate.PchipInterpolator(k, np.cumsum(y))(t)", k=KNOTS, y=between(0.1, 1.0, 5), t=INSIDE),
        case("interpolate.PchipInterpolator(k, y).c", k=KNOTS, y=normal(5, 3)),
    ],
    "interpolate.akima": [
        case("interpolate.Akima1DInterpolator(np.cumsum(x), y).c", x=between(0.4, 1.0, 6), y=normal(6)),
        case("interpolate.Akima1DInterpolator(k, y, method='makima')(t)", k=KNOTS, y=normal(5), t=INSIDE),
    ],
    "interpolate.hermite": [
        case("interpolate.CubicHermiteSpline(np.cumsum(x), y, d).c", x=between(0.4, 1.0, 4), y=normal(4), d=normal(4)),
        case("interpolate.CubicHermiteSpline(k, y, d)(t)", k=KNOTS, y=normal(5, 2), d=normal(5, 2), t=UNIT),
    ],
    "interpolate.interp1d": [
        case(
            "interpolate.interp1d(np.cumsum(x), y)(t)", x=between(0.8, 1.0, 5), y=normal(5), t=between(1.1, 3.0, 2, 2)
        ),
        case("interpolate.interp1d(k, y, kind='cubic', fill_value='extrapolate')(t)", k=KNOTS, y=normal(5), t=INSIDE),
        case(
            "interpolate.interp1d(k, y, bounds_error=False, fill_value=(a, b))(t)",
            k=KNOTS,
            y=normal(5),
            a=number(),
            b=number(),
            t=between(-1.0, 4.0, 7),
        ),
        *(
            case(f"interpolate.interp1d(k, y, kind='{kind}')(t)", k=KNOTS, y=normal(5), t=INSIDE)
            for kind in ("nearest", "previous", "next")
        ),
        case("interpolate.interp1d([0.0, 0.7, 1.1, 2.0, 2.9], y, kind='quadratic')(t)", y=normal(5), t=INSIDE),
        case("interpolate.interp1d(k, y, axis=0)(t)", k=KNOTS, y=normal(5, 2), t=INSIDE),
        case("interpolate.interp1d(k, y)(t)", k=KNOTS, y=normal(2, 5), t=number(0.2, 2.0)),
        case("interpolate.interp1d(k, y, axis=1, kind='cubic')(t)", k=KNOTS, y=normal(2, 5, 2), t=UNIT),
    ],
    "interpolate.bspline": [
        case("np.nansum(interpolate.BSpline(np.arange(9.0), q, 3, extrapolate=False)(t))", q=normal(5), t=NEAR_ENDS),
        case("interpolate.BSpline(np.arange(9.0), q, 3)(t)", q=normal(5), t=between(3.1, 4.9, 2, 2)),
        case("interpolate.BSpline(np.arange(9.0), q, 3)(t, 1)", q=normal(5, 2), t=between(3.1, 4.9, 3)),
        case("interpolate.BSpline(np.arange(9.0), q, 3)(t)", q=normal(5), t=number(3.2, 4.5)),
        case("interpolate.BSpline(np.arange(9.0), q, 3)(t)", q=normal(5, 2), t=number(3.2, 4.5)),
    ],
    "interpolate.bspline_fit": [
        case("interpolate.make_interp_spline([0.0, 0.7, 1.1, 2.0, 2.9], y)(t)", y=normal(5), t=INSIDE),
        case("interpolate.make_interp_spline([0.0, 0.7, 1.1, 2.0, 2.9], y, k=1).c", y=normal(5, 2)),
    ],
    "interpolate.on_grid": [
        case("interpolate.RegularGridInterpolator((k, m), x)(t)", x=normal(5, 4), t=between(0.1, 1.8, 3, 2), **AXES),
        case("interpolate.RegularGridInterpolator((k, m), x)([[1.3, y]])", x=normal(5, 4, 2), y=number(), **AXES),
        case(
            "interpolate.RegularGridInterpolator((k, m), x, 'nearest')(t) * t[:, 0]",
            x=normal(5, 4),
            t=between(0.1, 1.8, 3, 2),
            **AXES,
        ),
        case(
            "interpolate.RegularGridInterpolator((k,), x, bounds_error=False, fill_value=0.0)(t)",
            x=normal(5),
            t=between(-1.0, 4.0, 6, 1),
            k=KNOTS,
        ),
        case(
            "interpolate.interpn((np.cumsum(g), m), x, (1.3, y))",
            g=between(0.8, 1.0, 4),
            x=normal(4, 4),
            y=number(),
            m=AXES["m"],
        ),
    ],
    "sparse.dot": [
        case("sparse.coo_array((d, (i, j)), shape=(3, 4)) @ x", d=normal(4), i=ROWS, j=COLUMNS, x=normal(4), real=True),
        case("sparse.csr_array((d, (i, j)), shape=(3, 4)) @ x", d=normal(4), i=ROWS, j=COLUMNS, x=normal(4, 2)),
        case(
            "x @ sparse.csc_array((d, (i, j)), shape=(3, 4))", d=normal(4), i=ROWS, j=COLUMNS, x=normal(2, 3), real=True
        ),
    ],
    "sparse.compressed_dot": [
        case("sparse.csr_matrix((d, j, p), shape=(3, 4)).T.dot(x)", x=normal(3), **LINES),
        case("sparse.csr_array((d, j, p), shape=(3, 4)) @ x", x=normal(4, 2), **LINES),
        case("x @ sparse.csc_array((d, j, p), shape=(4, 3))", x=normal(2, 4), real=True, **LINES),
    ],
}

STATISTICS: dict[str, list[Case]] = {
    "stats.zscore": [
        case("stats.zscore(x)", x=normal(4, 3)),
        case("stats.zscore(x, axis=None, ddof=1)", x=normal(2, 3)),
    ],
    "stats.gmean": [
        case("stats.gmean(x)", x=between(0.5, 2.0, 4)),
        case("stats.gmean(x, axis=1, weights=w)", x=between(0.5, 2.0, 2, 4), w=between(0.5, 2.0, 2, 4)),
    ],
    "stats.hmean": [case("stats.hmean(x, axis=1, keepdims=True)", x=between(0.5, 2.0, 2, 4))],
    "stats.skew": [case("stats.skew(x)", x=normal(5)), case("stats.skew(x, axis=1, bias=False)", x=normal(2, 5))],
    "stats.kurtosis": [
        case("stats.kurtosis(x)", x=normal(5)),
        case("stats.kurtosis(x, 1, False, False)", x=normal(2, 5)),
    ],
    "stats.sem": [case("stats.sem(x)", x=normal(5, 2)), case("stats.sem(x, axis=None, ddof=0)", x=normal(2, 3))],
    "stats.variation": [case("stats.variation(x, axis=1, ddof=1)", x=between(1.0, 2.0, 2, 4))],
    "stats.entropy": [
        case("stats.entropy(p)", p=UNIT),
        case("stats.entropy(p, q, base=b)", p=UNIT, q=UNIT, b=number(2.0, 3.0)),
        case("stats.entropy(p, axis=1)", p=between(0.2, 0.8, 2, 3)),
    ],
    "stats.multivariate_normal.logpdf": [
        case("stats.multivariate_normal.logpdf(x, m, q @ q.T + np.eye(3))", x=normal(3), m=normal(3), q=normal(3, 3)),
        case(
            "stats.multivariate_normal.logpdf(x, m, q @ q.T + np.eye(3))", x=normal(4, 3), m=normal(3), q=normal(3, 3)
        ),
    ],
    "stats.multivariate_normal.pdf": [
        case("stats.multivariate_normal.pdf(x, cov=q @ q.T + np.eye(2))", x=normal(2), q=normal(2, 2))
    ],
    "stats.dirichlet.logpdf": [
        case("stats.dirichlet.logpdf(x / np.sum(x), a)", x=UNIT, a=between(0.5, 2.0, 3), single=False)
    ],
    "stats.dirichlet.pdf": [
        case("stats.dirichlet.pdf(x / np.sum(x), a)", x=UNIT, a=between(0.5, 2.0, 3), single=False)
    ],
}

MORE: dict[str, list[Case]] = {
    "fft.fftfreq": [case("fft.fftfreq(5, x)", x=number(), real=True)],
    "fft.rfftfreq": [case("fft.rfftfreq(4, d=x)", x=number(), real=True)],
    "signal.convolve2d": [
        case("signal.convolve2d(x, y)", x=normal(4, 5), y=normal(2, 3)),
        case("signal.convolve2d(x, y, 'same')", x=normal(4, 5), y=normal(3, 3)),
    ],
    "signal.correlate2d": [case("signal.correlate2d(x, y, mode='valid')", x=normal(4, 5), y=normal(2, 3))],
    "signal.oaconvolve": [case("signal.oaconvolve(x, y)", x=normal(5), y=normal(3))],
    "signal.detrend": [case("signal.detrend(x)", x=SIGNALS), case("signal.detrend(x, 0, 'constant')", x=normal(4, 2))],
    "signal.savgol_filter": [
        case("signal.savgol_filter(x, 5, 2)", x=SIGNALS),
        case("signal.savgol_filter(x, 3, 1, axis=0, mode='nearest')", x=normal(6, 2)),
    ],
    "signal.resample": [
        case("signal.resample(x, 5)", x=normal(2, 7)),
        case("signal.resample(x, 4, axis=0)", x=normal(7)),
    ],
    "signal.filtfilt": [case("signal.filtfilt([1.0, 0.5], [1.0, -0.3], x, padlen=3)", x=SIGNALS)],
    "signal.hilbert": [case("signal.hilbert(x)", x=normal(2, 6)), case("signal.hilbert(x, axis=0)", x=normal(5, 2))],
    "ndimage.correlate1d": [
        case("ndimage.correlate1d(x, w)", x=normal(3, 5), w=normal(3)),
        case("ndimage.correlate1d(x, w, axis=0, mode='constant', cval=q)", x=normal(4, 3), w=normal(2), q=number()),
    ],
    "ndimage.convolve1d": [case("ndimage.convolve1d(x, w, mode='wrap')", x=normal(3, 5), w=normal(4))],
    "ndimage.uniform_filter1d": [case("ndimage.uniform_filter1d(x, 4, axis=0)", x=normal(5, 2))],
    "ndimage.uniform_filter": [
        case("ndimage.uniform_filter(x, 4)", x=normal(5, 6)),
        case("ndimage.uniform_filter(x, (3, 2), mode='mirror')", x=normal(4, 5)),
    ],
    "ndimage.sobel": [case("ndimage.sobel(x, axis=0)", x=normal(4, 5))],
    "ndimage.prewitt": [case("ndimage.prewitt(x)", x=normal(4, 5))],
    "ndimage.laplace": [case("ndimage.laplace(x, mode='nearest')", x=normal(4, 5))],
    "distance.squareform": [
        case("distance.squareform(x)", x=normal(6)),
        case("distance.squareform(distance.squareform(x))", x=normal(3)),
    ],
    "distance.mahalanobis": [case("distance.mahalanobis(x, y, v @ v.T)", x=normal(3), y=normal(3), v=regular(3, 3))],
    "distance.seuclidean": [case("distance.seuclidean(x, y, v)", x=normal(3), y=normal(3), v=UNIT)],
    "distance.jensenshannon": [
        case("distance.jensenshannon(p, q)", p=UNIT, q=UNIT),
        case("distance.jensenshannon(p, q, b)", p=UNIT, q=UNIT, b=number(2.0, 3.0)),
    ],
    "solve_banded": [
        case("linalg.solve_banded((1, 1), x, y)", x=between(1.0, 2.0, 3, 5), y=normal(5), real=True),
        case("linalg.solve_banded((0, 2), x, y)", x=between(1.0, 2.0, 3, 5), y=normal(5, 2)),
        case("linalg.solve_banded((2, 1), x, y)", x=between(1.0, 1.2, 4, 6), y=normal(6)),
    ],
    "linalg.circulant": [case("linalg.circulant(x)", x=normal(4))],
    "linalg.hankel": [case("linalg.hankel(x)", x=normal(4)), case("linalg.hankel(x, r=y)", x=normal(4), y=normal(3))],
    "linalg.khatri_rao": [case("linalg.khatri_rao(x, y)", x=normal(2, 3), y=normal(4, 3))],
    "linalg.solve_toeplitz": [
        case("linalg.solve_toeplitz(x + np.array([9.0, 0.0, 0.0]), y)", x=normal(3), y=normal(3), real=True)
    ],
    "linalg.solve_continuous_lyapunov": [
        case("linalg.solve_continuous_lyapunov(x, y)", x=regular(3, 3), y=normal(3, 3), real=True)
    ],
    "linalg.solve_discrete_lyapunov": [
        case("linalg.solve_discrete_lyapunov(0.1 * x, y)", x=regular(2, 2), y=normal(2, 2), real=True)
    ],
    "linalg.lstsq": [
        case("linalg.lstsq(x, y)[0]", x=normal(4, 2), y=normal(4)),
        case("linalg.lstsq(x, y)[0]", x=normal(2, 3), y=normal(2, 2)),
        case("linalg.lstsq(x, y)[1]", x=normal(5, 2), y=normal(5, 3)),
        case("linalg.lstsq(x, y)[3]", x=normal(5, 2), y=normal(5)),
    ],
}

DEGREES = "legendre chebyt chebyu hermite hermitenorm laguerre"
ORDERED = "jve yve ive kve struve modstruve"
OF_UNITS = "exp2 expm1 log1p cbrt sindg cosdg tandg cotdg"
OF_ELLIPTIC = {f: ("_ellipinc_by_m", f"_{f}") for f in ("ellipkinc_by_m", "ellipeinc_by_m")}
PASTED: Any = {f: {"helpers": names, "dual": False, "real": True} for f, names in OF_ELLIPTIC.items()}
OF_PAIRS = "ellipkinc ellipeinc owens_t powm1 inv_boxcox1p"
SPECIAL: dict[str, list[Case]] = {
    **{
        f"special.eval_{f}": [
            case(f"special.eval_{f}({n}, x)", x=between(-0.8, 0.8, 2, 3), real=True, dual=False) for n in (0, 1, 4)
        ]
        for f in DEGREES.split()
    },
    "special.eval_gegenbauer": [
        case(f"special.eval_gegenbauer({n}, 0.7, x)", x=UNIT, dual=False, real=True) for n in (0, 3)
    ],
    "special.eval_jacobi": [
        case(f"special.eval_jacobi({n}, 0.7, 1.3, x)", x=UNIT, dual=False, real=True) for n in (0, 3)
    ],
    "special.eval_genlaguerre": [
        case(f"special.eval_genlaguerre({n}, 0.5, x)", x=UNIT, dual=False, real=True) for n in (0, 3)
    ],
    **{f"special.{f}": [case(f"special.{f}(1.5, x)", x=UNIT, dual=False, real=True)] for f in ORDERED.split()},
    **{
        f"special.{f}": [case(f"special.{f}({n}, x)", x=UNIT, dual=False, real=True) for n in (0, 2)]
        for f in ("kn", "yn", "spherical_jn", "spherical_yn", "spherical_in", "spherical_kn")
    },
    **{f"special.{f}": [case(f"special.{f}(x)", x=UNIT, dual=False, real=True)] for f in OF_UNITS.split()},
    **{
        f"special.{f}": [
            case(f"special.{f}(x, y)", x=between(0.2, 0.8, 2, 3), y=UNIT, dual=False),
            case(f"special.{f}(x, 0.7) * special.{f}(0.6, x)", x=UNIT, dual=False),
        ]
        for f in OF_PAIRS.split()
    },
    **{
        f"special.{f}": [
            case(f"_{f}(x, y)", x=between(0.3, 4.0, 4), y=between(-0.5, 0.8, 4), **PASTED[f]),
            case(f"_{f}(x, y)", x=between(0.3, 4.0, 4), y=exactly(np.zeros(4)), second=False, **PASTED[f]),
        ]
        for f in OF_ELLIPTIC
    },
    "special.psi_rise": [
        case("_psi_rise(x, y)", x=between(0.3, 4.0, 4), y=number(), helpers=("_psi_rise",), dual=False, real=True),
        case("_psi_rise(x, y)", x=between(30.0, 40.0, 3), y=UNIT, helpers=("_psi_rise",), dual=False, real=True),
    ],
    **{
        f"special.{f}": [
            case(f"special.{f}(1.7, x)", x=UNIT, dual=False),
            case(f"special.{f}(y, x)", x=UNIT, y=between(1.2, 2.5, 3), **FIRST),
        ]
        for f in ("gammaincinv", "gammainccinv", "chdtr", "chdtrc")
    },
    "special.betaincinv": [
        case("special.betaincinv(1.7, 0.8, x)", x=UNIT, dual=False),
        case("special.betaincinv(y, z, x)", x=UNIT, y=between(1.2, 2.5, 3), z=number(1.2, 2.5), **FIRST),
    ],
    "special.ndtri_exp": [case("special.ndtri_exp(-x)", x=UNIT, dual=False)],
    **{
        f"special.{f}": [
            case(f"special.{f}(x, 1.4, y)", x=UNIT, y=UNIT, dual=False),
            case(f"special.{f}(x, z, y)", x=UNIT, y=UNIT, z=between(1.2, 2.5, 3), **FIRST),
        ]
        for f in ("gdtr", "gdtrc")
    },
    "special.pdtr": [case("special.pdtr(2, x)", x=UNIT, dual=False)],
    "special.pdtrc": [case("special.pdtrc(2, x)", x=UNIT, dual=False)],
    "special.comb": [
        case("special.comb(x, y)", x=between(3.0, 4.0, 3), y=between(0.4, 1.6, 2, 3), dual=False),
        case("special.comb(x, 2)", x=number(3.0, 4.0), dual=False),
    ],
    "special.perm": [case("special.perm(x, y)", x=between(3.0, 4.0, 3), y=between(0.4, 1.6, 2, 3), dual=False)],
    "special.lambertw": [
        case("special.lambertw(x)", x=UNIT, dual=False),
        case("special.lambertw(x, 1)", x=UNIT, dual=False),
    ],
    "special.multigammaln": [case("special.multigammaln(x, 3)", x=number(2.0, 3.0), dual=False)],
    **{
        f"special.{f}": [case(f"special.{f}(x)[0] * special.{f}(x)[1]", x=UNIT, dual=False)]
        for f in ("sici", "shichi", "fresnel")
    },
    "special.airy": [
        case("special.airy(x)[0] * special.airy(x)[1]", x=normal(3), dual=False),
        case("special.airy(x)[2] * special.airy(x)[3]", x=number(), dual=False),
    ],
}
