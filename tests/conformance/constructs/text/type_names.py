"""Names of classes and functions in passing, and warnings."""

import warnings

import numpy as np


class Model:
    def __init__(self, w):
        self.w = w

    def __repr__(self):
        return f"{type(self).__name__}({self.w!r})"


def program(x, k):
    model = Model(x[0])
    if k > 50.0:
        warnings.warn(f"{model} is far off", stacklevel=2)
    name = type(model).__name__ + program.__name__
    return np.sum(model.w**2) * k * len(name)
