"""Functions made by functools.partial, with positional and keyword arguments."""

from functools import partial

import numpy as np


def affine(x, w, b=0.0, power=1):
    return (x * w + b) ** power


def program(x, k):
    scale = partial(affine, w=k)
    shifted = partial(scale, b=k * k)
    cube = partial(affine, x[0], power=3)
    return np.sum(scale(x)) + np.sum(shifted(x[1], power=2)) * np.sum(cube(k))
