"""A parameter, an attribute, a method and a module's function of one name."""


def scale(v):
    return 3.0 * v


class Scale:
    def __init__(self, scale):
        self.factor = scale

    def scale(self, scale):
        return self.factor * scale + globals_scale(scale)


def globals_scale(v):
    return scale(v) ** 2


def program(x, k):
    return Scale(k).scale(x[0, 0]) * scale(k)
