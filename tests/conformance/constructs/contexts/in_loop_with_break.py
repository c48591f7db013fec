"""A with inside a loop that its block breaks."""

import numpy as np


def program(x, k):
    total = 0.0
    for i, row in enumerate(x):
        with np.errstate(over="ignore"):
            if i == 2:
                break
            total += np.sum(np.exp(k * row))
            if i == 0:
                continue
            total *= k
    return total
