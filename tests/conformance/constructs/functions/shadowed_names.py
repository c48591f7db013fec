"""Parameters and comprehension variables that hide names of the module and builtins."""

import numpy as np

scale = 3.0


def apply(sum, scale):
    return sum * scale + scale


def program(x, k):
    total = apply(k, x[0, 0]) * scale
    max = [scale * k for scale in x[1]]
    return total + np.sum(max) + scale
