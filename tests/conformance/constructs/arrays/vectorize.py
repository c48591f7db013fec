"""np.vectorize, as a call and as a decorator."""

import math

import numpy as np

INTERPRETED = False


@np.vectorize
def bent(v, k):
    if v > 0.0:
        return math.log1p(v * k)
    return v


def program(x, k):
    smooth = np.vectorize(lambda v: v / (k + v))
    return np.sum(bent(x, k) * smooth(x))
