"""`functools.cached_property`: computed once, an attribute from then on."""

from functools import cached_property

import numpy as np

INTERPRETED = False


class Vector:
    def __init__(self, parts):
        self.parts = parts

    @cached_property
    def norm(self):
        return np.sqrt(np.sum(self.parts**2))


def program(x, k):
    v = Vector(x[0] * k)
    first = v.norm
    v.parts = v.parts * 2.0
    return first * v.norm + np.sum(v.parts)
