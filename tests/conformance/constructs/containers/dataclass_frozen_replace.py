"""A frozen dataclass, replace and asdict."""

from dataclasses import asdict, dataclass, fields, replace

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
    table = asdict(r)
    return np.sum(table["w"] ** 2) * table["b"] + len(fields(p)) * sum(np.sum(getattr(r, f.name)) for f in fields(r))


INTERPRETED = False
