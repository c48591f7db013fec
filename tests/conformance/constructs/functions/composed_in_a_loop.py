"""Functions composed one after the other, by a loop and by `functools.reduce`."""

from functools import reduce

import numpy as np


def compose(f, g):
    return lambda v: g(f(v))


def program(x, k):
    f = np.sin
    for g in (np.cos, lambda v: v * k):
        f = compose(f, g)
    h = reduce(compose, [np.tanh, lambda v: v + k, np.exp])
    return np.sum(f(x[0])) + np.sum(h(x[1]))
