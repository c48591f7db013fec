"""Arrays of a list that are written in a loop over it."""

import numpy as np


def program(x, k):
    layers = [x[0].copy(), x[1] * k, np.ones(4) * k]
    for i, layer in enumerate(layers):
        layer[i] = layer[i] ** 2
    for layer in layers:
        layer *= k
    return np.sum(np.stack(layers) ** 2)
