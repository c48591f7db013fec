"""Reflected operators with a float on the left: __rsub__, __rtruediv__, __rpow__."""

import math


class Quantity:
    def __init__(self, value):
        self.value = value

    def __rsub__(self, other):
        return Quantity(other - self.value)

    def __rtruediv__(self, other):
        return Quantity(other / self.value)

    def __rpow__(self, base):
        return Quantity(math.exp(self.value * math.log(base)))

    def __neg__(self):
        return Quantity(-self.value)


def program(x, k):
    q = Quantity(x[0, 0] * k)
    a, b, c = 3.0 - q, k / q, 2.0**q
    return (-a).value * b.value + c.value
