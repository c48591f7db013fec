"""Gravitating bodies with leapfrog steps; returns the energy of the last state."""

import numpy as np

WRT = (0, 1, 2)


def accelerations(pos, mass, soft):
    acc = np.zeros_like(pos)
    n = len(mass)
    for i in range(n):
        for j in range(i + 1, n):
            d = pos[j] - pos[i]
            inv3 = (np.sum(d * d) + soft) ** -1.5
            acc[i] += mass[j] * inv3 * d
            acc[j] -= mass[i] * inv3 * d
    return acc


def nbody(pos, vel, mass, dt, steps):
    pos = pos.copy()
    vel = vel.copy()
    acc = accelerations(pos, mass, 0.1)
    for step in range(steps):
        vel += 0.5 * dt * acc
        pos += dt * vel
        acc = accelerations(pos, mass, 0.1)
        vel += 0.5 * dt * acc
    kinetic = 0.5 * np.sum(mass * np.sum(vel * vel, axis=1))
    return kinetic + np.sum(mass[:, None] * pos**2)


def example(rng):
    return (
        rng.normal(size=(3, 3)),
        0.3 * rng.normal(size=(3, 3)),
        rng.uniform(0.5, 1.5, size=3),
        0.05,
        3,
    )
