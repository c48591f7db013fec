"""Comprehensions over keys, values and items of a dict of arrays."""

import numpy as np


def program(x, k):
    params = {"w": x[0], "v": x[1] * k, "b": x[2]}
    grown = {name: p + k for name, p in params.items()}
    total = sum([np.sum(p * p) for p in grown.values()])
    return total + sum(np.dot(params[name], grown[name]) for name in params if name != "b")
