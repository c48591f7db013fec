"""Broadcasting with new axes, outer products and distances of all pairs."""

import numpy as np


def program(x, k):
    difference = x[:, None, :] - x[None, :, :]
    squares = np.sum(difference**2, axis=-1)
    kernel = np.exp(-squares / (2.0 * k**2))
    outer = np.outer(x[0], x[1]) + np.multiply.outer(x[2], x[2])
    centred = x - x.mean(axis=1, keepdims=True)
    return kernel.sum() + np.sum(outer * k) + np.sum(np.broadcast_to(centred[0], (2, 4)) ** 2)
