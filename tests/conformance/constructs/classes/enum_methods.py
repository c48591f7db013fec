"""An Enum with a method that chooses by member."""

from enum import Enum

import numpy as np


class Activation(Enum):
    TANH = "tanh"
    SOFT = "soft"
    NONE = "none"

    def apply(self, v):
        if self is Activation.TANH:
            return np.tanh(v)
        if self is Activation.SOFT:
            return np.log1p(np.exp(v))
        return v


def program(x, k):
    total = 0.0
    for kind in Activation:
        total += np.sum(kind.apply(k * x))
    return total * np.sum(Activation("tanh").apply(x))


INTERPRETED = False
