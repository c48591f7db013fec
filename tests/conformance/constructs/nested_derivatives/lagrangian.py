"""The equation of motion of a Lagrangian, by derivatives of derivatives with respect to its arguments."""

import numpy as np

import s2sad

INTERPRETED = False


def program(x, k):
    def lagrangian(q, v):
        return 0.5 * v * v * x[0, 0] * (1.0 + q * q) - k * np.cos(q)

    by_q = s2sad.grad(lagrangian, argnums=0)
    by_v = s2sad.grad(lagrangian, argnums=1)
    q, v = x[1, 0], x[1, 1]
    for _ in range(2):
        force = by_q(q, v) - s2sad.grad(by_v, argnums=0)(q, v) * v
        v = v + 0.1 * force / s2sad.grad(by_v, argnums=1)(q, v)
        q = q + 0.1 * v
    return q * v
