"""Time stepping through helpers that write their argument and return nothing."""

import numpy as np

WRT = (0, 1, 2)


def react(u, rate):
    u *= 1.0 + rate * (1.0 - u)


def smooth(u, c):
    left = u[0]
    for i in range(1, len(u) - 1):
        here = u[i]
        u[i] = here + c * (left - 2.0 * here + u[i + 1])
        left = here


def pin_ends(u, value):
    u[0] = value
    u[-1] = 0.5 * value


def helper_writes(u0, rate, c, steps):
    u = u0.copy()
    for t in range(steps):
        react(u, rate)
        smooth(u, c)
        pin_ends(u, u[1] * rate)
    return np.mean(u * u)


def example(rng):
    return rng.uniform(0.2, 1.5, size=6), 0.3 + 0.2 * rng.random(), 0.1 + 0.1 * rng.random(), 3
