"""Itertools.starmap over pairs."""

import math
from itertools import starmap


def program(x, k):
    pairs = [(x[0, 0], k), (k, x[1, 1]), (x[2, 2], x[0, 3])]
    total = sum(starmap(math.hypot, pairs))
    return total * sum(starmap(lambda a, b: a * b, zip(x[0], x[1], strict=True))) + sum(starmap(pow, pairs))
