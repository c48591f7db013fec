"""A few steps of gradient descent, differentiated through."""

import numpy as np

import s2sad

INTERPRETED = False


def program(x, k):
    def loss(w, rate):
        return np.sum((np.tanh(w * x[0]) - x[1]) ** 2) + rate * np.sum(w**2)

    w = x[2]
    for _ in range(3):
        w = w - 0.1 * s2sad.grad(loss)(w, k)
    return loss(w, k)
