"""assert statements that hold, and one that is caught."""

import numpy as np


def checked(v):
    assert v.ndim == 1, "a vector"
    return np.sum(v**2)


def program(x, k):
    assert k > 0.0
    try:
        total = checked(x)
    except AssertionError:
        total = checked(x[0]) * k
    return total
