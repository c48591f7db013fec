"""A function with an attribute, and a lambda called at once."""

import numpy as np

INTERPRETED = False


def bent(v):
    return bent.strength * v**2


bent.strength = 1.5


def program(x, k):
    return np.sum(bent(x)) * bent.strength + (lambda a, b=2.0: a * b)(k)  # noqa: PLC3002
