"""A helper that writes into an array it is given, and returns nothing."""

import numpy as np


def relax(v, k, out):
    out[:] = v
    out[1:-1] += k * (v[2:] - 2.0 * v[1:-1] + v[:-2])


def program(x, k):
    here, there = x[0].copy(), np.empty(4)
    for _ in range(4):
        relax(here, 0.4 * k, there)
        here, there = there, here
    relax(x[1], k, x[2].copy())
    return np.sum(here**2) + there[1]
