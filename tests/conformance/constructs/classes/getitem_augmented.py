"""An item of an object with __getitem__ and __setitem__, augmented."""


class Clamped:
    def __init__(self, values):
        self.values = values

    def __getitem__(self, i):
        return self.values[i]

    def __setitem__(self, i, value):
        self.values[i] = value / (1.0 + value)


def program(x, k):
    cells = Clamped([x[0, 0], x[0, 1]])
    cells[0] += k
    cells[1] *= cells[0]
    return cells[0] * cells[1]
