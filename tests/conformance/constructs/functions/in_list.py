"""Functions in a list, called in turn."""

import numpy as np


def cube(v):
    return v**3


def program(x, k):
    total = 0.0
    for f in [np.sin, cube, np.exp, lambda v: v / (1.0 + v)]:
        total += k * np.sum(f(x)) + f(k)
    return total
