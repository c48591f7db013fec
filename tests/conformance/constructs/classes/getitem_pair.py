"""An object indexed by a pair, which its __getitem__ hands on as it is."""

import numpy as np


class Grid:
    def __init__(self, cells):
        self.cells = cells

    def __getitem__(self, key):
        return np.sum(self.cells[key])


def program(x, k):
    grid = Grid(x * k)
    return grid[0, 1] * grid[2, 3] + grid[1]
