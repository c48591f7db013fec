"""Rows of an array swapped by a tuple assignment: views, so that one is lost."""

import numpy as np


def program(x, k):
    y = x.copy()
    y[0], y[1] = y[1], y[0]
    z = x.copy()
    z[[0, 1]] = z[[1, 0]]
    a = [x[0, 0], k, x[1, 1]]
    a[0], a[2] = a[2] * k, a[0]
    return np.sum(y[0] * y[1]) + np.sum(z[0] * x[1] * k) + a[0] * a[2] ** 2
