"""A static method, called on the class and on an object."""

import numpy as np


class Units:
    def __init__(self, scale):
        self.scale = scale

    @staticmethod
    def squash(value):
        return value / (1.0 + value)

    def apply(self, value):
        return self.squash(self.scale * value)


def program(x, k):
    units = Units(k)
    return np.sum(units.apply(x)) + Units.squash(k * x[0, 0])
