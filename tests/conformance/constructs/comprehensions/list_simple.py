"""A list comprehension over the rows of an array."""

import numpy as np


def program(x, k):
    norms = [np.sqrt(np.dot(row, row)) for row in x]
    return sum(norms) * k + norms[0] * norms[-1]
