"""A generator of windows of a row, in comprehensions."""

import numpy as np


def windows(row, width):
    for i in range(len(row) - width + 1):
        yield row[i : i + width]


def program(x, k):
    means = [np.mean(w) * k for w in windows(x[0], 2)]
    return sum(m * m for m in means) + sum(np.prod(w) for w in windows(x[2], 2))
