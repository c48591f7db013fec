"""A subclass of a collections.namedtuple with an operator of its own."""

from collections import namedtuple


class Pair(namedtuple("Pair", ["a", "b"])):
    __slots__ = ()

    def __add__(self, other):
        return Pair(self.a + other.a, self.b + other.b)

    def dot(self, other):
        return self.a * other.a + self.b * other.b


def program(x, k):
    p, q = Pair(x[0, 0], k), Pair(k * k, x[1, 1])
    return (p + q).dot(p) + len(p)
