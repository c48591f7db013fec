"""Itertools.permutations of two items."""

from itertools import permutations


def program(x, k):
    total = sum(x[i, j] * x[j, i] for i, j in permutations(range(3), 2))
    for a, b in permutations([k, x[0, 0], x[1, 1]], 2):
        total += a / b
    return total
