"""A match against constants of a class and members of an enum."""

from enum import Enum

import numpy as np


class Mode(Enum):
    SINE = 1
    CUBE = 2


class Limits:
    order = 3


def apply(mode, v):
    match mode:
        case Mode.SINE:
            return np.sin(v)
        case Mode.CUBE:
            return v**3
        case Limits.order:
            return v / 2.0
    return v


def program(x, k):
    return np.sum(apply(Mode.SINE, x) * k) + np.sum(apply(Mode.CUBE, x[0])) * apply(3, k) + apply(4, k) ** 2
