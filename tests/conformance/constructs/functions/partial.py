"""functools.partial: with positions, with keywords, of a partial."""

import functools

import numpy as np


def affine(a, b, v, power=1.0):
    return a * v**power + b


def program(x, k):
    line = functools.partial(affine, k, x[0, 0])
    curve = functools.partial(line, power=2.0)
    scale = functools.partial(np.multiply, k)
    return np.sum(line(x)) + np.sum(curve(x[1])) + curve(k, power=3.0) + np.sum(scale(x))
