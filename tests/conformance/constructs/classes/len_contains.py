"""An object with __len__ and __contains__."""

import numpy as np


class Interval:
    def __init__(self, low, high, points):
        self.low = low
        self.high = high
        self.points = points

    def __len__(self):
        return len(self.points)

    def __contains__(self, value):
        return self.low < value < self.high


def program(x, k):
    total = 0.0
    near, far = Interval(0.0, 2.0, [1, 2, 3]), Interval(5.0, 6.0, [1])
    for interval in (near, far):
        if k in interval:
            total += k * np.sum(x) / len(interval)
        else:
            total += x[0, 0] * len(interval)
    return total * total
