"""A loop that tries again with another value until nothing is raised."""

import math


def program(x, k):
    v = -x[0, 0] - 10.0
    while True:
        try:
            root = math.sqrt(v)
            break
        except ValueError:
            v += 4.0 + k
    return root**2 * x[1, 1] + v
