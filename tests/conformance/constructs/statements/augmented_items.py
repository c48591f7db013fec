"""Augmented assignments to items of arrays, lists and dicts."""

import numpy as np


def program(x, k):
    a = x.copy()
    parts = [k, k * k]
    table = {"sum": 0.0, "product": 1.0}
    for i in range(3):
        a[i, i] *= k
        a[i][3] += a[i, 0]
        parts[i % 2] += x[i, i]
        table["sum"] += np.sum(a[i])
        table["product"] *= a[i, 1]
    return table["sum"] * table["product"] + parts[0] * parts[1]
