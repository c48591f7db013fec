"""An operator that returns NotImplemented for what it does not know."""


class Metre:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        if not isinstance(other, Metre):
            return NotImplemented
        return Metre(self.value + other.value)


class Foot:
    def __init__(self, value):
        self.value = value

    def __radd__(self, other):
        return Metre(other.value + 0.3048 * self.value)


def program(x, k):
    total = Metre(x[0, 0]) + Metre(k) + Foot(x[1, 1] * k)
    return total.value**2
