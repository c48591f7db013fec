"""Comparisons that return NotImplemented, those of a derived class, and `!=` from `__eq__`."""


class Mass:  # noqa: PLW1641
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return self.value == other.value if isinstance(other, Mass) else NotImplemented

    def __lt__(self, other):
        return self.value < other.value if isinstance(other, Mass) else NotImplemented

    def __gt__(self, other):
        return self.value > other.value


class Heavy(Mass):
    def __gt__(self, other):
        return True


class Scale:  # noqa: PLW1641
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return self.value == other.value

    def __gt__(self, other):
        return self.value > other.value


def program(x, k):
    mass = Mass(x[0, 0])
    total = k if mass == Scale(x[0, 0]) else x[1, 1]  # by the class on the right
    total *= x[0, 1] if mass == 3.0 else x[0, 2]  # neither knows: they are not the same object
    total += k * x[1, 0] if mass != 3.0 else k
    total *= x[2, 2] if Mass(99.0) < Heavy(k) else k  # the derived class is asked first
    return total * (x[2, 0] if mass < Scale(5.0) else k) * (k if mass != Mass(x[0, 0]) else x[2, 1])
