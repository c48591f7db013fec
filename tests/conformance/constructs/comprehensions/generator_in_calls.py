"""Generator expressions as the only argument of calls."""

import math

INTERPRETED = False


def program(x, k):
    total = sum(v * v for v in x[0])
    largest = max(10.0 * i + v for i, v in enumerate(x[1]))
    product = math.prod(1.0 + k * v for v in x[2])
    return total * largest + product
