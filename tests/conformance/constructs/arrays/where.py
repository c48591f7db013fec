"""np.where, np.select, np.clip and np.maximum."""

import numpy as np

INTERPRETED = False


def program(x, k):
    tall = np.where(np.arange(4) % 2 == 0, x, k * x**2)
    chosen = np.select([np.arange(4) < 1, np.arange(4) < 3], [tall, tall * k], default=1.0 + x)
    bounded = np.clip(5.0 * chosen, 0.0, 100.0) + np.maximum(x, -k) + np.minimum(x, 2.0)
    return np.sum(bounded**2)
