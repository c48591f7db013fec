"""Two names for one array and a view of it."""

import numpy as np


def program(x, k):
    a = x.copy()
    b = a
    view = a[1]
    b *= k
    view += x[0]
    a[1, 0] = view[1] * view[2]
    pair = {"a": a, "b": b}
    pair["b"][2] = k
    return np.sum(a * b) + np.sum(view * pair["a"][0])
