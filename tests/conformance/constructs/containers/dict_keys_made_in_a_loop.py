"""Parameters named by an f-string in a loop over layers."""

import numpy as np

DEPTH = 3


def program(x, k):
    params = {}
    for i in range(DEPTH):
        params[f"w{i}"] = x[i] * k
        params[f"b{i}"] = x[i, ::-1]
    h = x[0]
    for i in range(DEPTH):
        h = np.tanh(h * params[f"w{i}"] + params[f"b{i}"])
    return np.sum(h)
