"""Views of views, written through."""

import numpy as np


def program(x, k):
    base = x.copy()
    flat = base.reshape(-1)
    turned = base.T
    corner = turned[1:, :2]
    flat[::5] *= k
    corner += turned[:-1, 1:]
    turned[0] = flat[4:7] ** 2
    return np.sum(base * flat.reshape(3, 4)) + corner[0, 0]
