"""An IntEnum as an index and an Enum whose values are numbers."""

from enum import Enum, IntEnum


class Axis(IntEnum):
    ROW = 0
    COLUMN = 1


class Planet(Enum):
    EARTH = (1.0, 1.0)
    MARS = (0.107, 0.532)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius

    @property
    def gravity(self):
        return self.mass / self.radius**2


def program(x, k):
    rows = x.sum(axis=Axis.COLUMN)
    return rows[Axis.ROW] * Planet.MARS.gravity * k + rows[Axis.COLUMN] ** 2 * Planet.EARTH.gravity
