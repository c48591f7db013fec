"""Methods that return self, chained."""

import numpy as np


class Pipeline:
    def __init__(self, data):
        self.data = data

    def scale(self, s):
        self.data = self.data * s
        return self

    def shift(self, s):
        self.data = self.data + s
        return self

    def squash(self):
        self.data = np.tanh(self.data)
        return self

    def total(self):
        return self.data.sum()


def program(x, k):
    return Pipeline(x).scale(k).shift(0.1).squash().scale(x[0, 0]).total()
