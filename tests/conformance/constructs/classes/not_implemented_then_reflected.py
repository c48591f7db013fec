"""An operator that returns NotImplemented, so that the reflected one of the other is asked."""


class Metre:
    def __init__(self, value):
        self.value = value

    def __mul__(self, other):
        if isinstance(other, float):
            return Metre(self.value * other)
        return NotImplemented


class Count:
    def __init__(self, n):
        self.n = n

    def __rmul__(self, other):
        return Metre(other.value * self.n + 1.0)


def program(x, k):
    return (Metre(x[0, 0] * 1.0) * Count(3) * 2.0).value * k
