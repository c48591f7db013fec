"""Cases of arguments that say how: dtypes, weights, orders, triangles, states, lengths."""

from __future__ import annotations

import numpy as np

from tests.rules.makers import Case, between, case, complexes, definite, exactly, normal, number

BOTH = {"x": normal(2, 3), "y": normal(2, 3)}
POLES = exactly(np.array([1.3, -0.4]))
WEIGHTS = between(0.5, 2.0, 4)
METRICS = "euclidean sqeuclidean cityblock chebyshev canberra braycurtis cosine correlation"
STEPS = ("inverted_cdf", "averaged_inverted_cdf", "closest_observation")


def unseen(text: str, **options: object) -> Case:
    """Return a case of what dual numbers do not know."""
    return case(text, dual=False, **options)  # type: ignore[arg-type]


NUMPY: dict[str, list[Case]] = {
    "cumsum": [unseen("np.cumsum(x, axis=1, dtype=np.float64)", x=normal(2, 3), single=False, real=True)],
    "cumprod": [unseen("x.cumprod(axis=0, dtype=np.float64)", x=normal(3, 2), single=False, real=True)],
    "concatenate": [unseen("np.concatenate([x, y], axis=1, dtype=np.float64)", real=True, **BOTH)],
    "stack": [unseen("np.stack((x, y), axis=1, dtype=np.float64)", x=normal(3), y=normal(3), real=True)],
    "var": [
        unseen("np.var(x, axis=0, correction=1)", x=normal(3, 2)),
        unseen("np.var(x, dtype=np.float64)", x=normal(3, 2), real=True),
    ],
    "std": [unseen("np.std(x, correction=1)", x=normal(4))],
    "var_about": [
        unseen("np.var(x, axis=1, mean=m, ddof=1)", x=normal(2, 3), m=normal(2, 1), real=True),
        unseen("np.var(x, mean=m)", x=normal(4), m=number(), real=True),
        unseen("np.var(x, axis=0, mean=m, keepdims=True)", x=complexes(3, 2), m=complexes(1, 2)),
    ],
    "std_about": [unseen("np.std(x, axis=1, mean=np.mean(x, axis=1, keepdims=True), ddof=1)", x=normal(2, 4))],
    "average": [
        unseen("np.average(x, axis=0, weights=w, returned=True)[0]", x=normal(4, 2), w=WEIGHTS),
        unseen("np.average(x, weights=w, returned=True)[1]", x=normal(4), w=WEIGHTS),
        unseen("np.average(x, axis=1, returned=True)[0]", x=normal(2, 3)),
    ],
    "quantile": [
        *(unseen(f"np.quantile(x, 0.37, axis=1, method='{method}')", x=normal(2, 6)) for method in STEPS),
        unseen("np.quantile(x, 0.5, method='averaged_inverted_cdf')", x=normal(6)),
        unseen("np.quantile(x, 0.4, axis=1, weights=w, method='inverted_cdf')", x=normal(3, 4), w=WEIGHTS),
        unseen("np.quantile(x, 0.7, weights=w, method='inverted_cdf')", x=normal(4), w=WEIGHTS),
    ],
    "cumulative_sum": [unseen("np.cumulative_sum(x, axis=1, include_initial=True)", x=normal(2, 3))],
    "cumulative_prod": [unseen("np.cumulative_prod(x, include_initial=True)", x=normal(4))],
    "sort": [unseen("np.sort(x, axis=None)", x=normal(2, 3))],
    "take_along_axis": [unseen("np.take_along_axis(x, np.array([1, 4]), axis=None)", x=normal(2, 3))],
    "cholesky_upper": [
        unseen("np.linalg.cholesky(x @ x.T + 3.0 * np.eye(3), upper=True)", x=normal(3, 3), real=True),
        unseen("np.linalg.cholesky(x @ np.swapaxes(x, -1, -2) + np.eye(2), upper=True)", x=normal(2, 2, 3), real=True),
    ],
    "eigh": [
        unseen("np.linalg.eigh(x + x.T, UPLO='U')[1] ** 2", x=normal(3, 3), real=True),
        unseen("np.linalg.eigvalsh(x + x.T, UPLO='U')", x=normal(3, 3), real=True),
    ],
    "qr": [
        unseen("np.linalg.qr(x)[1]", x=normal(2, 4), real=True),
        unseen("np.linalg.qr(x)[0]", x=normal(2, 4), real=True),
        unseen("np.linalg.qr(x)[0] @ np.linalg.qr(x)[1]", x=normal(2, 2, 3)),
        unseen("np.linalg.qr(x, mode='r')", x=normal(4, 3), real=True),
        unseen("np.linalg.qr(x, 'r')", x=normal(2, 3), real=True),
    ],
    "polymul": [unseen("np.polymul(x * np.array([0.0, 1.0, 1.0]), y)", x=normal(3), y=normal(2))],
    "polyval": [
        unseen("np.polyval(p, x)", p=normal(4), x=normal(2, 3)),
        unseen("np.polyval(p, x)", p=normal(3), x=number()),
        unseen("np.polyval(p, x)", p=normal(1), x=normal(3)),
    ],
    "chebval": [
        unseen("np.polynomial.chebyshev.chebval(x, q)", x=normal(2, 3), q=normal(4)),
        unseen("np.polynomial.chebyshev.chebval(x, q)", x=number(0.1, 0.9), q=normal(3)),
    ],
    "chebvander": [unseen("np.polynomial.chebyshev.chebvander(x, 3)", x=number(0.1, 0.9))],
}

