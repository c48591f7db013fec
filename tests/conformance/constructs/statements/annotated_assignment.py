"""Annotated assignments and parameters."""

import numpy as np

Array = np.ndarray


def scaled(x: Array, by: float = 1.0) -> Array:
    result: Array = x * by
    return result


def program(x: Array, k: float) -> float:
    total: float = 0.0
    row: Array
    for row in scaled(x, by=k):
        total += float(np.dot(row, row))
    return total
