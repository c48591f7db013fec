"""Reads of numbers, arrays and tables of the module."""

import numpy as np

GAIN = 1.5
WEIGHTS = np.array([0.1, 0.2, 0.3, 0.4])
SETTINGS = {"power": 2, "rates": [0.5, 0.25, 0.125]}


def program(x, k):
    y = x @ WEIGHTS * GAIN
    rates = SETTINGS["rates"]
    return sum(rate * v ** SETTINGS["power"] for rate, v in zip(rates, y, strict=True)) * k
