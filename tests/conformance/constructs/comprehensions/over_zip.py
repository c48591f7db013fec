"""Comprehensions over zip, with and without strict."""

import numpy as np


def program(x, k):
    products = [a * b - k for a, b in zip(x[0], x[1], strict=True)]
    short = [a * b * c for a, b, c in zip(x[0], x[1:, 0], (1.0, 2.0, 3.0))]  # noqa: B905
    return np.sum(np.array(products) ** 2) + sum(short)
