"""A namedtuple with a default, its items by name, by index and unpacked, and _fields."""

from collections import namedtuple

Point = namedtuple("Point", "x y z", defaults=(1.0,))


def norm2(p):
    return p.x**2 + p.y**2 + p.z**2


def program(x, k):
    p, q = Point(x[0, 0], k), Point(x[1, 0], y=x[1, 1], z=k * k)
    a, b, _ = q
    same = sum(getattr(q, name) for name in Point._fields)
    return norm2(p) * norm2(q) + sum(u * v for u, v in zip(p, q, strict=True)) + a * b * q[2] + same
