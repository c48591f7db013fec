"""Cases of scipy.signal, scipy.fft, scipy.integrate and scipy.spatial.distance."""

from __future__ import annotations

import numpy as np

from tests.rules.makers import Case, between, case, complexes, exactly, normal, number

DENOMINATOR = exactly(np.array([1.1, -0.4, 0.2]))
SECTIONS = "[[0.3, 0.1, 0.2, 1.0, -0.4, 0.1], [0.5, 0.2, 0.1, 1.0, 0.3, 0.2]]"

SIGNAL: dict[str, list[Case]] = {
    "signal.convolve": [
        case("signal.convolve(x, y)", x=normal(5), y=normal(3)),
        case("signal.convolve(x, y, mode='same')", x=normal(5), y=normal(4)),
        case("signal.convolve(x, y, 'valid')", x=normal(3, 4), y=normal(2, 2)),
        case("signal.convolve(x, y, method='direct')", x=normal(2, 3), y=normal(3, 2)),
    ],
    "signal.correlate": [
        case("signal.correlate(x, y)", x=normal(5), y=normal(3)),
        case("signal.correlate(x, y, mode='same')", x=normal(4), y=normal(3)),
        case("signal.correlate(x, y, mode='valid')", x=normal(3, 4), y=normal(2, 2)),
        case("signal.correlate(x, y, mode='valid')", x=normal(2), y=normal(4), real=True),
    ],
    "signal.fftconvolve": [
        case("signal.fftconvolve(x, y)", x=normal(5), y=normal(3)),
        case("signal.fftconvolve(x, y, mode='same')", x=normal(3, 5), y=normal(2, 3)),
    ],
    "signal.lfilter": [
        case("signal.lfilter(b, a, x)", b=normal(3), a=DENOMINATOR, x=normal(6)),
        case("signal.lfilter(b, a, x)", b=normal(2), a=DENOMINATOR, x=normal(2, 5)),
        case("signal.lfilter(b, a, x, axis=0)", b=normal(4), a=DENOMINATOR, x=normal(3, 2)),
        case("signal.lfilter([0.2, 0.3], [1.0, -0.5], x)", x=normal(5)),
    ],
    "signal.lags": [
        case("_lags(x, y, z)", x=normal(2, 4), y=normal(2, 4), z=exactly(np.zeros(2)), helpers=("_lags",), real=True)
    ],
    "signal.sosfilt": [
        case(f"signal.sosfilt({SECTIONS}, x)", x=normal(6)),
        case(f"signal.sosfilt({SECTIONS}, x, axis=0)", x=normal(4, 2)),
    ],
}

FFT: dict[str, list[Case]] = {
    "fft.fft": [case("fft.fft(x, n=5)", x=normal(4)), case("fft.fft(x, axis=0, norm='ortho')", x=complexes(3, 2))],
    "fft.ifft": [case("fft.ifft(x)", x=complexes(5))],
    "fft.rfft": [case("fft.rfft(x)", x=normal(5))],
    "fft.irfft": [case("fft.irfft(x, n=6)", x=complexes(4))],
    "fft.hfft": [case("fft.hfft(x)", x=complexes(4))],
    "fft.ihfft": [case("fft.ihfft(x)", x=normal(6))],
    "fft.fft2": [case("fft.fft2(x)", x=normal(3, 4))],
    "fft.ifft2": [case("fft.ifft2(x)", x=complexes(3, 4))],
    "fft.rfft2": [case("fft.rfft2(x)", x=normal(3, 4))],
    "fft.irfft2": [case("fft.irfft2(x)", x=complexes(3, 3))],
    "fft.fftn": [case("fft.fftn(x)", x=normal(2, 3, 2))],
    "fft.ifftn": [case("fft.ifftn(x, axes=(0,))", x=complexes(3, 2))],
    "fft.rfftn": [case("fft.rfftn(x)", x=normal(3, 4))],
    "fft.irfftn": [case("fft.irfftn(x)", x=complexes(3, 3))],
    "fft.fftshift": [case("fft.fftshift(x)", x=normal(3, 4))],
    "fft.ifftshift": [case("fft.ifftshift(x, axes=1)", x=normal(3, 5))],
    **{
        f"fft.{name}": [
            *(case(f"fft.{name}(x, type={kind})", x=normal(2, 5)) for kind in (2, 3, 4)),
            *(case(f"fft.{name}(x, {kind}, axis=0, norm='ortho')", x=normal(4, 3)) for kind in (2, 3, 4)),
        ]
        for name in ("dct", "idct", "dst", "idst")
    },
}

INTEGRATE: dict[str, list[Case]] = {
    "integrate.trapezoid": [
        case("integrate.trapezoid(y, x)", y=normal(5), x=normal(5)),
        case("integrate.trapezoid(y, dx=d, axis=0)", y=normal(3, 2), d=number(), real=True),
    ],
    "integrate.cumulative_trapezoid": [
        case("integrate.cumulative_trapezoid(y, x)", y=normal(2, 5), x=normal(5)),
        case("integrate.cumulative_trapezoid(y, dx=d, axis=0, initial=0)", y=normal(3, 2), d=number()),
    ],
    "integrate.simpson": [
        case("integrate.simpson(y)", y=normal(5)),
        case("integrate.simpson(y, x=[0.0, 0.4, 1.0, 1.2], axis=0)", y=normal(4, 3)),
        case("integrate.simpson(y, dx=0.5)", y=normal(2, 6)),
        case("integrate.simpson(y, dx=d)", y=normal(2, 6), d=number()),
    ],
}

METRICS = "sqeuclidean cityblock chebyshev cosine correlation canberra braycurtis euclidean"
DISTANCE: dict[str, list[Case]] = {
    "distance.cdist": [
        case("distance.cdist(x, y)", x=normal(3, 2), y=normal(4, 2)),
        *(case(f"distance.cdist(x, y, '{m}')", x=normal(3, 4), y=normal(2, 4)) for m in METRICS.split()),
        case("distance.cdist(x, y, 'minkowski', p=3)", x=normal(3, 2), y=normal(4, 2)),
    ],
    "distance.pdist": [
        case("distance.pdist(x)", x=normal(4, 2)),
        case("distance.pdist(x, metric='cityblock')", x=normal(4, 2)),
    ],
    **{f"distance.{m}": [case(f"distance.{m}(x, y)", x=between(0.1, 2.0, 4), y=normal(4))] for m in METRICS.split()},
    "distance.minkowski": [case("distance.minkowski(x, y, 3)", x=normal(4), y=normal(4))],
}
