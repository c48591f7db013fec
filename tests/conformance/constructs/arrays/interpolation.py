"""np.interp, np.polyval, np.searchsorted and np.convolve."""

import numpy as np

INTERPRETED = False


def program(x, k):
    knots = np.cumsum(x[0])
    place = np.interp(k + 0.35, knots, x[1])
    i = np.searchsorted(knots, -1.0)
    return place + np.polyval(x[2], k) + knots[i] + np.sum(np.convolve(x[0], x[1]) ** 2) + np.trapezoid(x[2], dx=k)
