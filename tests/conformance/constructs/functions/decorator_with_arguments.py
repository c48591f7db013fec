"""A decorator with arguments, applied twice."""

import functools

import numpy as np


def scaled(factor):
    def decorate(f):
        @functools.wraps(f)
        def wrapper(v):
            return factor * f(v)

        return wrapper

    return decorate


@scaled(0.5)
@scaled(factor=3.0)
def energy(v):
    return np.sum(np.cosh(v))


def program(x, k):
    @scaled(k)
    def local(v):
        return v * v + k

    return energy(k * x) + local(x[0, 0])
