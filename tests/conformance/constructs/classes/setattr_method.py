"""A class whose __setattr__ scales what it is given."""


class Scaled:
    def __setattr__(self, name, value):
        object.__setattr__(self, name, 2.0 * value)


def program(x, k):
    box = Scaled()
    box.a = x[0, 0]
    box.b = box.a * k
    box.a += k
    return box.a * box.b
