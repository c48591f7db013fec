"""Keys of a dict made by an f-string in a loop of known numbers."""

import numpy as np


def program(x, k):
    params = {"w0": x[0], "w1": x[1], "b0": k, "b1": k * k}
    y = x[2]
    for i in (0, 1):
        y = np.tanh(params[f"w{i}"] * y + params[f"b{i}"])
    return np.sum(y)
