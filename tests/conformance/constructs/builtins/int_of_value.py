"""An int made of a value decides an index."""

import numpy as np


def program(x, k):
    i = int(x[0, 0] * 0.5 + 1.02)
    j = int(k + 2.05)
    return np.sum(x[i]) * k + x[0, j] ** 2
