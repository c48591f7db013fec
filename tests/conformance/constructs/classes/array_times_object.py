"""A NumPy scalar and an array on the left of an object with reflected operators."""

import numpy as np


class Scale:
    __array_ufunc__ = None

    def __init__(self, factor):
        self.factor = factor

    def __rmul__(self, other):
        return other * self.factor + 1.0

    def __rsub__(self, other):
        return other - 2.0 * self.factor


def program(x, k):
    scale = Scale(k)
    return np.sum(x * scale) + x[0, 0] * scale * (np.sum(x) - scale)
