"""The variable of a loop is read after the loop."""

import numpy as np


def program(x, k):
    for i, row in enumerate(x):
        y = row * k
    total = np.sum(y * row) * i
    for v in row:
        total += v * k
    return total * v
