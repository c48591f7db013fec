"""s2sad.value_and_grad inside, both results used."""

import numpy as np

import s2sad

INTERPRETED = False


def loss(v, scale):
    return np.sum(np.sin(scale * v) ** 2)


def program(x, k):
    value, slope = s2sad.value_and_grad(loss)(x, k)
    return value * k + np.sum(slope * x)
