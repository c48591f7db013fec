"""Assertions with and without a message."""

import numpy as np


def program(x, k):
    assert x.ndim == 2
    y = np.sqrt(x * k)
    assert np.all(y > 0.0), f"not positive: {y}"
    total = y.sum()
    assert isinstance(total, float) and total < 100.0, "too large"
    return total * k
