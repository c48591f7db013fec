"""Damped oscillators kept in a dataclass whose methods update its arrays in place."""

from dataclasses import dataclass

import numpy as np

WRT = (0, 1, 2)


@dataclass
class Oscillators:
    position: np.ndarray
    velocity: np.ndarray
    damping: float

    def kick(self, stiffness, dt):
        force = -stiffness * np.sin(self.position)
        self.velocity += dt * (force - self.damping * self.velocity)

    def drift(self, dt):
        self.position += dt * self.velocity

    def energy(self, stiffness):
        kinetic = 0.5 * np.sum(self.velocity**2)
        return kinetic + np.sum(stiffness * (1.0 - np.cos(self.position)))


def arrays_in_object(position, velocity, stiffness, dt, steps):
    system = Oscillators(position.copy(), velocity.copy(), 0.15)
    for _ in range(steps):
        system.kick(stiffness, dt)
        system.drift(dt)
    return system.energy(stiffness)


def example(rng):
    return rng.normal(size=4), rng.normal(size=4), rng.uniform(0.5, 2.0, size=4), 0.1, 4
