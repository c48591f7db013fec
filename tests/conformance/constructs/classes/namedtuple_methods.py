"""A NamedTuple with methods and a property, unpacked and replaced."""

from typing import NamedTuple


class Line(NamedTuple):
    slope: float
    offset: float = 0.0

    def at(self, t):
        return self.slope * t + self.offset

    @property
    def root(self):
        return -self.offset / self.slope


def program(x, k):
    line = Line(x[0, 0], k)
    steeper = line._replace(slope=line.slope * 2.0)
    slope, offset = steeper
    return line.at(k) * steeper.root + slope * offset + Line(k).at(x[1, 1]) + line[0]
