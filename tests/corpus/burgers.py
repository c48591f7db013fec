"""Viscous Burgers equation, explicit steps in place."""

import numpy as np

WRT = (0, 1)


def burgers(u, nu, nt):
    u = u.copy()
    for t in range(nt):
        f = 0.5 * u * u
        u[1:-1] += f[:-2] - f[2:] + nu * (u[2:] - 2.0 * u[1:-1] + u[:-2])
    return np.sum(u * u)


def example(rng):
    return 0.5 * rng.normal(size=9), float(rng.uniform(0.05, 0.2)), 4
