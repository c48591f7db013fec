"""Generators fed by generators, with loops."""

import math


def source(row):
    for v in row:
        yield v + 1.0


def scaled(values, k):
    for v in values:
        yield v * k


def program(x, k):
    return math.exp(0.1 * sum(scaled(source(x[0]), k))) + max(scaled(source(x[1, :1]), k))
