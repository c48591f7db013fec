"""Itertools.accumulate with a lambda and an initial value."""

from itertools import accumulate


def program(x, k):
    decayed = list(accumulate(x[2], lambda acc, v: acc * k + v, initial=1.0))
    return decayed[-1] * decayed[2]
