"""Complex arrays in between: a Fourier transform and an absolute value."""

import numpy as np

INTERPRETED = False


def program(x, k):
    z = np.exp(1j * k * x)
    spectrum = np.fft.fft(x[0] * k)
    power = np.abs(spectrum) ** 2
    return np.sum(z.real * z.imag) + power @ np.arange(4.0) + np.sum(np.abs(z + x)) + (z[0, 0] * np.conj(z[1, 1])).real
