"""Lambdas that capture, with a default and with a conditional expression."""

import numpy as np


def program(x, k):
    scale = lambda v: k * v  # noqa: E731
    power = lambda v, n=2: v**n  # noqa: E731
    bent = lambda v: v * v if v > 0.1 else 0.5 * v  # noqa: E731
    return np.sum(scale(power(x))) + power(k, n=3) + bent(x[0, 0]) + bent(k - 2.0)
