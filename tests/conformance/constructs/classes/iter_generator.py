"""An object whose __iter__ hands on that of a list."""

import numpy as np


class Path:
    def __init__(self, steps):
        self.steps = steps

    def __iter__(self):
        return iter(self.steps)


def program(x, k):
    position = np.zeros(4)
    length = 0.0
    for step in Path([x[0], x[1] * k, x[2] ** 2]):
        position = position + step
        length += np.sqrt(step @ step)
    return length + position @ position
