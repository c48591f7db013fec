"""The out= argument of universal functions."""

import numpy as np


def program(x, k):
    buffer = np.empty_like(x)
    np.multiply(x, k, out=buffer)
    np.sin(buffer, out=buffer)
    np.add(buffer[0], x[1], out=buffer[2])
    total = np.zeros(4)
    np.sum(buffer, axis=0, out=total)
    return total @ total
