"""A table of functions by name, looked up by constants and with a default."""

import math


def cube(v):
    return v**3


TABLE = {"sin": math.sin, "cube": cube, "half": lambda v: 0.5 * v}


def program(x, k):
    return TABLE["sin"](x[0, 0] * k) * TABLE["cube"](k) + TABLE["half"](x[1, 1]) * TABLE.get("missing", cube)(x[2, 2])
