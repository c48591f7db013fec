"""Stochastic gradient steps over batches that a generator draws."""

import numpy as np

INTERPRETED = False


def program(x, k):
    rng = np.random.default_rng(7)
    w = np.full(4, k)
    for _ in range(3):
        batch = rng.choice(3, size=2, replace=False)
        error = x[batch] @ w - 1.0
        w = w - 0.1 * x[batch].T @ error
    return np.sum(w**2)
