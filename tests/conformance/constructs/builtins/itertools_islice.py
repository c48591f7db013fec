"""Itertools.islice of arrays, lists and generator expressions."""

from itertools import islice


def program(x, k):
    a = sum(islice(x.ravel(), 1, 9, 3)) * k
    b = list(islice([k, x[0, 0], x[1, 1], x[2, 2]], 2))
    return a * b[0] * b[1] + sum(islice((v * v for v in x[2]), 1, None))
