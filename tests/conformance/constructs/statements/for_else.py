"""For loops with else, one that breaks and one that does not."""

import numpy as np


def find(x, wanted):
    for i in range(len(x)):
        if i == wanted:
            found = np.sum(x[i] ** 2)
            break
    else:
        found = np.prod(x)
    return found


def program(x, k):
    return k * find(x, 1) + find(x, 9) / k
