"""Keyword-only arguments."""

import numpy as np


def decay(v, *, rate, floor=0.1):
    return floor + (v - floor) * np.exp(-rate)


def program(x, k):
    return np.sum(decay(x, rate=k)) + decay(k, floor=x[0, 0], rate=x[1, 1] * k)
