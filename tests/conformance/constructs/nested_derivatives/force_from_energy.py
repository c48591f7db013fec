"""Leapfrog steps whose force is the gradient of an energy of the module, in a class."""

import numpy as np

import s2sad

INTERPRETED = False


def energy(q, stiffness):
    return 0.5 * stiffness * np.sum(q**2) + 0.25 * np.sum((q[1:] - q[:-1]) ** 4)


class Chain:
    force = staticmethod(s2sad.grad(energy))

    def __init__(self, stiffness):
        self.stiffness = stiffness

    def step(self, q, p, dt):
        p = p - dt * self.force(q, self.stiffness)
        return q + dt * p, p


def program(x, k):
    chain = Chain(k)
    q, p = x[0], x[1]
    for _ in range(3):
        q, p = chain.step(q, p, 0.2)
    return np.sum(p**2) + energy(q, k)
