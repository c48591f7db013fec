"""A class with __new__ that sets an attribute before __init__."""


class Shape:
    def __new__(cls, *sides):
        shape = super().__new__(cls)
        shape.corners = 4.0 * len(sides)
        return shape


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2 * self.corners


class Rectangle(Shape):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def area(self):
        return self.a * self.b * self.corners


def program(x, k):
    return Square(k).area() + Rectangle(x[0, 0], k).area()
