"""Recursion that halves an array and merges the two results."""

import numpy as np

WRT = (0, 1)


def merge(left, right, c):
    if left > right:
        return left + c * np.sin(right)
    return right + c * left * right


def halves(x, c):
    n = len(x)
    if n == 1:
        return x[0] * x[0]
    middle = n // 2
    return merge(halves(x[:middle], c), halves(x[middle:], c), c)


def merge_sum(x, c):
    return halves(x, c)


def example(rng):
    return rng.normal(size=7), float(rng.uniform(0.2, 0.6))
