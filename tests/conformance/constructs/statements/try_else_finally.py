"""A try with else and finally."""

import numpy as np


def program(x, k):
    total = 1.0
    try:
        y = np.sum(x) * k
    except ZeroDivisionError:
        y = k
    else:
        total += y * y
    finally:
        total *= 2.0
    return total * y
