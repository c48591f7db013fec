"""A list of known length of arrays that are written in place."""

import numpy as np


def program(x, k):
    layers = [x[0].copy(), x[1] * k, np.ones(4) * k]
    layers[0] *= k
    layers[2][1:] += x[2, 1:]
    return np.sum(layers[0] * layers[1]) + np.sum(np.concatenate(layers) ** 2)
