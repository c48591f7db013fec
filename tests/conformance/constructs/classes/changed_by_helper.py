"""A mutable object that a helper changes."""

import numpy as np


class Accumulator:
    def __init__(self):
        self.total = 0.0
        self.parts = []


def add(target, value):
    target.total += value
    target.parts.append(value * value)


def program(x, k):
    acc = Accumulator()
    for row in x:
        add(acc, k * np.sum(row))
    add(acc, acc.total)
    return acc.total + sum(acc.parts)
