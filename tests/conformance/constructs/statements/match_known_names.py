"""A match on strings and None, called with each."""

import numpy as np


def apply(name, v, k):
    match name:
        case "sin":
            return np.sin(v * k)
        case "square":
            return v * v
        case None:
            return k
        case _:
            return v / k


def program(x, k):
    return apply("sin", x[0, 0], k) * apply("square", x[0, 1], k) + apply(None, 1.0, k) * apply("other", x[1, 1], k)
