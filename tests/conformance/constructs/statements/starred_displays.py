"""Stars inside lists and tuples, also of rows."""

import numpy as np


def program(x, k):
    head = [x[0, 0], x[0, 1]]
    both = [*head, k, *x[1]]
    pair = (*head, k)
    return np.sum(np.array(both) ** 2) + pair[0] * pair[2]
