"""Callable objects."""

import numpy as np


class Quadratic:
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def __call__(self, t):
        return self.a * t * t + self.b * t


def program(x, k):
    f = Quadratic(k, x[0, 1])
    return np.sum(f(x)) + f(f(k))
