"""Returns from the middle of loops and branches."""

import numpy as np


def first_large(x, k, n):
    if n == 0:
        return k
    for i, row in enumerate(x):
        for j, v in enumerate(row):
            if i * j >= n:
                return v * v * k
    return np.sum(x)


def program(x, k):
    return first_large(x, k, 0) * first_large(x, k, 2) + first_large(x, k, 3) * first_large(x, k, 100)
