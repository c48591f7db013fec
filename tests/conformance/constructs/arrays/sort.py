"""np.sort, np.argsort, the median, the largest and what is at np.argmax."""

import numpy as np

INTERPRETED = False


def program(x, k):
    ordered = np.sort(x, axis=1)
    order = np.argsort(x[0])
    weights = np.arange(4) + k
    best = x[1, np.argmax(x[1])]
    return np.sum(ordered * weights) * k + x[2][order] @ weights + np.median(x[:, :3]) * best + x.max() * x.min()
