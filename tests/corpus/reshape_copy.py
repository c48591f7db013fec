"""Flattening a transposed array copies, so the write is not seen through the first name."""

import numpy as np

WRT = (0,)


def reshape_copy(a):
    x = np.sin(a)
    y = x.T.reshape(-1)
    y[0] *= 3
    y[2:4] = y[0] * y[1]
    return np.sum(x * x) + np.sum(y * y * y)


def example(rng):
    return (rng.normal(size=(2, 3)),)
