"""Itertools.combinations of indices and of values, with replacement too."""

from itertools import combinations, combinations_with_replacement


def program(x, k):
    energy = 0.0
    for i, j in combinations(range(3), 2):
        d = x[i] - x[j]
        energy += (d @ d + k) ** 0.5
    elementary = sum(a * b * c for a, b, c in combinations(x[0], 3))
    return energy * elementary + sum(a * b for a, b in combinations_with_replacement([k, x[1, 1]], 2))
