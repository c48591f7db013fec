"""Cases of the functions of NumPy that are composed of others, by family."""

from __future__ import annotations

import numpy as np

from tests.rules.makers import Case, between, case, exactly, normal, number

KNOTS = exactly(np.array([-1.0, 0.2, 0.7, 1.5, 2.0]))

CALCULUS: dict[str, list[Case]] = {
    "ptp": [
        case("np.ptp(x)", x=normal(3, 4)),
        case("np.ptp(x, axis=1)", x=normal(3, 4)),
        case("np.ptp(x, axis=(0, -1), keepdims=True)", x=normal(3, 2, 4)),
    ],
    "average": [
        case("np.average(x)", x=normal(3, 4)),
        case("np.average(x, 0)", x=normal(3, 4)),
        case("np.average(x, weights=w)", x=normal(3, 4), w=between(0.5, 2.0, 3, 4)),
        case("np.average(x, 1, w)", x=normal(3, 4), w=between(0.5, 2.0, 4)),
        case("np.average(x, axis=0, weights=w, keepdims=True)", x=normal(3, 4), w=between(0.5, 2.0, 3, 4)),
    ],
    "diff": [
        case("np.diff(x)", x=normal(5)),
        case("np.diff(x, 2)", x=normal(3, 5)),
        case("np.diff(x, axis=0)", x=normal(3, 5)),
        case("np.diff(x, prepend=y, append=0.0)", x=normal(2, 3), y=number()),
        case("np.diff(x, axis=0, append=y)", x=normal(2, 3), y=normal(2, 3)),
        case("np.diff(x)", x=normal(1)),
    ],
    "ediff1d": [
        case("np.ediff1d(x)", x=normal(2, 3)),
        case("np.ediff1d(x, to_begin=y, to_end=np.array([1.0, 2.0]))", x=normal(4), y=number()),
    ],
    "trapezoid": [
        case("np.trapezoid(y)", y=normal(5)),
        case("np.trapezoid(y, dx=d)", y=normal(2, 5), d=number()),
        case("np.trapezoid(y, x)", y=normal(2, 5), x=normal(5)),
        case("np.trapezoid(y, x=x, axis=0)", y=normal(4, 3), x=normal(4)),
        case("np.trapezoid(y, x, axis=1)", y=normal(2, 4, 3), x=normal(2, 4, 3)),
    ],
    "interp": [
        case("np.interp(x, xp, fp)", x=between(-0.9, 1.9, 2, 3), xp=KNOTS, fp=normal(5)),
        case("np.interp(x, xp, fp)", x=between(-3.0, 4.0, 7), xp=KNOTS, fp=normal(5)),
        case(
            "np.interp(x, xp, fp, left=a, right=b)",
            x=between(-3, 4.0, 9),
            xp=KNOTS,
            fp=normal(5),
            a=number(),
            b=number(),
        ),
        case("np.interp(x, xp, fp)", x=number(0.3, 0.6), xp=KNOTS, fp=normal(5)),
        case("np.interp(x, xp, fp, period=3.5)", x=between(-5.0, 5.0, 6), xp=KNOTS, fp=normal(5)),
    ],
    "convolve": [
        case("np.convolve(x, y)", x=normal(5), y=normal(3)),
        case("np.convolve(x, y, 'same')", x=normal(5), y=normal(4)),
        case("np.convolve(x, y, mode='same')", x=normal(3), y=normal(6)),
        case("np.convolve(x, y, 'valid')", x=normal(5), y=normal(3)),
        case("np.convolve(x, y, 'valid')", x=normal(2), y=normal(4)),
    ],
    "convolve_full": [case("np.convolve(x, y, 'full')", x=normal(5), y=normal(2))],
    "correlate": [
        case("np.correlate(x, y)", x=normal(5), y=normal(3)),
        case("np.correlate(x, y, 'full')", x=normal(2), y=normal(3)),
        case("np.correlate(x, y, 'same')", x=normal(6), y=normal(3)),
        case("np.correlate(x, y, 'same')", x=normal(5), y=normal(4)),
    ],
}

WITH_NAN = exactly(np.array([[0.3, np.nan, -1.2, 0.8], [np.nan, 2.1, 0.4, np.nan], [0.7, -0.1, 1.3, 0.2]]))

