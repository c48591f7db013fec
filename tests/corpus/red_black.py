"""Red-black relaxation: augmented writes to stepped slices of one array."""

import numpy as np

WRT = (0, 1, 2)


def red_black(u, f, omega, sweeps):
    u = u.copy()
    for k in range(sweeps):
        u[1:-1:2] += omega * (0.5 * (u[:-2:2] + u[2::2]) - u[1:-1:2] + f[1:-1:2])
        u[2:-1:2] += omega * (0.5 * (u[1:-2:2] + u[3::2]) - u[2:-1:2] + f[2:-1:2])
        u[::-1] *= 1.0 + 0.1 * np.sin(f)
        u[-3:] /= 1.5
    return np.sum(u * u)


def example(rng):
    return rng.normal(size=7), rng.normal(size=7), float(rng.uniform(0.8, 1.4)), 3
