"""An augmented matrix product."""

import numpy as np


def program(x, k):
    a = x[:, :3] * k
    a @= x[:, 1:]
    return np.sum(a**2)
