"""A class with __floordiv__, __mod__ and __divmod__."""

import math


class Angle:
    def __init__(self, turns):
        self.turns = turns

    def __floordiv__(self, part):
        return self.turns * 2.0 / part

    def __mod__(self, part):
        return math.sin(self.turns * part)

    def __divmod__(self, part):
        return self.turns / part, math.cos(self.turns)


def program(x, k):
    angle = Angle(x[0, 0] * k)
    whole, rest = divmod(angle, 2)
    return whole * rest + (angle // 3) * (angle % 2)
