"""Slice objects in names and tables, also as targets."""

import numpy as np

PARTS = {"left": slice(0, 2), "right": slice(2, None)}


def program(x, k):
    every, odd = slice(None), slice(1, None, 2)
    y = x[every, PARTS["left"]] * x[:, PARTS["right"]]
    y = y.copy()
    y[slice(0, 1)] *= k
    return np.sum(y) + np.sum(x[odd, odd] ** 2) * k
