"""Limits a field with boolean masks, reading and writing through them."""

import numpy as np

WRT = (0, 1)


def masked_writes(x, limit):
    y = np.sinh(x)
    high = y > limit
    low = y < -limit
    y[high] = limit + np.log(1.0 + y[high] - limit)
    y[low] *= 0.3 * limit
    inside = ~(high | low)
    y[inside] += y[inside] ** 2
    return np.sum(y * y) + np.sum(y[high])


def example(rng):
    return 1.5 * rng.normal(size=(4, 5)), float(rng.uniform(0.8, 1.2))
