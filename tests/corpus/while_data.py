"""Shrinks a vector until its norm is small; how often depends on the data."""

import numpy as np

WRT = (0, 1)


def while_data(x, rate):
    work = 0.0
    while np.sum(x * x) > 1.0:
        x = x - rate * x * np.abs(x)
        work = work + np.sum(x)
    return work + np.sum(x**3)


def example(rng):
    return 2.0 * rng.normal(size=5), float(rng.uniform(0.1, 0.2))
