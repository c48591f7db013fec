"""A match on built-in types, with captures."""

import numpy as np

INTERPRETED = False


def value(part, k):
    match part:
        case int(n):
            return n * k
        case float(v):
            return v * v
        case str():
            return 1.0
        case np.ndarray():
            return np.sum(part)
        case {"w": w}:
            return w * k
        case _:
            return 0.0


def program(x, k):
    return sum(value(part, k) for part in (2, k, "name", x, {"w": x[0, 0]}, None))
