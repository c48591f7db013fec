"""A closure over an array and a function is the program."""

import math

import numpy as np


def make(weights, activation):
    scale = 2.0

    def value(x, k):
        return scale * activation(k * np.sum(x @ weights))

    return value


program = make(np.array([0.5, -0.25, 0.125, 1.0]), math.tanh)
