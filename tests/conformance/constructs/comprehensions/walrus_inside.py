"""A walrus inside a comprehension."""

import numpy as np


def program(x, k):
    parts = [(s := np.sum(row)) * s + k for row in x]
    running = 0.0
    sums = [running := running * k + v for v in x[0]]
    return sum(parts) * s + sums[1] * sums[-1]
