"""Deletion of a name that is bound again later."""

import numpy as np


def program(x, k):
    y = x * k
    total = np.sum(y)
    del y
    y = np.sin(x[0])
    a, b = y[0], y[1]
    del a, y
    return total * b + k
