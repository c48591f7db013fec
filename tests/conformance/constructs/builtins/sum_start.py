"""Sum with a start, of numbers, of arrays and of lists."""

import numpy as np


def program(x, k):
    a = sum([v * v for v in x[0]], k)
    b = sum(x, start=np.zeros(4))
    c = sum([[k, x[0, 0]], [x[1, 1]]], [])  # noqa: RUF017
    return a * np.sum(b * b) + c[0] * c[1] * c[2]
