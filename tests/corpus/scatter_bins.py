"""Histogram-like scatters: the last writer wins in a store, np.add.at adds up."""

import numpy as np

WRT = (0, 1)


def scatter_bins(values, weights, bins, size):
    latest = np.zeros(size)
    latest[bins] = values * values
    latest[bins] += weights
    total = np.zeros(size)
    np.add.at(total, bins, values * weights)
    gathered = latest[bins] * np.exp(-total[bins])
    return np.sum(gathered) + latest @ total


def example(rng):
    return rng.normal(size=6), rng.normal(size=6), np.array([0, 2, 2, 3, 0, 2]), 5
