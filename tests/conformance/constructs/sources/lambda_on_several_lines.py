"""A lambda over several lines, in a dict beside another."""

import numpy as np

LOSSES = {
    "square": lambda x, k: (
        np.sum(k * x**2)  # the sum of squares
        + k
    ),
    "cube": lambda x, k: np.sum(x**3) * k,
}

program = LOSSES["square"]
