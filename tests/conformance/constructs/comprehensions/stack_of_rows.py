"""Np.stack, np.array and np.max of comprehensions."""

import numpy as np


def program(x, k):
    stacked = np.stack([row * k**i for i, row in enumerate(x)])
    return np.sum(stacked * x) + np.max([v + 2.0 * i for i, v in enumerate(x[:, 0])]) * np.array([k, k * k]).sum()
