"""Lennard-Jones energy over pairs, with the pair energies summed per particle."""

import numpy as np

WRT = (0, 1)


def triangular_loops(pos, sigma):
    n = pos.shape[0]
    energy = np.zeros(n)
    for i in range(n):
        for j in range(i):
            d = pos[i] - pos[j]
            s6 = (sigma * sigma / (d @ d)) ** 3
            pair = 4.0 * (s6 * s6 - s6)
            energy[i] += 0.5 * pair
            energy[j] += 0.5 * pair
    return np.sum(energy * np.arange(1, n + 1))


def example(rng):
    grid = np.array([[0.0, 0.0], [1.3, 0.1], [0.2, 1.4], [1.5, 1.6]])
    return grid + 0.1 * rng.normal(size=(4, 2)), float(rng.uniform(0.8, 1.1))
