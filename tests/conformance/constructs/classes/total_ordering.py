"""`functools.total_ordering`: the comparisons that a class does not write itself."""

from functools import total_ordering


@total_ordering
class Cost:  # noqa: PLW1641
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return self.value == other.value

    def __lt__(self, other):
        return self.value < other.value


def program(x, k):
    a, b = Cost(x[0, 0] * k), Cost(x[1, 1])
    worst = a if a >= b else b
    best = b if a > b else a
    return worst.value * 2.0 + best.value**2
