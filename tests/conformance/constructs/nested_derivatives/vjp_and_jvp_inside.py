"""`s2sad.vjp` and `s2sad.jvp` inside, of functions that read variables around them."""

import numpy as np

import s2sad

INTERPRETED = False


def program(x, k):
    def f(u, v):
        return np.sin(u * v) * x[2] * k

    y, pullback = s2sad.vjp(f, x[0], x[1])
    u_bar, v_bar = pullback(np.cos(y))
    z, z_dot = s2sad.jvp(f, (x[0], x[1]), (u_bar, x[2]))
    return np.sum(z * z_dot) + np.sum(v_bar**2)
