"""Descriptors: a class that says what reading and setting an attribute does."""


class Positive:
    def __get__(self, owner, cls=None):
        return owner.hidden + 1.0

    def __set__(self, owner, value):
        owner.hidden = abs(value)


class Computed:
    def __init__(self, factor):
        self.factor = factor

    def __get__(self, owner, cls=None):
        return owner.size * self.factor


class Box:
    size = Positive()
    volume = Computed(3.0)

    def __init__(self, size):
        self.size = size


def program(x, k):
    box = Box(-x[0, 0] * k)
    box.size = box.size * x[1, 1]
    box.size += x[2, 2]
    return box.volume + box.size**2
