"""Keywords of a partial that the call overrides, and a partial of a method."""

import functools


class Line:
    def __init__(self, slope):
        self.slope = slope

    def at(self, t, offset=0.0, power=1):
        return self.slope * t**power + offset


def program(x, k):
    curve = functools.partial(Line(k).at, power=2, offset=x[0, 0])
    first = curve(x[1, 1])
    return first * curve(k, power=3) + curve(k, offset=0.0) + functools.partial(Line.at, Line(2.0), k)(offset=k)
