"""functools.reduce, with a lambda, a function and a start."""

import functools
import operator


def horner(total, c):
    return 0.5 * total + c


def program(x, k):
    product = functools.reduce(operator.mul, x[0])
    series = functools.reduce(horner, [k, x[1, 0], x[1, 1]], 1.0)
    return product * series + functools.reduce(lambda a, b: a * k + b * b, x[2], k)
