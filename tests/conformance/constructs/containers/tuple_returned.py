"""Functions that return tuples, also nested ones."""

import numpy as np


def moments(v):
    mean = np.mean(v)
    return mean, (np.mean((v - mean) ** 2), len(v))


def program(x, k):
    mean, (variance, n) = moments(x[0] * k)
    both = moments(x[1])
    return mean * variance * n + both[0] * both[1][0]
