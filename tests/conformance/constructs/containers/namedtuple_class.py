"""A NamedTuple class with a default, a method, _replace and _asdict."""

from typing import NamedTuple

import numpy as np


class State(NamedTuple):
    position: np.ndarray
    velocity: np.ndarray
    time: float = 0.0

    def energy(self):
        return 0.5 * np.sum(self.velocity**2) + np.sum(self.position**2)


def program(x, k):
    state = State(x[0], velocity=x[1])
    for _ in range(3):
        velocity = state.velocity - k * state.position
        state = state._replace(position=state.position + k * velocity, velocity=velocity, time=state.time + k)
    fields = state._asdict()
    position, _, time = state
    return state.energy() * fields["time"] + position[0] * time + state[1][1]
