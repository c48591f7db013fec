"""A __new__ that sets what a class attribute would give otherwise."""


class Shape:
    corners = 1.0

    def __new__(cls, *sides):
        shape = super().__new__(cls)
        shape.corners = 2.0 * len(sides)
        return shape

    def __init__(self, *sides):
        self.side = sides[0]


def program(x, k):
    return Shape(x[0, 0]).side ** 2 * Shape(k, 1.0).corners * k
