"""Itertools.chain of an array, a list and a generator expression."""

import itertools


def program(x, k):
    total = 0.0
    for v in itertools.chain(x[0], [k, k * k], (v * k for v in x[1])):
        total = total * 0.9 + v * v
    return total
