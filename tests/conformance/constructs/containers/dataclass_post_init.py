"""A dataclass with __post_init__ and a field that is not an argument."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Kernel:
    points: np.ndarray
    scale: float
    gram: np.ndarray = field(init=False)
    size: int = field(init=False, default=0)

    def __post_init__(self):
        d = self.points[:, None, :] - self.points[None, :, :]
        self.gram = np.exp(-np.sum(d * d, axis=-1) / self.scale)
        self.size = len(self.points)

    @property
    def trace(self):
        return np.trace(self.gram @ self.gram)


def program(x, k):
    kernel = Kernel(x, k)
    return kernel.trace + np.sum(kernel.gram) / kernel.size
