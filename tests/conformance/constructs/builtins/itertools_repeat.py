"""Itertools.repeat with and without a number of times."""

from itertools import repeat


def program(x, k):
    total = sum(v * w for v, w in zip(x[0], repeat(k), strict=False))
    for w in repeat(x[1, 1], 3):
        total *= w + 1.0
    return total + sum(map(pow, x[2], repeat(2)))
