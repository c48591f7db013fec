"""A property with a setter."""

import numpy as np


class Thermometer:
    def __init__(self, kelvin):
        self._kelvin = kelvin

    @property
    def celsius(self):
        return self._kelvin - 0.27

    @celsius.setter
    def celsius(self, value):
        self._kelvin = value + 0.27


def program(x, k):
    meter = Thermometer(np.sum(x) * k)
    meter.celsius = meter.celsius * 1.5 + k
    return meter.celsius * meter._kelvin
