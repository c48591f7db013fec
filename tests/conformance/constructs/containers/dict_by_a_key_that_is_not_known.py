"""Items of a dict that are read, written and added to by a key that the data decide."""

import numpy as np


def program(x, k):
    totals = {0: 0.0, 1: 1.0}
    names = {"low": 0.0, "high": 0.0}
    for i in range(len(x[0])):
        totals[i % 2] += x[0, i] * k
        names["high" if x[1, i] > 0.6 else "low"] = x[1, i] ** 2
    scale = {2: k, 0: k * k, 1: 1.0}
    weighted = [v * scale[int(3.0 * v)] for v in x[2]]
    return totals[0] * totals[1] + names["low"] + names["high"] * 2.0 + np.sum(np.array(weighted))
