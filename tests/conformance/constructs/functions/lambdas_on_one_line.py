"""Several lambdas on one line."""

import numpy as np


def both(f, g, v):
    return f(v) * g(v)


def program(x, k):
    a, b = (lambda v: v + k), (lambda v: v * k)
    c, d = [lambda v: a(v) * b(v), lambda v: b(a(v))]
    return both(lambda v: v * v, lambda v: k - v, np.sum(x)) + c(x[0, 0]) + d(k)
