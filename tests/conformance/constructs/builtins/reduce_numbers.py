"""Reduce of numbers, with and without a start, and of arrays."""

import operator
from functools import reduce

import numpy as np


def program(x, k):
    horner = reduce(lambda acc, c: acc * k + c, x[0])
    product = reduce(operator.mul, x[1], k)
    return horner + product * np.sum(reduce(np.multiply, [x[0], x[1], x[2] * k]))
