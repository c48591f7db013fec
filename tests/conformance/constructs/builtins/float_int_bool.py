"""Calls of float, int and bool."""

import numpy as np


def program(x, k):
    total = float(np.sum(x))
    n = int(3.7) + int("12") + bool(len(x))
    scale = float("0.5") * int(2.05) * float(True)
    return total**2 * scale * k + n * float(k) ** 2
