"""A fixed-point iteration in place that stops when it has converged."""

import numpy as np

WRT = (0, 1)


def break_tape(A, b):
    x = b.copy()
    for k in range(10_000):
        step = np.tanh(A @ x) + b - x
        x += 0.8 * step
        if np.max(np.abs(step)) < 1e-2:
            break
        x[0] -= 0.1 * step[0] * x[1]
    return np.sum(x * b) / (k + 1)


def example(rng):
    return 0.25 * rng.normal(size=(4, 4)), 0.5 * rng.normal(size=4)
