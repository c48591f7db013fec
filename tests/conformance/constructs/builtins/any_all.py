"""Any and all over lists, generators and arrays."""

import numpy as np


def program(x, k):
    y = np.sum(x * x)
    if all([v > 0.0 for v in x[0]]) and not any(v > 10.0 for v in x[1]):  # noqa: C419
        y *= k
    if any([False, k > 5.0]):
        y += 100.0
    return y + k if np.all(x > 0.0) and all(np.any(row < 2.0) for row in x) else y
