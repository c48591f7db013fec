"""map, filter, zip, sorted with a key and sum with functions."""

import math


def program(x, k):
    big = list(filter(lambda v: v > -1.0, x[0]))
    waves = list(map(math.sin, big))
    pairs = map(lambda a, b: a * b + k, x[1], x[2])
    ordered = sorted(x[0], key=lambda v: -v)
    return sum(waves) * sum(pairs) + ordered[0] * k - ordered[-1] ** 2
