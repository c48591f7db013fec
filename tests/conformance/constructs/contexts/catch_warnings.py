"""warnings.catch_warnings with a filter and a warning inside."""

import warnings

import numpy as np


def old_mean(v):
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    return np.mean(v)


def program(x, k):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        total = old_mean(x) * k
        total += old_mean(x[0]) ** 2
    return total * k
