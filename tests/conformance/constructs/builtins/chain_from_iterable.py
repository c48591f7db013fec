"""Itertools.chain.from_iterable of a list of rows."""

from itertools import chain


def program(x, k):
    return sum(v * v for v in chain.from_iterable([x[0], x[1] * k])) + sum(chain.from_iterable(x)) * k
