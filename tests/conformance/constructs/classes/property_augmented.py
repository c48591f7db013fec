"""A property with a setter, augmented from outside and by a method."""


class Dial:
    def __init__(self, level):
        self._level = level

    @property
    def level(self):
        return self._level

    @level.setter
    def level(self, value):
        self._level = value / (1.0 + value)

    def turn(self, amount):
        self.level += amount


def program(x, k):
    dial = Dial(k)
    dial.level *= x[0, 0]
    dial.turn(x[1, 1])
    return dial.level**2
