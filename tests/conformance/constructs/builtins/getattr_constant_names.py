"""Getattr, setattr and hasattr with names that are known."""

import numpy as np


class Params:
    def __init__(self, w):
        self.w = w


def program(x, k):
    p = Params(x[0])
    setattr(p, "b", k)  # noqa: B010
    for name in ("w", "b"):
        setattr(p, name, getattr(p, name) * k)
    total = 0.0
    for name in ("w", "b", "missing"):
        if hasattr(p, name):
            total += np.sum(getattr(p, name) ** 2)
    return total + getattr(p, "missing", k) + getattr(np, "sum")(x)  # noqa: B009
