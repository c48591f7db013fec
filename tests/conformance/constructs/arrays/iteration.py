"""Loops over np.ndenumerate, np.ndindex, .flat and zip of rows."""

import numpy as np

INTERPRETED = False


def program(x, k):
    y = np.zeros_like(x)
    for (i, j), value in np.ndenumerate(x):
        y[i, j] = value * (i + k) + j
    for i, j in np.ndindex(2, 2):
        y[i, j] *= y[i + 1, j + 1]
    total = 0.0
    for value in y.flat:
        total = 0.5 * total + value
    return total + sum(a @ b for a, b in zip(x, y, strict=True))
