"""Dataclasses that inherit and hold one another."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Base:
    gain: float

    def apply(self, v):
        return self.gain * v


@dataclass
class Shifted(Base):
    offset: float = 0.25

    def apply(self, v):
        return super().apply(v) + self.offset


@dataclass
class Pair:
    left: Base
    right: Base

    def apply(self, v):
        return self.left.apply(v) * self.right.apply(v)


def program(x, k):
    pair = Pair(Base(k), Shifted(x[0, 0], offset=k * k))
    pair.left.gain *= 2.0
    return np.sum(pair.apply(x)) + Pair(pair.left, Shifted(k)).apply(x[1, 1])
