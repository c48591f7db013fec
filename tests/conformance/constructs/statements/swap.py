"""Swaps of names and of items."""

import numpy as np


def program(x, k):
    a, b = x[0], x[1] * k
    a, b = b, a
    c = np.array([k, x[2, 0], x[2, 1]])
    c[0], c[2] = c[2], c[0]
    items = [k, a[0]]
    items[0], items[1] = items[1], items[0]
    previous, current = 0.0, 1.0
    for v in b:
        previous, current = current, current * v + previous
    return np.sum(a * a) * c[0] + c[2] * items[0] ** 2 * items[1] + current
