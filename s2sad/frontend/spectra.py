"""Spectra of `scipy.signal` in Python: segments, windows and their transforms.

P. Welch, The use of the fast Fourier transform for the estimation of power spectra, IEEE Trans. Audio Electroacoust.
AU-15 (1967); D. Griffin and J. Lim, Signal estimation from modified short-time Fourier transform, ASSP-32 (1984).
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any

BOUNDARY = "the boundary of a short-time transform is accepted as zeros or None"
SCALING = "the scaling of a spectrum is density or spectrum"


def window_of(window: Any, n: Any) -> Array:
    """A window by its name, or as it is given."""
    from scipy.signal import get_window

    return get_window(window, n) if isinstance(window, str | tuple) else np.asarray(window)


def length_of_segments(window: Any, nperseg: Any, n: Any) -> Any:
    """How many samples a segment has: all, if there are fewer."""
    if not isinstance(window, str | tuple):
        return len(window)
    return min(256 if nperseg is None else nperseg, n)


def transformed(x: Array, win: Array, step: Any, nfft: Any, detrend: Any, onesided: bool) -> Array:
    """The transforms of the segments of the last axis, each of them a row."""
    from scipy.fft import fft, rfft
    from scipy.signal import detrend as detrended

    parts = np.lib.stride_tricks.sliding_window_view(x, len(win), axis=-1)[..., ::step, :]
    if detrend == "constant":
        parts = parts - np.mean(parts, axis=-1, keepdims=True)
    elif detrend:
        parts = detrended(parts, axis=-1, type=detrend)
    parts = win.astype(x.dtype) * parts if x.dtype == np.float32 else win * parts
    return rfft(parts, n=nfft) if onesided else fft(parts, n=nfft)


def frequencies(nfft: Any, fs: Any, onesided: bool) -> Array:
    return np.fft.rfftfreq(nfft, 1 / fs) if onesided else np.fft.fftfreq(nfft, 1 / fs)


def scale_of(win: Array, fs: Any, scaling: str) -> Any:
    """What a squared transform is multiplied by."""
    if scaling not in ("density", "psd", "spectrum"):
        raise NotImplementedError(SCALING)
    return 1.0 / np.sum(win) ** 2 if scaling == "spectrum" else 1.0 / (fs * np.sum(win * win))


def stft(
    x: Array,
    fs: Any = 1.0,
    window: Any = "hann",
    nperseg: Any = 256,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = False,
    return_onesided: bool = True,
    boundary: Any = "zeros",
    padded: bool = True,
    axis: int = -1,
    scaling: str = "spectrum",
) -> tuple[Array, Array, Array]:
    """`scipy.signal.stft`."""
    if boundary not in ("zeros", None):
        raise NotImplementedError(BOUNDARY)
    onesided = return_onesided and not np.iscomplexobj(x)
    rows = np.moveaxis(x, axis, -1)
    n = length_of_segments(window, nperseg, rows.shape[-1])
    win = window_of(window, n)
    step = n - (n // 2 if noverlap is None else noverlap)
    bins = n if nfft is None else nfft
    if boundary == "zeros":
        rows = np.pad(rows, ((0, 0),) * (rows.ndim - 1) + ((n // 2, n // 2),))
    if padded:
        more = (-(rows.shape[-1] - n) % step) % n
        rows = np.pad(rows, ((0, 0),) * (rows.ndim - 1) + ((0, more),))
    made = transformed(rows, win, step, bins, detrend, onesided) * np.sqrt(scale_of(win, fs, scaling))
    if x.dtype in (np.float32, np.complex64):
        made = made.astype(np.complex64)
    times = np.arange(n / 2, rows.shape[-1] - n / 2 + 1, step) / fs
    if boundary == "zeros":
        times = times - (n / 2) / fs
    return frequencies(bins, fs, onesided), times, np.moveaxis(made, -1, axis - 1 if axis < 0 else axis)


def istft(
    Zxx: Array,
    fs: Any = 1.0,
    window: Any = "hann",
    nperseg: Any = None,
    noverlap: Any = None,
    nfft: Any = None,
    input_onesided: bool = True,
    boundary: Any = True,
    time_axis: int = -1,
    freq_axis: int = -2,
    scaling: str = "spectrum",
) -> tuple[Array, Array]:
    """`scipy.signal.istft`: the segments added where they were, over what their windows add up to there."""
    from scipy.fft import ifft, irfft

    rows = np.moveaxis(Zxx, (freq_axis, time_axis), (-2, -1))
    whole = 2 * (rows.shape[-2] - 1) if input_onesided else rows.shape[-2]
    n = whole if nperseg is None else nperseg
    odd = input_onesided and n == whole + 1
    bins = (n if odd else whole) if nfft is None else nfft
    win = window_of(window, n)
    step = n - (n // 2 if noverlap is None else noverlap)
    count = rows.shape[-1]
    if input_onesided:
        parts = irfft(rows, n=bins, axis=-2)[..., :n, :]
    else:
        parts = ifft(rows, n=bins, axis=-2)[..., :n, :]
    parts = parts / np.sqrt(scale_of(win, fs, scaling))
    made = np.zeros((*rows.shape[:-2], n + (count - 1) * step), parts.dtype)
    norm = np.zeros(n + (count - 1) * step)
    for i in range(count):
        made[..., i * step : i * step + n] += parts[..., i] * win
        norm[i * step : i * step + n] += win * win
    if boundary:
        made = made[..., n // 2 : made.shape[-1] - n // 2]
        norm = norm[n // 2 : len(norm) - n // 2]
    made = made / np.where(norm > 1e-10, norm, 1.0)
    return np.arange(made.shape[0]) / fs, np.moveaxis(made, -1, time_axis if made.ndim > 1 else -1)


def csd(
    x: Array,
    y: Array,
    fs: Any = 1.0,
    window: Any = "hann",
    nperseg: Any = None,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = "constant",
    return_onesided: bool = True,
    scaling: str = "density",
    axis: int = -1,
    average: str = "mean",
) -> tuple[Array, Array]:
    """`scipy.signal.csd`."""
    onesided = return_onesided and not np.iscomplexobj(x) and not np.iscomplexobj(y)
    first, second = np.moveaxis(x, axis, -1), np.moveaxis(y, axis, -1)
    if first.shape[-1] < second.shape[-1]:
        first = np.pad(first, ((0, 0),) * (first.ndim - 1) + ((0, second.shape[-1] - first.shape[-1]),))
    elif second.shape[-1] < first.shape[-1]:
        second = np.pad(second, ((0, 0),) * (second.ndim - 1) + ((0, first.shape[-1] - second.shape[-1]),))
    n = length_of_segments(window, nperseg, first.shape[-1])
    win = window_of(window, n)
    step = n - (n // 2 if noverlap is None else noverlap)
    bins = n if nfft is None else nfft
    one = transformed(first, win, step, bins, detrend, onesided)
    other = transformed(second, win, step, bins, detrend, onesided)
    made = np.conj(one) * other * scale_of(win, fs, scaling)
    if x.dtype in (np.float32, np.complex64) and y.dtype in (np.float32, np.complex64):
        made = made.astype(np.complex64)
    if onesided and bins % 2 == 1:
        made[..., 1:] *= 2.0
    elif onesided:
        made[..., 1:-1] *= 2.0
    return frequencies(bins, fs, onesided), np.moveaxis(averaged(made, average), -1, axis)


def averaged(made: Array, average: str) -> Array:
    """The mean or the median over segments; the median of powers is less than the mean by a known factor."""
    if average == "mean":
        return np.mean(made, axis=-2)
    if average != "median":
        raise NotImplementedError("spectra are averaged by mean or median")
    even = 2 * np.arange(1, (made.shape[-2] - 1) // 2 + 1)
    bias = 1.0 + np.sum(1.0 / (even + 1) - 1.0 / even)
    return (np.median(np.real(made), axis=-2) + 1j * np.median(np.imag(made), axis=-2)) / bias


def welch(
    x: Array,
    fs: Any = 1.0,
    window: Any = "hann",
    nperseg: Any = None,
    noverlap: Any = None,
    nfft: Any = None,
    detrend: Any = "constant",
    return_onesided: bool = True,
    scaling: str = "density",
    axis: int = -1,
    average: str = "mean",
) -> tuple[Array, Array]:
    """`scipy.signal.welch`."""
    places, made = csd(x, x, fs, window, nperseg, noverlap, nfft, detrend, return_onesided, scaling, axis, average)
    return places, np.real(made)


def periodogram(
    x: Array,
    fs: Any = 1.0,
    window: Any = "boxcar",
    nfft: Any = None,
    detrend: Any = "constant",
    return_onesided: bool = True,
    scaling: str = "density",
    axis: int = -1,
) -> tuple[Array, Array]:
    """`scipy.signal.periodogram`: of one segment, all or the first of nfft samples."""
    rows = np.moveaxis(x, axis, -1)
    n = rows.shape[-1] if nfft is None else min(nfft, rows.shape[-1])
    shown = "boxcar" if window is None else window
    places, made = welch(rows[..., :n], fs, shown, n, 0, nfft, detrend, return_onesided, scaling, -1)
    return places, np.moveaxis(made, -1, axis)
