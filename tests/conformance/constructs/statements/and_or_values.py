"""The operators and, or and not give one of their operands."""

import numpy as np


def program(x, k, offset=None, scale=0.0):
    shift = offset or k * k
    factor = scale or (k and 2.0 * k)
    nothing = not x.size
    kept = (not nothing) and np.sum(x * x)
    return (kept or 1.0) * factor + np.sin(shift)
