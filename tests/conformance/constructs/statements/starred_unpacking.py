"""Unpacking with a star at the start, in the middle and at the end."""

import numpy as np


def program(x, k):
    first, *rest = x
    *most, last = rest[0]
    a, *middle, d = x[2]
    total = np.sum(first) * k
    for v in middle:
        total = total * v + k
    return total + sum(most) * last - a * d
