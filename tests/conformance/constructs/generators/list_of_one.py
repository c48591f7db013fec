"""List of a generator, and an array of that list."""

import numpy as np


def powers(v, n):
    p = 1.0
    for _ in range(n):
        yield p
        p = p * v


def program(x, k):
    a = list(powers(k, 4))
    c = np.array(list(powers(x[1, 1], 4)))
    return a[2] * a[3] + np.dot(c, x[2])
