"""An object whose __iter__ is a generator."""

import numpy as np


class Walk:
    def __init__(self, start, step, n):
        self.start = start
        self.step = step
        self.n = n

    def __iter__(self):
        here = self.start
        for _ in range(self.n):
            yield here
            here = here * self.step + 0.1


def program(x, k):
    total = 0.0
    for place in Walk(x[0], k, 3):
        total += np.sum(np.sin(place))
    return total
