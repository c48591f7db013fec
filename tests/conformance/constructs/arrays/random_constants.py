"""Random draws of a seeded generator as constants."""

import numpy as np

INTERPRETED = False


def program(x, k):
    rng = np.random.default_rng(3)
    noise = rng.normal(size=x.shape)
    keep = rng.random(4) > 0.5
    order = rng.permutation(3)
    y = (x + 0.1 * k * noise)[order]
    y = y * keep + rng.uniform(0.0, k, size=4)
    return np.sum(np.exp(y)) + y[rng.integers(3), 1]
