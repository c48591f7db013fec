"""Map with a lambda, a function of NumPy, and two sequences."""

import numpy as np


def program(x, k):
    a = list(map(lambda v: v * k, x[0]))  # noqa: C417
    b = sum(map(np.sin, x[1]))
    c = list(map(lambda u, v: u * v, x[1], x[2]))
    return a[0] * a[1] + b * sum(c)
