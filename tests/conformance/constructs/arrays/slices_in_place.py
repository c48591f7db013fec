"""In-place updates of slices that overlap."""

import numpy as np


def program(x, k):
    u = x.copy()
    u[:, 1:] += k * u[:, :-1]
    u[1:] *= u[:-1]
    u[::2, ::-1] -= 0.1 * u[::2]
    u[-1] /= k
    return np.sum(u**2)
