"""Errors raised for inputs that do not come."""

import numpy as np


def checked(x, power):
    if x.ndim != 2:
        raise ValueError(f"expected a matrix, got {x.ndim} axes")
    if power not in (2, 3):
        raise NotImplementedError
    return x**power


def program(x, k):
    if k <= 0.0:
        raise ValueError("k must be positive")
    return np.sum(checked(x, 2)) * k + np.sum(checked(x, 3))
