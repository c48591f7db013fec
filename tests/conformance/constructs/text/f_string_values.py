"""F-strings of values, for messages only."""

import numpy as np


def program(x, k):
    total = np.sum(x * x) * k
    message = f"total {total:.3f} of {x.shape[0]} rows, {k!r}, {len(x)=}"
    if total < 0.0:
        raise ValueError(message)
    return total
