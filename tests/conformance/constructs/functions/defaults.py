"""Default arguments, positional and by keyword, and one that is None."""

import numpy as np


def smooth(v, rate=0.25, times=2, start=None):
    state = v[0] if start is None else start
    for _ in range(times):
        for value in v:
            state = (1.0 - rate) * state + rate * value
    return state


def program(x, k):
    return smooth(x[0]) + smooth(x[1], k) * smooth(x[2], times=1, start=k) + np.sum(smooth(x, start=x[2]))
