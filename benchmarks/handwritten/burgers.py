"""Viscous Burgers equation, by hand."""

import numpy as np


def burgers_value_and_grad(u, nu, nt):
    u = u.copy()
    tape = np.empty((nt, *u.shape))
    for t in range(nt):
        tape[t] = u
        f = 0.5 * u * u
        u[1:-1] += f[:-2] - f[2:] + nu * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    value = np.sum(u * u)

    u_bar = 2.0 * u
    nu_bar = 0.0
    for t in range(nt - 1, -1, -1):
        u = tape[t]
        left, right = u[:-2], u[2:]
        r = u_bar[1:-1].copy()
        nu_bar += r @ (right - 2.0 * u[1:-1] + left)
        u_bar[1:-1] *= 1.0 - 2.0 * nu
        u_bar[2:] += (nu - right) * r
        u_bar[:-2] += (nu + left) * r
    return value, (u_bar, nu_bar)
