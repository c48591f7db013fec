"""Generators fed by generators."""

import math


def source(row):
    yield from row


def scaled(values, k):
    for v in values:
        yield v * k


def pairwise_products(values):
    previous = None
    for v in values:
        if previous is not None:
            yield previous * v
        previous = v


def program(x, k):
    return math.exp(sum(pairwise_products(scaled(source(x[0]), k)))) + sum(scaled(pairwise_products(x[1]), k))
