"""Itertools.pairwise over a row and a list."""

from itertools import pairwise


def program(x, k):
    steps = sum((b - a) ** 2 for a, b in pairwise(x[0]))
    points = [k, x[1, 0], x[1, 1], k * k]
    area = 0.0
    for a, b in pairwise(points):
        area += 0.5 * (a + b) * abs(a + b + 1.0)
    return steps + area
