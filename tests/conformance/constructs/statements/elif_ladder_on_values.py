"""A ladder of elif on values, far from the boundaries."""

import math


def pieces(v, k):
    if v < 0.0:
        return -v
    elif v < 1.0:
        return math.sin(k * v)
    elif v < 2.0:
        return v * v
    return math.log(v)


def program(x, k):
    return pieces(x[0, 0] - 2.0, k) + pieces(x[0, 1], k) * pieces(x[0, 2] + 1.05, k) + pieces(x[0, 3] + 2.0, k) * k
