"""Members of an Enum decide what happens."""

from enum import Enum, auto

import numpy as np


class Mode(Enum):
    LINEAR = auto()
    SQUARE = auto()
    WAVE = "wave"


def apply(mode, v, k):
    if mode is Mode.LINEAR:
        return v * k
    if mode == Mode.SQUARE:
        return v * v
    return np.sin(v + k)


def program(x, k):
    total = 0.0
    for mode in (Mode.LINEAR, Mode.WAVE, Mode.SQUARE):
        total += np.sum(apply(mode, x, k))
    return total * len(Mode.WAVE.value)
