"""Unpacking of an array into its rows and of its shape."""

import numpy as np


def program(x, k):
    rows, columns = x.shape
    a, b, c = x
    p, q, r, s = a
    return np.dot(b, c) * (p * q - r * s * k) * rows + columns * k**2
