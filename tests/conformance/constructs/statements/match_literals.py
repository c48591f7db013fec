"""A match with literals, strings, None and a wildcard."""

import numpy as np


def apply(name, v, k):
    match name:
        case "sin":
            return np.sin(v * k)
        case "square":
            return v * v
        case 3:
            return v**3
        case None:
            return k
        case _:
            return v / k


def program(x, k):
    total = 0.0
    for name, v in zip(("sin", "square", 3, None, "other"), x.ravel()[:5], strict=True):
        total += apply(name, v, k)
    return total * np.sum(x)
