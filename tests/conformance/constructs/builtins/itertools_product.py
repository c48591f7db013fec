"""Itertools.product of ranges and of values, with repeat."""

from itertools import product


def program(x, k):
    total = 0.0
    for i, j in product(range(3), range(4)):
        total += x[i, j] * k ** (i + j)
    for a, b in product(x[0, :2], x[1, :2]):
        total += a * b
    return total + sum(x[i, j] * x[j, i] for i, j in product(range(2), repeat=2))
