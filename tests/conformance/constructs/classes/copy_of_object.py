"""copy.copy and copy.deepcopy of an object that holds an array."""

import copy

import numpy as np

INTERPRETED = False


class State:
    def __init__(self, cells, level):
        self.cells = cells
        self.level = level


def program(x, k):
    state = State(x[0].copy(), k)
    shallow, deep = copy.copy(state), copy.deepcopy(state)
    state.cells[0] *= k
    state.level *= 2.0
    deep.cells[1] += shallow.level
    return np.sum(shallow.cells**2) * deep.level + np.sum(deep.cells) * state.level
