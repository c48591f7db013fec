"""A callback that a solver calls at each step, and that keeps what it saw."""

import numpy as np


def relax(v, k, steps, callback=None):
    for i in range(steps):
        v = v - 0.1 * k * v**3
        if callback is not None:
            callback(i, v)
    return v


def program(x, k):
    seen = []

    def watch(i, v):
        if i % 2 == 0:
            seen.append(np.sum(v))

    last = relax(x, k, 5, callback=watch)
    return np.sum(relax(last, k, 1)) + sum(s * s for s in seen)
