"""Members of enums decide what happens."""

from enum import Enum, IntEnum, auto

import numpy as np


class Mode(Enum):
    LINEAR = auto()
    SQUARE = auto()
    WAVE = "wave"


class Axis(IntEnum):
    ROWS = 0
    COLUMNS = 1


def apply(mode, v, k):
    if mode is Mode.LINEAR:
        return v * k
    if mode == Mode.SQUARE:
        return v * v
    return np.sin(v + k)


def program(x, k):
    total = sum(np.sum(apply(mode, x, k)) for mode in Mode)
    return total * np.prod(x.sum(axis=Axis.COLUMNS)) + len(Mode.WAVE.value) * x[0, Axis.ROWS] * (
        Mode["WAVE"] is Mode.WAVE
    )
