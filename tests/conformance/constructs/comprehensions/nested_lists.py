"""A comprehension inside a comprehension."""

import numpy as np


def program(x, k):
    kernel = [[k ** abs(i - j) * x[i, j] for j in range(3)] for i in range(3)]
    columns = [[row[j] for row in kernel] for j in range(3)]
    return np.sum(np.array(kernel) @ np.array(columns))
