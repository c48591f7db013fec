"""A method that writes into an array of its object, which a name of the caller shares."""

import numpy as np


class Field:
    def __init__(self, cells):
        self.cells = cells

    def diffuse(self, k):
        self.cells[:, 1:-1] += k * (self.cells[:, 2:] - 2.0 * self.cells[:, 1:-1] + self.cells[:, :-2])


def program(x, k):
    mine = x.copy()
    field = Field(mine)
    for _ in range(3):
        field.diffuse(0.3 * k)
    return np.sum(mine**2) + field.cells[0, 1]
