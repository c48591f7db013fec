"""Gradient descent: s2sad.grad inside a loop."""

import numpy as np

import s2sad

INTERPRETED = False


def loss(w, data, rate):
    return np.sum((data @ w - rate) ** 2)


def program(x, k):
    slope = s2sad.grad(loss)
    w = np.zeros(4)
    for _ in range(3):
        w = w - 0.05 * slope(w, x, k)
    return loss(w, x, k)
