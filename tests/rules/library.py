"""Cases of the functions of NumPy that are composed of others, by family."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.rules.makers import Case, between, case, complexes, exactly, mask, normal, number, regular, whole

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

ASSEMBLY: dict[str, list[Case]] = {
    "tile": [
        case("np.tile(x, 3)", x=normal(2)),
        case("np.tile(x, (2, 1, 3))", x=normal(2, 3)),
        case("np.tile(x, (2,))", x=normal(2, 3)),
        case("np.tile(x, n)", x=normal(3), n=exactly(2)),
    ],
    "repeat": [
        case("np.repeat(x, 2)", x=normal(2, 3)),
        case("np.repeat(x, 3, axis=0)", x=normal(2, 3)),
        case("x.repeat(2, axis=-1)", x=normal(2, 3)),
        case("np.repeat(x, [1, 0, 2])", x=normal(3)),
        case("np.repeat(x, n, axis=1)", x=normal(2, 3), n=exactly(np.array([2, 1, 3]))),
    ],
    "resize": [case("np.resize(x, (2, 4))", x=normal(3)), case("np.resize(x, 5)", x=normal(2, 4))],
    "pad": [
        case("np.pad(x, 2, mode='reflect', reflect_type='odd')", x=normal(5), dual=False),
        case("np.pad(x, ((1, 7), (5, 0)), mode='reflect', reflect_type='odd')", x=normal(3, 4), dual=False),
        case("np.pad(x, 4, mode='symmetric', reflect_type='odd')", x=normal(3, 2), dual=False),
        case("np.pad(x, {0: (1, 2)})", x=normal(3, 2)),
        case("np.pad(x, {-1: 2, 0: (1, 0)}, mode='reflect')", x=normal(3, 4), dual=False),
        case("np.pad(x, np.array([[1, 0], [0, 2]]))", x=normal(3, 2)),
        case("np.pad(x, w, mode='wrap')", x=normal(3, 2), w=exactly(np.array([1, 2])), dual=False),
        case("np.pad(x, 2)", x=normal(3)),
        case("np.pad(x, (1, 2), constant_values=3.0)", x=normal(2, 3)),
        case("np.pad(x, ((1, 0), (0, 2)))", x=normal(2, 3)),
        case("np.pad(x, 2, 'edge')", x=normal(2, 3)),
        case("np.pad(x, (4, 3), mode='wrap')", x=normal(3)),
        case("np.pad(x, (4, 7), mode='reflect')", x=normal(3)),
        case("np.pad(x, ((1, 2), (3, 3)), 'symmetric')", x=normal(2, 3)),
        case("np.pad(x, (2, 3), 'linear_ramp', end_values=(0.5, -1.0))", x=normal(3)),
        case("np.pad(x, 1, 'mean')", x=normal(2, 3)),
        case("np.pad(x, ((0, 0), (2, 1)), 'maximum', stat_length=2)", real=True, x=normal(2, 4)),
        case("np.pad(x, 1, 'minimum')", real=True, x=normal(2, 3)),
        case("np.pad(x, (1, 2), mode='median')", real=True, x=normal(5)),
    ],
    "pad_constant": [
        case("np.pad(x, ((n, 1), (0, 2)))", x=normal(2, 3), n=exactly(2)),
        case("np.pad(x, (0, 2), constant_values=3)", x=normal(2, 3)),
    ],
    "delete": [
        case("np.delete(x, 1)", x=normal(4)),
        case("np.delete(x, [0, -1], axis=1)", x=normal(2, 4)),
        case("np.delete(x, i, 0)", x=normal(4, 2), i=exactly(np.array([3, 1]))),
    ],
    "insert": [
        case("np.insert(x, 1, y)", x=normal(4), y=number()),
        case("np.insert(x, 2, y, axis=1)", x=normal(2, 4), y=normal(2)),
        case("np.insert(x, [1, 3], y)", x=normal(4), y=normal(2)),
        case("np.insert(x, 1, y, axis=0)", x=normal(3, 2), y=normal(2, 2)),
        case("np.insert(x, [0, 2], y, axis=1)", x=normal(2, 3), y=normal(2, 2)),
        case("np.insert(x, -1, 2.0)", x=normal(2, 2)),
    ],
    "append_values": [
        case("np.append(x, y)", x=normal(2, 2), y=number()),
        case("np.append(x, y, axis=0)", x=normal(2, 3), y=normal(1, 3)),
    ],
    "take": [
        case("np.take(x, [0, 2, 2])", x=normal(4)),
        case("np.take(x, i, axis=1)", x=normal(2, 4), i=whole(0, 4, 3, 2)),
        case("x.take(i, mode='wrap')", x=normal(2, 4), i=whole(-9, 9, 5)),
        case("np.take(x, i, 0, mode='clip')", x=normal(4, 2), i=whole(-9, 9, 5)),
    ],
    "compress": [
        case("np.compress([True, False, True], x, axis=1)", x=normal(2, 4)),
        case("np.compress(m, x)", x=normal(2, 3), m=mask(5)),
    ],
    "extract": [case("np.extract(x > 0.1, x)", x=normal(3, 4)), case("np.extract(m, x * x)", x=normal(6), m=mask(6))],
    "diagonal": [
        case("np.diagonal(x)", x=normal(3, 3)),
        case("np.diagonal(x, 1)", x=normal(3, 4)),
        case("x.diagonal(-1)", x=normal(3, 3)),
        case("np.diagonal(x, axis1=1, axis2=2) * 2.0", x=normal(2, 3, 3)),
        case("np.diagonal(x, 1, 2, 0)", x=normal(4, 2, 3)),
    ],
    "trace": [
        case("np.trace(x)", x=normal(3, 3)),
        case("x.trace(1)", x=normal(3, 4)),
        case("np.trace(x, axis1=1, axis2=2)", x=normal(2, 3, 3)),
    ],
    "rot90": [
        case("np.rot90(x)", x=normal(2, 3)),
        case("np.rot90(x, 2) * x", x=normal(3, 3)),
        case("np.rot90(x, -1, axes=(1, 2))", x=normal(2, 3, 4)),
        case("np.rot90(x, 3, (2, 0))", x=normal(2, 3, 4)),
    ],
    "matrix_trace": [
        case("np.linalg.trace(x)", x=normal(2, 3, 3)),
        case("np.linalg.trace(x, offset=1)", x=normal(3, 4)),
    ],
    "matrix_diagonal": [case("np.linalg.diagonal(x) * 2.0", x=normal(2, 3, 3))],
    "rollaxis": [case("np.rollaxis(x, 2)", x=normal(2, 3, 4)), case("np.rollaxis(x, 0, 2)", x=normal(2, 3, 4))],
    "atleast_3d": [
        case("np.atleast_3d(x)", x=normal(3)),
        case("np.atleast_3d(x)", x=normal(2, 3)),
        case("np.atleast_3d(x)", x=number()),
    ],
    "matrix_transpose": [case("np.matrix_transpose(x) @ x", x=normal(2, 3, 4))],
    "nan_to_num": [
        case("np.nan_to_num(x)", x=WITH_NAN),
        case("np.nan_to_num(x, nan=y, posinf=3.0)", x=WITH_NAN, y=number()),
    ],
    "angle": [
        case("np.angle(x)", x=complexes(2, 3)),
        case("np.angle(x, deg=True)", x=complexes(3)),
        case("x * np.angle(x)", x=normal(4)),
    ],
}

SCALARS: dict[str, list[Case]] = {
    "fmax": [case("np.fmax(x, y)", x=normal(2, 3), y=normal(3)), case("np.fmax(x, 0.1)", x=WITH_NAN)],
    "fmin": [case("np.fmin(x, y)", x=normal(2, 3), y=normal(3)), case("np.fmin(x, 0.1)", x=WITH_NAN)],
    "fmod": [
        case("np.fmod(x, y)", x=between(-5.0, 5.0, 2, 3), y=between(0.6, 1.2, 3)),
        case("math.fmod(x, y)", x=number(3.0, 4.0), y=number(0.9, 1.1)),
    ],
    "copysign": [
        case("np.copysign(x, y)", x=normal(2, 3), y=normal(3)),
        case("math.copysign(x, y)", x=number(), y=number(-2.0, -1.0)),
    ],
    "float_power": [case("np.float_power(x, y)", x=between(0.5, 2.0, 2, 3), y=normal(3), single=False)],
    "heaviside": [case("np.heaviside(x, y) * y", x=exactly(np.array([0, 2, -1])), y=number())],
    "sinc": [
        case("np.sinc(x)", x=normal(2, 3)),
        case("np.sinc(x)", x=exactly(np.array([0.0, 1e-4, -3e-4, 1.0])), single=False),
        case("np.sinc(x)", x=number()),
    ],
    "ldexp": [
        case("np.ldexp(x, n)", x=normal(3), n=exactly(np.array([2, -1, 0]))),
        case("math.ldexp(x, 3)", x=number()),
    ],
}

FOURIER: dict[str, list[Case]] = {
    "fft": [
        case("np.fft.fft(x)", x=normal(5)),
        case("np.fft.fft(x, axis=0)", x=normal(4, 3)),
        case("np.fft.fft(x, 7)", x=normal(2, 5)),
        case("np.fft.fft(x, n=3, norm='ortho')", x=normal(2, 5)),
        case("np.fft.fft(x, norm='forward')", x=complexes(4)),
    ],
    "ifft": [case("np.fft.ifft(x)", x=normal(5)), case("np.fft.ifft(x, 3, axis=0, norm='ortho')", x=complexes(4, 2))],
    "rfft": [
        case("np.fft.rfft(x)", x=normal(5)),
        case("np.fft.rfft(x, axis=0)", x=normal(6, 2)),
        case("np.fft.rfft(x, 8, norm='ortho')", x=normal(2, 5)),
        case("np.fft.rfft(x, 4)", x=normal(7)),
    ],
    "irfft": [
        case("np.fft.irfft(x)", x=complexes(4)),
        case("np.fft.irfft(x, 7)", x=complexes(2, 4)),
        case("np.fft.irfft(x, 5, axis=0, norm='forward')", x=complexes(6, 2)),
        case("np.fft.irfft(x)", x=normal(3)),
    ],
    "hfft": [case("np.fft.hfft(x)", x=complexes(4)), case("np.fft.hfft(x, 5, norm='ortho')", x=complexes(2, 4))],
    "ihfft": [case("np.fft.ihfft(x)", x=normal(5)), case("np.fft.ihfft(x, 4, axis=0)", x=normal(6, 2))],
    "fit": [
        case("_fit(x, 5, -1)", helpers=("_fit",), x=normal(2, 3)),
        case("_fit(x, 2, 0)", helpers=("_fit",), x=normal(4, 2)),
    ],
    "fftn": [
        case("np.fft.fftn(x)", x=normal(2, 3, 2)),
        case("np.fft.fftn(x, axes=(0, 2), norm='ortho')", x=complexes(2, 3, 2)),
        case("np.fft.fftn(x, s=(4, 2), axes=(0, 1))", x=normal(3, 3)),
    ],
    "fftn_whole": [case("np.fft.fftn(x)", x=complexes(3, 2))],
    "ifftn": [case("np.fft.ifftn(x)", x=normal(2, 3)), case("np.fft.ifftn(x, norm='forward')", x=complexes(2, 3))],
    "ifftn_whole": [case("np.fft.ifftn(x)", x=complexes(3, 2))],
    "fft2": [case("np.fft.fft2(x)", x=normal(2, 3, 4)), case("np.fft.fft2(x, s=(3, 5))", x=normal(3, 4))],
    "ifft2": [case("np.fft.ifft2(x)", x=complexes(3, 4))],
    "rfft2": [case("np.fft.rfft2(x)", x=normal(3, 4)), case("np.fft.rfft2(x, axes=(1, 0))", x=normal(4, 3))],
    "rfftn": [case("np.fft.rfftn(x)", x=normal(2, 3, 4))],
    "irfft2": [case("np.fft.irfft2(x)", x=complexes(3, 4)), case("np.fft.irfft2(x, s=(3, 5))", x=complexes(3, 3))],
    "irfftn": [case("np.fft.irfftn(x)", x=complexes(2, 3, 3))],
    "fftshift": [case("np.fft.fftshift(x)", x=normal(3, 4)), case("np.fft.fftshift(x, axes=1)", x=normal(2, 5))],
    "ifftshift": [case("np.fft.ifftshift(x)", x=normal(3, 5))],
}

PRODUCTS: dict[str, list[Case]] = {
    "tensordot": [
        case("np.tensordot(x, y, 1)", x=normal(2, 3), y=normal(3, 4)),
        case("np.tensordot(x, y)", x=normal(2, 3, 4), y=normal(3, 4)),
        case("np.tensordot(x, y, axes=([0, 2], [1, 0]))", x=normal(2, 3, 4), y=normal(4, 2, 5)),
        case("np.tensordot(x, y, (1, 0))", x=normal(2, 3), y=normal(3)),
        case("np.tensordot(x, y, 0)", x=normal(2), y=normal(3)),
        case("np.tensordot(x, y)", x=normal(2, 3), y=normal(2, 3)),
    ],
    "kron": [
        case("np.kron(x, y)", x=normal(2), y=normal(3)),
        case("np.kron(x, y)", x=normal(2, 3), y=normal(3, 2)),
        case("np.kron(x, y)", x=normal(3), y=normal(2, 2)),
    ],
    "cross": [
        case("np.cross(x, y)", x=normal(3), y=normal(3)),
        case("np.cross(x, y)", x=normal(2, 3), y=normal(3)),
        case("np.cross(x, y, axis=0)", x=normal(3, 2), y=normal(3, 2)),
        case("np.cross(x, y, axisa=0, axisc=0)", x=normal(3, 2), y=normal(2, 3)),
        case("np.linalg.cross(x, y)", x=normal(3), y=normal(3)),
    ],
    "polyval": [
        case("np.polyval(x, y)", x=normal(4), y=number()),
        case("np.polyval(x, y)", x=normal(4), y=normal(2, 3)),
    ],
    "vander": [case("np.vander(x)", x=normal(3)), case("np.vander(x, 2, increasing=True)", x=normal(4))],
    "polyfit": [
        case("np.polyfit(x, y, 2)", x=normal(6), y=normal(6)),
        case("np.polyfit(x, y, deg=1, w=w)", x=normal(5), y=normal(5), w=between(0.5, 2.0, 5), real=True),
        case("np.polyfit(x, y, 1)", x=normal(5), y=normal(5, 2)),
    ],
    "cov": [
        case("np.cov(x)", x=normal(3, 5)),
        case("np.cov(x)", x=normal(5)),
        case("np.cov(x, y, ddof=0)", x=normal(5), y=normal(5)),
        case("np.cov(x, rowvar=False, bias=True)", x=normal(5, 2)),
        case("np.cov(x, aweights=w)", x=normal(2, 4), w=between(0.5, 2.0, 4), real=True),
        case("np.cov(x, fweights=n)", x=normal(2, 4), n=exactly(np.array([1, 2, 1, 3]))),
    ],
    "corrcoef": [case("np.corrcoef(x)", x=normal(3, 5)), case("np.corrcoef(x, y)", x=normal(5), y=normal(5))],
}

LINALG: dict[str, list[Case]] = {
    "eigh": [
        case("np.linalg.eigh(x + x.T)[0]", x=normal(3, 3), real=True),
        case("np.linalg.eigh(x + x.T)[1] ** 2", x=normal(3, 3), real=True),
        case("np.linalg.eigh(x + np.swapaxes(x, -1, -2)).eigenvectors", x=normal(2, 3, 3), real=True),
        case("np.linalg.eigh(x + x.conj().T)[0]", x=complexes(3, 3)),
        case("np.abs(np.linalg.eigh(x + x.conj().T)[1]) ** 2", x=complexes(3, 3)),
    ],
    "eigvalsh": [case("np.linalg.eigvalsh(x + x.T)", x=normal(4, 4), real=True)],
    "svd": [
        case("np.linalg.svd(x, full_matrices=False)[1]", x=normal(3, 2)),
        case("np.linalg.svd(x, full_matrices=False)[0]", x=normal(4, 2), real=True),
        case("np.linalg.svd(x, full_matrices=False)[2]", x=normal(2, 4), real=True),
        case("np.linalg.svd(x, False).U @ np.linalg.svd(x, False).Vh", x=normal(3, 2)),
        case("np.linalg.svd(x @ x.T)[1] * 2.0", x=normal(3, 4)),
        case("np.linalg.svd(x, compute_uv=False)", x=normal(2, 3, 2)),
        case("np.abs(np.linalg.svd(x, False)[0]) ** 2", x=complexes(3, 2)),
        case("np.abs(np.linalg.svd(x, False)[2]) ** 2", x=complexes(2, 3)),
    ],
    "svdvals": [case("np.linalg.svdvals(x)", x=normal(3, 4))],
    "lstsq": [
        case("np.linalg.lstsq(x, y)[0]", x=normal(5, 2), y=normal(5)),
        case("np.linalg.lstsq(x, y)[0]", x=normal(2, 4), y=normal(2, 3)),
        case("np.linalg.lstsq(x, y)[1]", x=normal(5, 2), y=normal(5), real=True),
        case("np.linalg.lstsq(x, y)[1]", x=normal(5, 2), y=normal(5, 3), real=True),
        case("np.linalg.lstsq(x, y)[1]", x=complexes(5, 2), y=complexes(5, 3)),
        case("np.linalg.lstsq(x, y)[3]", x=complexes(5, 2), y=normal(5)),
        case("np.sum(np.linalg.lstsq(x, y)[1]) + x[0, 0]", x=normal(2, 4), y=normal(2, 3)),
    ],
    "qr": [
        case("np.linalg.qr(x)[0]", x=normal(4, 3)),
        case("np.linalg.qr(x)[1]", x=normal(3, 3)),
        case("np.linalg.qr(x)[1]", x=complexes(2, 4)),
        case("np.linalg.qr(x).Q * 0.5", x=normal(2, 3, 2)),
        case("np.linalg.qr(x)[0] @ np.linalg.qr(x)[1]", x=normal(3, 3)),
    ],
    "pinv": [
        case("np.linalg.pinv(x)", x=normal(4, 2)),
        case("np.linalg.pinv(x)", x=normal(2, 3)),
        case("np.linalg.pinv(x)", x=normal(2, 3, 2)),
    ],
    "matrix_power": [
        case("np.linalg.matrix_power(x, 3)", x=normal(3, 3)),
        case("np.linalg.matrix_power(x, 6)", x=normal(2, 2)),
        case("np.linalg.matrix_power(x, -2)", x=regular(3, 3)),
        case("np.linalg.matrix_power(x, 0)", x=normal(2, 2)),
    ],
    "vector_norm": [
        case("np.linalg.vector_norm(x)", x=normal(2, 3)),
        case("np.linalg.vector_norm(x, axis=1, ord=3)", x=normal(2, 3)),
        case("np.linalg.vector_norm(x, ord=1, keepdims=True)", x=normal(2, 3)),
    ],
    "matrix_norm": [
        case("np.linalg.matrix_norm(x)", x=normal(2, 3)),
        case("np.linalg.matrix_norm(x, ord='nuc', keepdims=True)", x=normal(2, 3)),
        case("np.linalg.matrix_norm(x, ord=np.inf)", x=normal(2, 3, 4)),
    ],
    "norm_of": [
        *(case(f"np.linalg.norm(x, {ord})", x=normal(4)) for ord in ("1", "3", "0.5", "2")),
        *(case(f"np.linalg.norm(x, {ord})", x=normal(4), second=False) for ord in ("np.inf", "-np.inf")),
        *(case(f"np.linalg.norm(x, {ord!r})", x=normal(3, 4)) for ord in ("fro", "nuc", 2, -2, 1, -1)),
        case("np.linalg.norm(x, np.inf)", x=normal(3, 4)),
        case("np.linalg.norm(x, ord=1, axis=1)", x=normal(3, 4)),
        case("np.linalg.norm(x, ord=2, axis=(0, 2), keepdims=True)", x=normal(3, 2, 4), dual=False),
    ],
    "cond": [
        case("np.linalg.cond(x)", x=normal(3, 3)),
        case("np.linalg.cond(x, 1)", x=regular(3, 3)),
        case("np.linalg.cond(x, 'fro')", x=regular(3, 3)),
        case("np.linalg.cond(x, -2)", x=normal(3, 2)),
    ],
    "tensorinv": [case("np.linalg.tensorinv(x.reshape(2, 3, 6), 2)", x=regular(6, 6))],
    "tensorsolve": [
        case("np.linalg.tensorsolve(x.reshape(2, 3, 6), y)", x=regular(6, 6), y=normal(2, 3)),
        case("np.linalg.tensorsolve(x.reshape(2, 6, 3), y, axes=(1,))", x=regular(6, 6), y=normal(2, 3), second=False),
    ],
}


def unseen(text: str, **options: Any) -> Case:
    """Return a case of what dual numbers do not know."""
    return case(text, dual=False, **options)


ABOVE = exactly(np.array([[True, False, True, True], [False, False, True, False], [True, True, False, True]]))
MASKED: dict[str, list[Case]] = {
    "sum_where": [
        unseen("np.sum(x, where=m)", x=normal(3, 4), m=ABOVE),
        unseen("x.sum(axis=1, keepdims=True, where=m, initial=y)", x=normal(3, 4), m=ABOVE, y=number()),
        unseen("np.sum(x, axis=0, initial=2.0)", x=normal(3, 4)),
    ],
    "prod_where": [
        unseen("np.prod(x, where=m)", x=normal(3, 4), m=ABOVE),
        unseen("np.prod(x, axis=0, initial=y)", x=normal(3, 4), y=number()),
    ],
    "max_where": [
        unseen("np.max(x, initial=y)", x=normal(3, 4), y=number(3.0, 4.0)),
        unseen("np.max(x, axis=1, initial=-9.0, where=m)", x=normal(3, 4), m=ABOVE),
    ],
    "min_where": [unseen("np.min(x, axis=0, initial=9.0, where=m)", x=normal(3, 4), m=ABOVE)],
    "mean_where": [
        unseen("np.mean(x, where=m)", x=normal(3, 4), m=ABOVE),
        unseen("x.mean(axis=1, where=m)", x=normal(3, 4), m=ABOVE),
        unseen("np.mean(x, axis=1, where=np.array([True, True, False, True]))", x=normal(3, 4)),
    ],
    "var_where": [
        unseen("np.var(x, where=m)", x=normal(3, 4), m=ABOVE),
        unseen("np.var(x, ddof=1, where=m)", x=normal(3, 4), m=ABOVE),
    ],
    "std_where": [unseen("np.std(x, where=m, keepdims=True)", x=normal(3, 4), m=ABOVE)],
    "cummax": [
        unseen("np.maximum.accumulate(x)", x=normal(6)),
        unseen("np.maximum.accumulate(x, axis=1)", x=normal(3, 4)),
    ],
    "cummin": [unseen("np.minimum.accumulate(x) * x", x=normal(4, 3))],
    "logaddexp_reduce": [
        unseen("np.logaddexp.reduce(x)", x=normal(4)),
        unseen("np.logaddexp.reduce(x, axis=1, keepdims=True)", x=normal(3, 4)),
        unseen("np.logaddexp.reduce(x, axis=None)", x=normal(3, 4)),
    ],
    "hypot_reduce": [unseen("np.hypot.reduce(x)", x=normal(4)), unseen("np.hypot.reduce(x, axis=1)", x=normal(3, 4))],
    "add_reduceat": [
        unseen("np.add.reduceat(x, [0, 2, 3])", x=normal(6)),
        unseen("np.add.reduceat(x, [2, 0, 3], axis=1)", x=normal(3, 4)),
    ],
    "spread_at": [
        unseen(
            "_spread_at(x, i, y)",
            x=normal(2),
            i=exactly(np.array([0, 2])),
            y=exactly(np.zeros(4)),
            helpers=("_spread_at",),
        )
    ],
    "nextafter": [unseen("np.nextafter(x, 2.0) * x", x=normal(4), single=False, second=False)],
    "bincount_weights": [
        unseen("np.bincount(i, weights=x)", i=exactly(np.array([0, 1, 1, 3])), x=normal(4)),
        unseen("np.bincount(np.array([0, 2, 2, 1]), x, 5) * 2.0", x=normal(4)),
    ],
    "histogram_weights": [
        unseen("np.histogram(a, bins=3, weights=x)[0]", a=exactly(np.array([1, 2, 3, 9, 5])), x=normal(5)),
        unseen("np.histogram([0.1, 0.2, 0.9, 4.0], [0.0, 0.15, 0.9], weights=x)[0]", x=normal(4)),
    ],
    "polyder": [unseen("np.polyder(x)", x=normal(4)), unseen("np.polyder(x, 2)", x=normal(5))],
    "polyint": [unseen("np.polyint(x)", x=normal(4)), unseen("np.polyint(x, m=2)", x=normal(3))],
    "polyadd": [
        unseen("np.polyadd(x, y)", x=normal(4), y=normal(2)),
        unseen("np.polyadd(x, y)", x=normal(2), y=normal(3)),
    ],
    "polysub": [unseen("np.polysub(x, y)", x=normal(2), y=normal(4))],
    "polymul": [unseen("np.polymul(x, y)", x=normal(4), y=normal(2))],
    "matvec": [
        unseen("np.matvec(x, y)", x=normal(2, 3, 4), y=normal(4)),
        unseen("np.matvec(x, y)", x=normal(3, 4), y=normal(4)),
    ],
    "vecmat": [unseen("np.vecmat(y, x)", x=normal(3, 4), y=normal(2, 3))],
    "nanquantile": [
        unseen("np.nanquantile(x, 0.3, axis=1)", x=WITH_NAN, second=False),
        unseen("np.nanquantile(x, q)", x=normal(3, 4), q=number(0.2, 0.8)),
    ],
    "nanpercentile": [unseen("np.nanpercentile(x, 30.0, axis=0, keepdims=True)", x=WITH_NAN, second=False)],
    "cumulative_sum": [
        unseen("np.cumulative_sum(x)", x=normal(4)),
        unseen("np.cumulative_sum(x, axis=1)", x=normal(2, 3)),
    ],
    "cumulative_prod": [unseen("np.cumulative_prod(x)", x=normal(4))],
    "unwrap": [unseen("np.unwrap(x)", x=between(-9.0, 9.0, 2, 5))],
}

# Written out: np.r_, np.c_ and grids.
TRICKS: list[Case] = [
    unseen("np.r_[x, 1.0, y]", x=normal(3), y=normal(2)),
    unseen("np.r_[x, 0:3, y]", x=normal(3), y=number()),
    unseen("np.r_[x, x]", x=normal(2, 3)),
    unseen("np.c_[x, y]", x=normal(3), y=normal(3, 2)),
    unseen("np.mgrid[0:2, 0:3] * x", x=normal(2, 3)),
    unseen("np.ogrid[0:2, 0:1:3j][1] * x", x=normal(2, 3)),
    unseen("np.mgrid[0.0:1.0:4j] * x", x=normal(4)),
]
MASKED["sum_where"] += TRICKS

SERIES = ("chebyshev cheb", "legendre leg", "hermite herm", "hermite_e herme", "laguerre lag", "polynomial poly")
MORE: dict[str, list[Case]] = {
    "gradient": [
        unseen("np.gradient(x)", x=normal(5)),
        unseen("np.gradient(x, h, axis=1)", x=normal(3, 5), h=number()),
        unseen("np.gradient(x, edge_order=2, axis=0)", x=normal(5, 2)),
        unseen("np.gradient(x, np.cumsum(h))", x=normal(5), h=between(0.5, 1.0, 5)),
        unseen("np.gradient(x, np.cumsum(h), axis=1, edge_order=2)", x=normal(2, 5), h=between(0.5, 1.0, 5)),
    ],
    "logspace": [
        unseen("np.logspace(x, y, 4)", x=number(), y=number()),
        unseen("np.logspace(0.0, x, 3, False, base=b)", x=number(), b=number()),
        unseen("np.logspace(0.0, x, 3, base=b)", x=number(), b=between(0.5, 2.0, 3)),
        unseen("np.logspace(y, x, 3, base=b)", x=number(), y=normal(3), b=between(0.5, 2.0, 2, 3)),
        unseen("np.logspace(y, x, 3, base=b, axis=-1)", x=number(), y=normal(3), b=between(0.5, 2.0, 3)),
    ],
    "geomspace": [
        unseen("np.geomspace(x, y, 4)", x=number(), y=number(3.0, 4.0)),
        unseen("np.geomspace(x, y, 3)", x=between(0.5, 2.0, 3), y=between(0.5, 2.0, 3)),
        unseen("np.geomspace(x, y, 3, endpoint=False)", x=number(), y=between(0.5, 2.0, 2, 1)),
        unseen("np.geomspace(x, y, 3, axis=1)", x=between(-2.0, -0.5, 3), y=number(-2.0, -0.5)),
    ],
    "linspace": [
        unseen("np.linspace(x, y, 4)", x=normal(2, 3), y=normal(3)),
        unseen("np.linspace(x, 1.0, 3, endpoint=False)", x=normal(2)),
        unseen("np.linspace(x, y, 3, axis=-1)", x=normal(2, 3), y=normal(3)),
    ],
    "phasedet": [
        unseen("np.linalg.slogdet(x)[0]", x=complexes(3, 3)),
        unseen("np.linalg.slogdet(x)[0]", x=complexes(2, 3, 3)),
    ],
    "eig": [
        unseen("np.linalg.eig(x)[0]", x=complexes(3, 3), second=False),
        unseen("np.linalg.eig(x)[1]", x=complexes(3, 3), second=False),
        unseen("np.linalg.eig(x)[1]", x=complexes(2, 2, 2), second=False),
    ],
    "eig_of_real": [
        unseen("np.linalg.eig(x)[0].imag", x=normal(4, 4), second=False),
        unseen("np.linalg.eig(x)[1].real ** 2", x=normal(4, 4), second=False),
    ],
    "eigvals": [
        unseen("np.abs(np.linalg.eigvals(x))", x=normal(3, 3)),
        unseen("np.linalg.eigvals(x)", x=complexes(2, 3, 3), second=False),
    ],
    "roots": [unseen("np.abs(np.roots(x))", x=normal(4)), unseen("np.roots(x)", x=complexes(4), second=False)],
    "poly": [unseen("np.poly(x)", x=normal(4), real=True)],
    "bessel_i": [
        unseen("_bessel_i(x, 1)", x=normal(2, 3), helpers=("_bessel_i",)),
        unseen("_bessel_i(x, 0)", x=normal(3), helpers=("_bessel_i",)),
    ],
    "i0": [unseen("np.i0(x)", x=normal(4))],
    "math.erf": [unseen("math.erf(x)", x=number())],
    "math.erfc": [unseen("math.erfc(x)", x=number())],
    "math.gamma": [unseen("math.gamma(x)", x=number())],
    "math.lgamma": [unseen("math.lgamma(x)", x=number()), unseen("math.lgamma(-x)", x=number(0.2, 0.8))],
    "math.remainder": [unseen("math.remainder(7.0 * x, y)", x=number(0.5, 0.55), y=number(1.0, 1.05))],
    "polygamma_of": [unseen("_polygamma(x, 1)", x=number(), helpers=("_polygamma",))],
    "fftfreq": [
        unseen("np.fft.fftfreq(5, x)", x=number(), real=True),
        unseen("np.fft.fftfreq(4, d=2.0) * x", x=normal(4)),
    ],
    "rfftfreq": [unseen("np.fft.rfftfreq(5, d=x)", x=number(), real=True)],
    **{
        f"{'low' if name == 'poly' else name}{what}": [
            unseen(text.format(f"np.polynomial.{module}.{name}{what}"), **makers) for text, makers in cases
        ]
        for module, name in (pair.split() for pair in SERIES)
        for what, cases in {
            "der": [("{}(x)", {"x": normal(4)})],
            "int": [("{}(x)", {"x": normal(4)})],
            "add": [("{}(x, q)", {"x": normal(4), "q": normal(2)}), ("{}(x, q)", {"x": normal(2), "q": normal(4)})],
            "sub": [("{}(x, q)", {"x": normal(4), "q": normal(2)}), ("{}(x, q)", {"x": normal(2), "q": normal(4)})],
            "vander": [("{}(x, 3)", {"x": normal(2, 3)}), ("{}(x, 2)", {"x": number()})],
            "val": [
                ("{}(x, q)", {"x": normal(2, 3), "q": normal(4)}),
                ("{}(x, q)", {"x": number(), "q": normal(3)}),
            ],
        }.items()
    },
    "lowmul": [unseen("np.polynomial.polynomial.polymul(x, q)", x=normal(4), q=normal(2))],
    "unique": [
        unseen("np.unique(x)", x=normal(2, 3)),
        unseen("np.unique(np.array([x[1], x[0], x[1]]), return_counts=True)[0]", x=normal(2)),
    ],
    "pad": [
        unseen("np.pad(x, 1, constant_values=k)", x=normal(2, 3), k=number(), real=True),
        unseen("np.pad(x, (2, 1), 'linear_ramp', end_values=(k, 1.0))", x=normal(3), k=number(), real=True),
    ],
    "cholesky": [unseen("np.linalg.cholesky(x @ x.mT + np.eye(2))", x=normal(3, 2, 2), real=True)],
}
