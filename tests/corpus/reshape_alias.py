"""Flattening a contiguous array gives a view, so the write is seen through the first name."""

import numpy as np

WRT = (0,)


def reshape_alias(a):
    x = np.sin(a)
    y = x.reshape(-1)
    y[0] *= 3
    y[2:4] = y[0] * y[1]
    return np.sum(x * x)


def example(rng):
    return (rng.normal(size=(2, 3)),)
