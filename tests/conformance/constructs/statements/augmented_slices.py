"""Augmented assignments to slices of arrays."""

import numpy as np


def program(x, k):
    a = x.copy()
    a[1:] += a[:-1] * k
    a[:, ::2] *= 1.0 + k
    a[0, 1:3] -= x[1, :2]
    a[...] /= 2.0
    a[-1] **= 2
    return np.sum(a * a)
