"""A while loop over an int that counts as a truth value."""

import numpy as np


def program(x, k):
    n, y = len(x), np.ones(4)
    while n:
        n -= 1
        y = np.tanh(y * x[n] + k)
    return y.sum()
