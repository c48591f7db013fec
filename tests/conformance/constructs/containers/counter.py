"""`collections.Counter` of what is known: numbers that weigh."""

from collections import Counter


def program(x, k):
    counts = Counter("abracadabra")
    return x[0, 0] * counts["a"] + x[1, 1] * counts["b"] * k + counts["z"] + counts.total() * k
