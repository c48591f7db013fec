"""A dataclass with defaults and methods."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Filter:
    gain: float
    taps: list = field(default_factory=lambda: [0.5, 0.25])
    state: float = 0.0

    def push(self, value):
        self.state = self.taps[0] * self.state + self.taps[1] * self.gain * value
        return self.state


def program(x, k):
    smooth = Filter(k)
    sharp = Filter(gain=1.0, taps=[0.1, x[0, 0]])
    return sum(smooth.push(v) * sharp.push(v * v) for v in x[1]) + np.sum(sharp.taps)
