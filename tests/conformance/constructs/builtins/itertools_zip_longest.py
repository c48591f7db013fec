"""Itertools.zip_longest with a fill value."""

from itertools import zip_longest


def program(x, k):
    longer, shorter = list(x[0]), list(x[:, 1])
    total = 0.0
    for a, b in zip_longest(longer, shorter, fillvalue=k):
        total += a * b
    return total + sum(v * (i or 0) for i, v in zip_longest(range(2), x[2]))
