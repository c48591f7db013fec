"""A table of functions by name, looked up by a string."""

import math


def cube(v):
    return v**3


TABLE = {"sin": math.sin, "cube": cube, "half": lambda v: 0.5 * v}


def program(x, k):
    total = 0.0
    for name, v in zip(("sin", "cube", "half"), x[0], strict=False):
        total += TABLE[name](v * k)
    return total * TABLE.get("missing", cube)(x[1, 1])
