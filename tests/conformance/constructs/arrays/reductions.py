"""Methods and functions that reduce, over axes and with where."""

import numpy as np

INTERPRETED = False


def program(x, k):
    y = x * k + 1.0
    parts = [
        y.sum(axis=0).prod(),
        y.mean(axis=(0, 1)),
        y.std(axis=1).sum(),
        np.var(y, ddof=1),
        np.average(x[0], weights=y[0]),
    ]
    parts.append(np.logaddexp.reduce(y[1]))
    parts.append(np.sum(y, where=np.eye(3, 4, dtype=bool)))
    parts.append(np.ptp(y))
    return sum(p * (i + 1.0) for i, p in enumerate(parts))
