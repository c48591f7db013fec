"""An object with __getitem__ and __setitem__."""

import numpy as np


class Diagonals:
    def __init__(self, n):
        self.cells = np.zeros((n, n))

    def __getitem__(self, i):
        return self.cells[i, i]

    def __setitem__(self, i, value):
        self.cells[i, i] = value
        self.cells[0, i] += 0.5 * value


def program(x, k):
    d = Diagonals(3)
    for i in range(3):
        d[i] = k * x[i, i]
    d[1] += d[2] * d[0]
    d[2] *= k
    return np.sum(d.cells**2) + d[1]
