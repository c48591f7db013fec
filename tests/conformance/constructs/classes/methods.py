"""A class with methods that call one another."""

import numpy as np


class Ellipse:
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def area(self):
        return np.pi * self.a * self.b

    def flattening(self):
        return (self.a - self.b) / self.a

    def weight(self, density):
        return density * self.area() * (1.0 + self.flattening())


def program(x, k):
    shape = Ellipse(x[0, 0] + 1.0, k)
    return shape.weight(x[1, 2]) + shape.area()
