"""A dataclass with defaults and default factories."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Run:
    rate: float
    steps: int = 3
    trace: list = field(default_factory=list)
    bias: np.ndarray = field(default_factory=lambda: np.zeros(4))


def program(x, k):
    run, other = Run(k), Run(rate=x[0, 0], steps=2)
    y = x[0]
    for i in range(run.steps):
        y = y - run.rate * (y - x[i])
        run.trace.append(np.sum(y * y))
    run.bias += y
    return sum(run.trace) + np.sum(run.bias**2) + other.rate * len(other.trace) + np.sum(other.bias + k)
