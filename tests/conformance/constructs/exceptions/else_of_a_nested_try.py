"""What stands behind the `else` of a `try` in a `try` raises for the outer one."""

import math


def above(v, least):
    if v < least:
        raise ValueError("too small")
    return v * v


def program(x, k):
    try:
        try:
            t = above(2.0 * k, 0.1)
        except ValueError:
            t = 1.0
        else:
            t = t * above(x[0, 0], 5.0)
    except ValueError:
        t = 3.0 * k
    total = t * x[0, 1]
    for v in x[1]:
        try:
            t = above(v, 0.5)
        except ValueError:
            t = k * v
        else:
            try:
                t = above(t * k, 0.3)
            except ValueError:
                t = math.sin(t)
        total = total * 0.5 + t
    return total