SCIPY: dict[str, list[Case]] = {
    "distance.cdist": [
        *(
            case(f"distance.cdist(x, y, '{m}', w=w)", x=normal(3, 4), y=normal(2, 4), w=WEIGHTS)
            for m in METRICS.split()
        ),
        case("distance.cdist(x, y, 'minkowski', p=3, w=w)", x=normal(3, 4), y=normal(2, 4), w=WEIGHTS),
    ],
    "distance.pdist": [case("distance.pdist(x, w=w)", x=normal(3, 4), w=WEIGHTS)],
    "distance.minkowski": [case("distance.minkowski(x, y, 3, w=w)", x=normal(4), y=normal(4), w=WEIGHTS)],
    "distance.cosine": [case("distance.cosine(x, y, w=w)", x=normal(4), y=normal(4), w=WEIGHTS)],
    "linalg.eigh_of_pair": [
        case("linalg.eigh(x, y)[0]", x=definite(3), y=definite(3)),
        case("linalg.eigh(x, y)[1] ** 2", x=definite(3), y=definite(3), real=True),
        case("linalg.eigh(x, y, lower=False)[1] ** 2", x=definite(3), y=definite(3), real=True),
        case("linalg.eigvalsh(x, y)", x=definite(3), y=definite(3)),
    ],
    "linalg.lu": [case("linalg.lu(x, permute_l=True)[0]", x=normal(3, 3))],
    "signal.lfilter_from": [
        case("signal.lfilter(b, a, x, zi=z)[0]", b=normal(3), a=POLES, x=normal(5), z=normal(2)),
        case("signal.lfilter(b, a, x, zi=z)[1]", b=normal(2), a=POLES, x=normal(5), z=normal(1)),
        case("signal.lfilter(b, [1.0, 0.2], x, axis=0, zi=z)[1]", b=normal(3), x=normal(4, 2), z=normal(2, 2)),
    ],
    "signal.correlate2d": [
        case("signal.correlate2d(x, y, mode='same')", x=normal(4, 5), y=normal(2, 3)),
        case("signal.correlate2d(x, y, mode='same')", x=normal(3, 4), y=normal(5, 2)),
    ],
    "signal.filtfilt": [
        case("signal.filtfilt([0.2, 0.3], [1.0, -0.4], x, padtype=None)", x=normal(9)),
    ],
    **{
        f"fft.{name}": [
            case(f"fft.{name}(x, type=1)", x=normal(2, 5)),
            case(f"fft.{name}(x, 1, axis=0, norm='ortho')", x=normal(4, 3)),
            case(f"fft.{name}(x, 2, 3)", x=normal(2, 5)),
            case(f"fft.{name}(x, 3, n=6)", x=normal(2, 4)),
            case(f"fft.{name}(x, norm='forward')", x=normal(4)),
        ]
        for name in ("dct", "idct", "dst", "idst")
    },
    **{
        f"fft.{name}": [
            case(f"fft.{name}(x)", x=normal(2, 3)),
            case(f"fft.{name}(x, 1, axes=(0,))", x=normal(3, 2)),
            case(f"fft.{name}(x, 3, s=(2, 4), norm='ortho')", x=normal(3, 3)),
        ]
        for name in ("dctn", "idctn", "dstn", "idstn")
    },
    "ndimage.gaussian_filter": [
        case("ndimage.gaussian_filter(x, 0.6, order=1)", x=normal(4, 5)),
        case("ndimage.gaussian_filter(x, s, order=(2, 0))", x=normal(4, 5), s=number(0.7, 0.72)),
    ],
    "ndimage.gaussian_filter1d": [case("ndimage.gaussian_filter1d(x, 0.8, order=3)", x=normal(6))],
    "ndimage.gaussian_laplace": [case("ndimage.gaussian_laplace(x, s)", x=normal(4, 5), s=number(0.7, 0.72))],
    "ndimage.gaussian_gradient_magnitude": [
        case("ndimage.gaussian_gradient_magnitude(x, 0.7, mode='nearest')", x=normal(4, 5), single=False)
    ],
    "ndimage.maximum_filter": [
        case("ndimage.maximum_filter(x, 3)", x=normal(4, 5)),
        case("ndimage.maximum_filter(x, (2, 1), mode='constant', cval=v)", x=normal(4, 3), v=number()),
    ],
    "ndimage.minimum_filter": [case("ndimage.minimum_filter(x, size=2)", x=normal(5))],
    "ndimage.median_filter": [
        case("ndimage.median_filter(x, 3)", x=normal(4, 5)),
        case("ndimage.median_filter(x, 4, mode='mirror')", x=normal(6)),
    ],
    "ndimage.maximum_filter1d": [case("ndimage.maximum_filter1d(x, 3, axis=0)", x=normal(4, 3))],
    "ndimage.minimum_filter1d": [case("ndimage.minimum_filter1d(x, 2)", x=normal(2, 5))],
}

OPTIONS: dict[str, list[Case]] = {**NUMPY, **SCIPY}
