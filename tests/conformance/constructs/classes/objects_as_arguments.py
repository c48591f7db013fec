"""Objects as arguments and results of helpers."""

import math


class Point:
    def __init__(self, a, b):
        self.a = a
        self.b = b


def middle(p, q):
    return Point((p.a + q.a) / 2.0, (p.b + q.b) / 2.0)


def distance(p, q):
    return math.hypot(p.a - q.a, p.b - q.b)


def program(x, k):
    p, q = Point(x[0, 0], x[0, 1]), Point(k, 1.0 + x[1, 0])
    for _ in range(3):
        p, q = middle(p, q), Point(q.a * k, q.b)
    return distance(p, q) + middle(p, q).a
