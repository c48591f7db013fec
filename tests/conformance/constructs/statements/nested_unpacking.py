"""Targets nested in targets, in assignments and in a for loop."""

import numpy as np


def split(x, k):
    return (x[0], (x[1], k)), [k * k, x[2]]


def program(x, k):
    (a, (b, c)), [d, e] = split(x, k)
    total = np.dot(a, b) * c + d * np.sum(e)
    for i, (u, (v, w)) in enumerate(zip(a, zip(b, e, strict=True), strict=True)):
        total += (i + 1) * u * v * w
    return total
