"""np.errstate around divisions that np.where leaves out."""

import numpy as np


def program(x, k):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(x > 0.0, k * np.log(x), 0.0)
    with np.errstate(all="ignore"):
        z = np.sum(y) / k
    return z + np.sum(y * y)
