"""Several argnums, by place and by name."""

import numpy as np

import s2sad

INTERPRETED = False


def loss(w, b, v):
    return np.sum((w * v + b) ** 2)


def program(x, k):
    w_slope, b_slope = s2sad.grad(loss, argnums=(0, 1))(x[0], k, x[1])
    by_name = s2sad.grad(loss, argnums="v")(x[0], k, x[1])
    return np.sum(w_slope**2) * 0.1 + b_slope + np.sum(by_name * x[2])
