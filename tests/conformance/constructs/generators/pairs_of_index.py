"""A generator of tuples of an index and an array."""

import numpy as np


def indexed(x):
    for i, row in enumerate(x):
        yield i, row, np.sum(row)


def program(x, k):
    total = 0.0
    for i, row, s in indexed(x):
        total += row[i] * s * k**i
    return total
