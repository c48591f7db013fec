"""Functions of math on floats, among them prod, fsum, hypot and dist."""

import math

INTERPRETED = False


def program(x, k):
    a = math.prod([k, x[0, 0], x[0, 1]]) + math.fsum(x[1])
    b = math.hypot(x[0, 2], k) * math.dist((x[0, 0], k), (x[1, 1] + 2.0, x[2, 2]))
    return a * b + math.atan2(k, x[2, 0]) * math.log(x[2, 1], 10) + math.comb(5, 2) * math.exp(-k)
