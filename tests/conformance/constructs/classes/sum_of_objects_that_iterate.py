"""Objects that can be iterated over, as what `sum` starts from and what `max` compares."""

import math


class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __add__(self, other):
        return Pair(self.a + other.a, self.b + other.b)

    def __lt__(self, other):
        return self.a < other.a

    def __gt__(self, other):
        return self.a > other.a

    def __iter__(self):
        yield self.a
        yield self.b

    @property
    def norm(self):
        return math.sqrt(self.a**2 + self.b**2)


def program(x, k):
    pairs = [Pair(x[0, 0], k), Pair(x[1, 1], x[2, 2])]
    total = sum(pairs, Pair(0.0, k))
    first, second = total
    return total.norm * max(pairs[0], pairs[1]).b + first * sum(total) + second
