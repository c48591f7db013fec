"""Augmented assignments to attributes of an object."""

import numpy as np


class Meter:
    def __init__(self, start):
        self.value = start
        self.trace = np.zeros(4)
        self.count = 0


def program(x, k):
    meter = Meter(k)
    for row in x:
        meter.value *= np.sum(row)
        meter.trace += row * k
        meter.trace[0] -= meter.value
        meter.count += 1
    return meter.value / meter.count + np.dot(meter.trace, meter.trace)
