"""np.cumsum, np.cumprod, np.diff and a running mean."""

import numpy as np

INTERPRETED = False


def program(x, k):
    sums = np.cumsum(x, axis=1)
    products = np.cumprod(x[0] + k)
    mean = (sums[:, 2:] - sums[:, :-2]) / 2.0
    return np.sum(mean**2) + np.sum(np.diff(products) * k) + np.cumsum(x)[-1]
