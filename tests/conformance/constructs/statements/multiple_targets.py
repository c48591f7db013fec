"""Assignments with several targets."""

import numpy as np


def program(x, k):
    a = b = k * 2.0
    a *= x[0, 0]
    c = d, e = x[1, 1] * a, x[2, 2] * b
    parts = [0.0, 0.0]
    parts[0] = parts[1] = last = np.sum(x)
    return c[0] * e + d * parts[0] + parts[1] * last * k
