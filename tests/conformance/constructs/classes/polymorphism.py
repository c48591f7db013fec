"""A list of unlike objects, each with its own method."""

import numpy as np


class Circle:
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return np.pi * self.radius**2


class Rectangle:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height


class Hole:
    def __init__(self, inner):
        self.inner = inner

    def area(self):
        return -self.inner.area()


def program(x, k):
    shapes = [Circle(k), Rectangle(x[0, 0], x[0, 1]), Hole(Circle(x[1, 1])), Rectangle(k, k)]
    total = 0.0
    for shape in shapes:
        total += shape.area()
    return total * shapes[0].area()
