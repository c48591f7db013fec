"""A gradient penalty added to a loss."""

import numpy as np

import s2sad

INTERPRETED = False


def critic(v, w):
    return np.sum(np.tanh(v @ w))


def program(x, k):
    w = x[:2].T
    mixed = k * x + (1.0 - k) * x**2
    slope = s2sad.grad(critic)(mixed, w)
    norm = np.sqrt(np.sum(slope**2, axis=1))
    return critic(x, w) + 10.0 * np.mean((norm - 1.0) ** 2)
