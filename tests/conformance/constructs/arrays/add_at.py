"""np.add.at with indices that repeat, and np.bincount with weights."""

import numpy as np

INTERPRETED = False

INDEX = np.array([0, 2, 2, 1])


def program(x, k):
    sums = np.zeros(3)
    np.add.at(sums, INDEX, x[0] * k)
    np.subtract.at(sums, INDEX[:2], x[1, :2])
    counts = np.bincount(INDEX, weights=x[2], minlength=3)
    return np.sum(sums**2) + counts @ sums
