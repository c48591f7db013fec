"""Conditional expressions in a chain."""

import math


def program(x, k):
    total = 0.0
    for i in range(len(x)):
        v = x[i, i]
        total += v if i == 0 else v * v * k if i == 1 else math.exp(v * k)
    return total * k
