"""A nested function that writes enclosing names by nonlocal."""

import numpy as np


def program(x, k):
    total, count = 0.0, 0

    def add(value):
        nonlocal total, count
        total = total * k + value
        count += 1

    for row in x:
        add(np.sum(row**2))
    add(k)
    return total / count
