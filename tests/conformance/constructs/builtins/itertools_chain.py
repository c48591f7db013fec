"""Itertools.chain and chain.from_iterable."""

import itertools
from itertools import chain


def program(x, k):
    total = 0.0
    for v in itertools.chain(x[0], [k, k * k], (v * k for v in x[1])):
        total = total * 0.9 + v * v
    return total + sum(chain.from_iterable([x[0], x[1]])) * k
