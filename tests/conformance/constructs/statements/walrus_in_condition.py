"""A walrus in the condition of an if and of a while."""

import numpy as np


def program(x, k):
    total = 0.0
    rest = list(x)
    while (n := len(rest)) > 0:
        row = rest.pop()
        if (size := np.dot(row, row)) > -1.0 and n != 2:
            total += size * k
        else:
            total += np.sqrt(size) / k
    return total
