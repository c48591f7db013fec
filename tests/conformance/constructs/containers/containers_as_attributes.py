"""Lists and dicts as attributes that methods change."""

import numpy as np


class Tape:
    def __init__(self):
        self.values = []
        self.table = {}

    def record(self, name, v):
        self.values.append(v)
        self.table[name] = v
        return self

    def total(self):
        return sum(self.values)


def program(x, k):
    tape = Tape()
    tape.record("a", np.sum(x)).record("b", k * k)
    tape.record("c", tape.table["a"] * tape.values[1])
    tape.values[0] *= k
    return tape.total() * tape.table["b"] + tape.table["a"]
