"""dataclasses.replace on a frozen dataclass."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class State:
    position: float
    velocity: float
    time: float = 0.0


def step(state, k, dt):
    velocity = state.velocity - dt * k * state.position
    return replace(state, position=state.position + dt * velocity, velocity=velocity, time=state.time + dt)


def program(x, k):
    state = State(x[0, 0], x[1, 1])
    for _ in range(5):
        state = step(state, k, 0.2)
    return state.position**2 + state.velocity * state.time
