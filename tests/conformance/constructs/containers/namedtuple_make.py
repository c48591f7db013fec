"""Namedtuple._make of a list and of a generator expression."""

from collections import namedtuple

Point = namedtuple("Point", "x y")


def program(x, k):
    p = Point._make([x[0, 0], k])
    q = Point._make(v * k for v in p)
    return p.x * q.y + q.x**2
