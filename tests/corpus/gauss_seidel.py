"""Gauss-Seidel sweeps for a Poisson problem on a square, each value updated where it stands."""

import numpy as np

WRT = (0, 1)


def gauss_seidel(u, f, h, sweeps):
    u = u.copy()
    rows, cols = u.shape
    for sweep in range(sweeps):
        for i in range(1, rows - 1):
            for j in range(1, cols - 1):
                neighbours = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]
                u[i, j] = 0.25 * (neighbours - h * h * f[i, j])
    return np.sum(u**2 * f)


def example(rng):
    return rng.normal(size=(5, 6)), rng.normal(size=(5, 6)), 0.7, 3
