"""A match on the classes of objects, with attributes and positions."""

import math
from dataclasses import dataclass


@dataclass
class Circle:
    radius: float


@dataclass
class Box:
    width: float
    height: float


def area(shape):
    match shape:
        case Circle(radius=r):
            return math.pi * r * r
        case Box(w, h):
            return w * h


def program(x, k):
    shapes = (Circle(k), Box(x[0, 0], x[1, 1]), Box(width=k, height=x[2, 2]), Circle(x[0, 3]))
    return sum(area(shape) ** 2 for shape in shapes)
