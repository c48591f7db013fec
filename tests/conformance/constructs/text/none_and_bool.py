"""None and bools as defaults, tests and numbers."""

import numpy as np


def scaled(v, by=None, twice=False, offset=None):
    by = 1.5 if by is None else by
    offset = offset if offset is not None else 0.0
    return v * by * (1 + twice) + offset


def program(x, k):
    flags = (True, False, not True)
    return np.sum(scaled(x, k, twice=True)) + scaled(k, offset=k * k) * sum(flags) + scaled(x[0, 0], twice=False) ** 2
