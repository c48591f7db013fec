"""Boolean masks that are read and written."""

import numpy as np


def program(x, k):
    y = 3.0 * x
    mask = np.array([[True, False, True, False]] * 3)
    y[mask] *= k
    y[~mask] = np.sqrt(y[~mask])
    y[y > 100.0] = 0.0
    return np.sum(y[mask] ** 2) + np.sum(y) * y[y > 0.0].mean()
