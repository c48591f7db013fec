"""Writes through a view of a view; the first array sees them."""

import numpy as np

WRT = (0, 1)


def view_of_view(x, gain):
    field = x.copy()
    inner = field[1:-1, 1:-1]
    row = inner[1]
    column = inner.T[0]
    row *= gain * field[0, 1:-1]
    column[1:] += row[1] * row[0]
    inner[::2] *= 0.5
    return np.sum(field * field) + row[0]


def example(rng):
    return rng.normal(size=(5, 5)), float(rng.uniform(0.5, 1.5))
