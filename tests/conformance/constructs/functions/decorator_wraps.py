"""A decorator with functools.wraps."""

import functools

import numpy as np


def squared(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs) ** 2

    return wrapper


@squared
def norm(v, shift=0.0):
    return np.sqrt(np.sum((v + shift) ** 2))


def program(x, k):
    return norm(x) + norm(x[0], shift=k)
