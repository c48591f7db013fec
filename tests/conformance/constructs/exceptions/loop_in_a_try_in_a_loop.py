"""A `try` in a loop, whose body has a loop of its own that may raise halfway."""

import numpy as np

TWICE = False


def program(x, k):
    total = 0.0
    for row in x:
        try:
            u = row
            for i in range(3):
                u = np.sin(u) * x[i]
                if np.sum(u) < 0.6 + 0.3 * i:
                    raise ValueError("small")
            made = np.sum(u)
        except ValueError:
            made = row[0] * k
        total = total * 0.5 + made * made
    return total
