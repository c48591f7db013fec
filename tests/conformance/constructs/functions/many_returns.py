"""A helper with many returns of several values."""

import numpy as np


def classify(v, k):
    if len(v) == 0:
        return 0.0, k
    if v[0] > 10.0:
        return v[0], 1.0
    for i, value in enumerate(v):
        if i == 2:
            return value * k, value
        if value < -1.0:
            return value, value
    return np.sum(v), k


def program(x, k):
    a, b = classify(x[0], k)
    c, d = classify(50.0 * k + x[1], k)
    e, f = classify(x[2, :2], k)
    return a * b + c * d + e * f + classify([], k)[1]
