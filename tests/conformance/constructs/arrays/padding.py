"""np.pad, np.roll, np.concatenate and np.tile around a stencil."""

import numpy as np


def program(x, k):
    padded = np.pad(x, 1, mode="edge")
    inner = padded[2:, 1:-1] + padded[:-2, 1:-1] - 2.0 * x
    ring = np.roll(x, 1, axis=1) - k * x
    longer = np.concatenate([inner, ring, np.pad(x[:1], ((0, 0), (1, 0)), constant_values=2.0)[:, :4]])
    return np.sum(longer**2) + np.sum(np.tile(x[0], 2) * np.repeat(x[1], 2))
