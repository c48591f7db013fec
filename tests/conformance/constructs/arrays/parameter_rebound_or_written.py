"""A helper that rebinds its parameter, and one that writes into it."""

import numpy as np


def rebind(v, k):
    v = v * k
    v += 1.0
    return np.sum(v)


def write(v, k):
    v *= k
    v = v + 1.0
    return np.sum(v)


def program(x, k):
    y = x.copy()
    first = rebind(y, k)
    second = write(y[1], k)
    third = write(y[:, 2], second)
    return first + second * third + np.sum(y**2)
