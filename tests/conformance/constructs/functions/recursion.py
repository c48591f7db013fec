"""Recursion over the halves of an array."""

import numpy as np


def pairwise(v, k):
    if len(v) == 1:
        return v[0] ** 2
    middle = len(v) // 2
    return pairwise(v[:middle], k) + k * pairwise(v[middle:], k)


def program(x, k):
    return pairwise(x.ravel(), k) * np.sum(x)
