"""An object indexed by a tuple and by a slice."""

import numpy as np


class Lower:
    def __init__(self, cells):
        self.cells = cells

    def __getitem__(self, key):
        if isinstance(key, tuple):
            i, j = key
            return self.cells[i, j] if i >= j else 0.0
        return self.cells[key]

    def __setitem__(self, key, value):
        i, j = key
        if i >= j:
            self.cells[i, j] = value


def program(x, k):
    lower = Lower(x.copy())
    lower[1, 0] = lower[2, 1] * k
    lower[0, 1] = 100.0
    return lower[1, 0] ** 2 + lower[0, 3] + np.sum(lower[1:3] ** 2)
