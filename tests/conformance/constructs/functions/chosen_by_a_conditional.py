"""A function that a conditional expression chooses, called later; a name that is chosen, compared and looked up."""

import numpy as np

ACTIVATIONS = {"tanh": np.tanh, "square": lambda v: v * v}


def program(x, k):
    f = np.sin if k > 0.6 else np.cos
    g = (lambda v: v * k) if x[0, 0] > 0.6 else (lambda v: v * v)
    name = "tanh" if x[0, 1] > 0.6 else "square"
    extra = 2.0 if name == "tanh" else 3.0
    return np.sum(f(x[1]) * g(x[2])) + np.sum(ACTIVATIONS[name](x[0])) * extra
