"""Slices made by np.s_ in names."""

import numpy as np

INNER = np.s_[:, 1:3]


def program(x, k):
    first = np.s_[0:2]
    return np.sum(x[INNER] ** 2) * k + np.sum(x[first])


INTERPRETED = False
