"""A match whose cases have guards."""

import numpy as np


def weight(pair, k):
    match pair:
        case (i, j) if i == j:
            return 1.0 + k
        case (i, j) if abs(i - j) == 1:
            return k * k
        case (0, _) | (_, 0):
            return np.exp(k)
        case _:
            return 0.5


def program(x, k):
    return sum(weight((i, j), k) * x[i, j] ** 2 for i in range(3) for j in range(4))
