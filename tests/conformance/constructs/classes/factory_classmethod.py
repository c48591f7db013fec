"""A class method as a second constructor."""

import math

import numpy as np


class Polar:
    def __init__(self, radius, angle):
        self.radius = radius
        self.angle = angle

    @classmethod
    def from_cartesian(cls, a, b):
        return cls(math.hypot(a, b), math.atan2(b, a))

    def cartesian(self):
        return self.radius * math.cos(self.angle), self.radius * math.sin(self.angle)


def program(x, k):
    point = Polar.from_cartesian(np.sum(x[0]), k)
    turned = Polar(point.radius * 1.5, point.angle + x[1, 1])
    a, b = turned.cartesian()
    return a * a - a * b
