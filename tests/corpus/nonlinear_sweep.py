"""A sweep that multiplies neighbours, so the overwritten values matter to the derivative."""

import numpy as np

WRT = (0, 1)


def nonlinear_sweep(u, c, sweeps):
    u = u.copy()
    n = len(u)
    for k in range(sweeps):
        for i in range(1, n - 1):
            u[i] = u[i - 1] * u[i + 1] + c * np.sin(u[i])
        for i in range(n - 2, 0, -1):
            u[i] *= 0.7 * u[i + 1] + 0.3
    return np.sum(u * u * u)


def example(rng):
    return rng.uniform(0.3, 0.9, size=6), float(rng.uniform(0.3, 0.6)), 3
