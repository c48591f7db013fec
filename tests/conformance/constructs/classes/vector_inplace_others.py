"""In-place operators __isub__, __imul__ and __itruediv__, one without an in-place method."""

import numpy as np


class Bag:
    def __init__(self, values):
        self.values = values

    def __imul__(self, s):
        self.values *= s
        return self

    def __itruediv__(self, s):
        self.values = self.values / s
        return self

    def __sub__(self, other):
        return Bag(self.values - other.values)


def program(x, k):
    bag = Bag(x.copy())
    first = bag
    bag *= k
    bag /= x[0, 0]
    bag -= Bag(np.sqrt(x))
    return np.sum(bag.values**2) + np.sum(first.values)
