"""A comprehension that keeps what passes a test of its value."""

import numpy as np


def program(x, k):
    shifted = x + np.array([0.0, 2.0, 0.0, 2.0])
    large = [v * v for v in shifted.ravel() if v > 1.5]
    small = [v for row in shifted for v in row if not v > 1.5]
    return sum(large) * k + sum(small) * len(large)
