"""The reflected operator of a subclass goes before that of its base."""


class Amount:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return Amount(self.value + other.value)

    def __radd__(self, other):
        return Amount(100.0)


class Taxed(Amount):
    def __radd__(self, other):
        return Amount(other.value + 0.5 * self.value)


def program(x, k):
    return (Amount(x[0, 0]) + Taxed(k)).value ** 2 + (Taxed(k) + Amount(x[1, 1])).value
