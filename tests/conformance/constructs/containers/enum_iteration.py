"""A loop over an Enum."""

from enum import Enum

import numpy as np


class Weight(Enum):
    LOW = 0.5
    HIGH = 2.0


def program(x, k):
    return sum(weight.value * np.sum(x**2) * k for weight in Weight)
