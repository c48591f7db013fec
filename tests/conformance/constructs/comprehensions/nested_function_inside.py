"""A comprehension that calls a nested function and a lambda."""

import numpy as np


def program(x, k):
    def size(v):
        return np.sum(v * v) + k

    scale = lambda v: v * k  # noqa: E731
    return sum(size(scale(row)) for row in x) * max([size(x[0]), 50.0 * k + 60.0])
