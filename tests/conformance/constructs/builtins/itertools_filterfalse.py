"""Itertools.filterfalse with a lambda."""

from itertools import filterfalse


def program(x, k):
    large = list(filterfalse(lambda v: v < 1.0, [k, x[2, 2] + 1.0, k + 1.0]))
    return large[0] * large[1] + sum(x[0, i] ** 2 for i in filterfalse(lambda i: i % 2, range(4)))
