"""A conditional expression in the middle of a sum."""

import numpy as np


def program(x, k):
    total = 0.0
    for i, row in enumerate(x):
        weight = k if i % 2 == 0 else k * k
        total += weight * np.sum(np.sin(row)) if i < 2 else np.prod(row) - weight
    return total
