"""A @contextmanager with try and finally."""

from contextlib import contextmanager

import numpy as np


@contextmanager
def scaled(state, factor):
    state["value"] *= factor
    try:
        yield state
    finally:
        state["value"] /= 2.0 * factor


def program(x, k):
    state = {"value": np.sum(x)}
    total = 0.0
    with scaled(state, k) as s:
        total += s["value"] ** 2
    with scaled(state, x[0, 0]):
        state["value"] += k
    return total * state["value"]
