"""A walrus inside a larger expression."""

import numpy as np


def program(x, k):
    y = (s := np.sum(x)) * s + (t := k * s) ** 2
    return y / (1.0 + (u := np.tanh(t))) + u * s
