"""A functools.partial with keywords is the program."""

import functools

import numpy as np


def family(x, k, power=1, *, shift=0.0):
    return np.sum((x + shift) ** power) * k


program = functools.partial(family, power=3, shift=0.5)
