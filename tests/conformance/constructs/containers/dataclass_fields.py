"""A loop over the fields of a dataclass."""

from dataclasses import dataclass, fields

import numpy as np


@dataclass
class Params:
    w: np.ndarray
    b: float


def program(x, k):
    p = Params(x[0], k)
    return sum(np.sum(getattr(p, f.name) ** 2) for f in fields(p)) * len(fields(Params))