ORDER: dict[str, list[Case]] = {
    "partition": [
        case("np.partition(x, 2)", x=normal(5)),
        case("np.partition(x, 1, axis=0) * x", x=normal(4, 3)),
        case("np.partition(x, 3, axis=None)", x=normal(2, 3)),
    ],
    "median": [
        case("np.median(x)", x=normal(5)),
        case("np.median(x)", x=normal(2, 3)),
        case("np.median(x, axis=1)", x=normal(2, 4)),
        case("np.median(x, axis=(0, 2), keepdims=True)", x=normal(2, 3, 3)),
        case("np.median(x, 0)", x=normal(3, 2)),
    ],
    "quantile": [
        case("np.quantile(x, 0.3)", x=normal(6)),
        case("np.quantile(x, q)", x=normal(7), q=between(0.1, 0.9, 3)),
        case("np.quantile(x, q, axis=1)", x=normal(2, 5), q=number(0.3, 0.45)),
        case("np.quantile(x, q, axis=0, keepdims=True)", x=normal(5, 2), q=between(0.1, 0.9, 2)),
        case("np.quantile(x, np.array([[0.1, 0.5], [0.7, 1.0]]), axis=(0, 1))", x=normal(2, 3, 2)),
        *(
            case(f"np.quantile(x, q, method={method!r})", x=normal(7), q=between(0.3, 0.7, 2))
            for method in (
                "interpolated_inverted_cdf",
                "hazen",
                "weibull",
                "median_unbiased",
                "normal_unbiased",
                "lower",
                "higher",
                "midpoint",
                "nearest",
            )
        ),
    ],
    "percentile": [
        case("np.percentile(x, 30.0)", x=normal(6)),
        case("np.percentile(x, [20, q], axis=0)", x=normal(5, 2), q=number(60, 70)),
    ],
    "nansum": [case("np.nansum(x)", x=WITH_NAN), case("np.nansum(x, axis=1, keepdims=True)", x=WITH_NAN)],
    "nanprod": [case("np.nanprod(x)", x=WITH_NAN), case("np.nanprod(x, 0)", x=WITH_NAN)],
    "nancumsum": [case("np.nancumsum(x)", x=WITH_NAN), case("np.nancumsum(x, axis=1)", x=WITH_NAN)],
    "nancumprod": [case("np.nancumprod(x)", x=WITH_NAN), case("np.nancumprod(x, axis=0)", x=WITH_NAN)],
    "nanmax": [case("np.nanmax(x)", x=WITH_NAN), case("np.nanmax(x, axis=1)", x=WITH_NAN)],
    "nanmin": [case("np.nanmin(x)", x=WITH_NAN), case("np.nanmin(x, axis=-1, keepdims=True)", x=WITH_NAN)],
    "nanmean": [case("np.nanmean(x)", x=WITH_NAN), case("np.nanmean(x, axis=1, keepdims=True)", x=WITH_NAN)],
    "nanvar": [case("np.nanvar(x)", x=WITH_NAN), case("np.nanvar(x, axis=0, ddof=0)", x=WITH_NAN)],
    "nanstd": [case("np.nanstd(x)", x=WITH_NAN), case("np.nanstd(x, axis=1, ddof=1, keepdims=True)", x=WITH_NAN)],
    "nanmedian": [case("np.nanmedian(x)", x=WITH_NAN), case("np.nanmedian(x, axis=1)", x=WITH_NAN)],
    "cumprod": [
        case("np.cumprod(x)", x=normal(5)),
        case("np.cumprod(x)", x=normal(2, 3)),
        case("np.cumprod(x, axis=0)", x=normal(4, 2)),
        case("np.cumprod(x)", x=exactly(np.array([0.7, 0.0, 1.3, 2.0]))),
        case("np.cumprod(x, axis=1)", x=exactly(np.array([[0.7, 0.0, 1.3, 0.0, 2.0], [0.0, 1.1, 0.4, 0.3, 0.2]]))),
        case("x.cumprod() * x", x=normal(4)),
    ],
    "cumprod_back": [
        case("_cumprod_back(g, x, 0)", helpers=("_cumprod_back",), g=normal(4), x=normal(4)),
        case("_cumprod_back(g, x, 1)", helpers=("_cumprod_back",), g=normal(2, 3), x=normal(2, 3)),
    ],
    "cumprod_along": [
        case("_cumprod_along(g, x, 0)", helpers=("_cumprod_along",), g=normal(4), x=normal(4)),
        case("_cumprod_along(g, x, 0)", helpers=("_cumprod_along",), g=normal(3, 2), x=normal(3, 2)),
    ],
}
