"""A frozen dataclass with an operator, and replace."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Params:
    w: np.ndarray
    b: float

    def __add__(self, other):
        return Params(self.w + other.w, self.b + other.b)


def program(x, k):
    p = Params(x[0], k)
    q = replace(p, w=x[1] * k)
    r = p + replace(q, b=q.b * k)
    return np.sum(r.w**2) * r.b + q.b
