"""A name whose rank grows with every iteration of a short loop."""

import numpy as np


def program(x, k):
    h = x[0]
    for _ in range(2):
        h = np.multiply.outer(h, x[1]) * k
    return np.sum(h**2)
