"""A chain of polynomial layers walked with enumerate and zip, forwards and backwards."""

import numpy as np

WRT = (0, 1)


def horner(coefficients, x):
    value = 0.0
    for c in reversed(coefficients):
        value = value * x + c
    return value


def enumerate_zip(table, points, weights):
    total = 0.0
    for i, (row, x) in enumerate(zip(table, points)):
        value = horner(row, x)
        total += weights[i] * np.sin(value)
        if i > 0:
            total -= 0.1 * value * points[i - 1]
    for x, w in zip(points[::-1], weights):
        total += w * x * x
    return total


def example(rng):
    return rng.normal(size=(4, 3)), rng.normal(size=4), rng.uniform(0.2, 1.2, size=4)
