"""A method that yields, and one that calls it."""

import numpy as np


class Batches:
    def __init__(self, data, scale):
        self.data = data
        self.scale = scale

    def batches(self, size):
        for i in range(0, len(self.data), size):
            yield self.data[i : i + size] * self.scale

    def total(self):
        return sum(np.sum(b * b) for b in self.batches(2))


def program(x, k):
    return Batches(x.ravel(), k).total() + Batches(x[0], k * k).total()
