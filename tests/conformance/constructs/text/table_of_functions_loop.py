"""A table of functions by name, looked up in a loop over names."""

import math


def cube(v):
    return v**3


TABLE = {"sin": math.sin, "cube": cube}


def program(x, k):
    total = 0.0
    for name in ("sin", "cube", "sin"):
        total += TABLE[name](total * k + x[0, 0])
    return total
