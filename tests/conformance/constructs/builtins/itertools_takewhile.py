"""Itertools.takewhile and dropwhile."""

from itertools import dropwhile, takewhile


def program(x, k):
    grown = [v + i for i, v in enumerate(x[0])]
    low = sum(v * k for v in takewhile(lambda v: v < 2.0, grown))
    high = sum(v * v for v in dropwhile(lambda v: v < 2.0, grown))
    return low * high + sum(x[1, i] for i in takewhile(lambda i: i < 2, range(4)))
