"""Functions in a dict, chosen by name."""

import numpy as np

ACTIVATIONS = {
    "relu": lambda v: np.maximum(v - 0.1, 0.0),
    "tanh": np.tanh,
    "softplus": lambda v: np.log1p(np.exp(v)),
}


def program(x, k):
    total = k
    for name in ("tanh", "softplus", "relu"):
        total = total * k + np.sum(ACTIVATIONS[name](x * total))
    return total
