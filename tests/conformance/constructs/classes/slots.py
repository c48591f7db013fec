"""A class with __slots__."""

import numpy as np


class Particle:
    __slots__ = ("mass", "position", "velocity")

    def __init__(self, mass, position, velocity):
        self.mass = mass
        self.position = position
        self.velocity = velocity

    def step(self, dt):
        self.velocity = self.velocity - dt * self.position / self.mass
        self.position = self.position + dt * self.velocity


def program(x, k):
    p = Particle(k, x[0], np.zeros(4))
    for _ in range(5):
        p.step(0.1)
    return np.sum(p.position**2) + p.mass * np.sum(p.velocity)
