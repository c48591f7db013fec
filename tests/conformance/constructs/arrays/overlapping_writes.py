"""Writes whose source and target overlap, also by a step and reversed."""

import numpy as np


def program(x, k):
    a = x[0] * k
    a[1:] = a[:-1]
    b = x[1].copy()
    b[:] = b[::-1]
    b[1:] += b[:-1]
    c = x.copy()
    c[...] = c[::-1, ::-1] * k
    c[:, 0] = c[:, 1] = c[0, :3]
    np.copyto(c[2], c[1] * c[0])
    return np.sum(a**2) + b @ a + np.sum(c**2)
