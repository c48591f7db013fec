"""Two mixins with a shared base: the order of the method resolution."""

import numpy as np


class Base:
    def __init__(self, values):
        self.values = values

    def transform(self):
        return self.values


class ScaleMixin:
    factor = 3.0

    def transform(self):
        return self.factor * super().transform()


class SquareMixin:
    def transform(self):
        return super().transform() ** 2


class Both(ScaleMixin, SquareMixin, Base):
    pass


class Other(SquareMixin, ScaleMixin, Base):
    factor = 0.5


def program(x, k):
    return np.sum(Both(x * k).transform()) + np.sum(Other(x + k).transform())
