"""`xs[i:j] = ys` where the lengths are not known."""

import numpy as np

TWICE = False


def program(x, k):
    rows = []
    for row in x:
        rows.append(row * k)
    rows[1:2] = [row * 2.0 for row in x[1:]]
    rows[:0] = [x[0]]
    first = rows.pop(0)
    return sum(np.sum(row) * (i + 1) for i, row in enumerate(rows)) + np.sum(first**2)
