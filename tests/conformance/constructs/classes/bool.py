"""An object with __bool__, as a condition and in `and` and `or`."""

import numpy as np


class Optional:
    def __init__(self, value, present):
        self.value = value
        self.present = present

    def __bool__(self):
        return self.present


def program(x, k):
    missing, there = Optional(k, False), Optional(np.sum(x), True)
    chosen = missing or there
    total = chosen.value * k
    if not missing:
        total += missing.value**2
    if missing and there:
        total += 100.0
    return total
