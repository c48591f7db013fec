# value_and_grad of triangular_loops

import numpy as np


def triangular_loops_value_and_grad(pos, sigma):
    # primal
    n = pos.shape[0]
    energy = np.zeros(n)
    tape = []
    for i in range(n):
        for j in range(i):
            d = pos[i] - pos[j]
            product = d @ d
            s6 = (sigma * sigma / product)**3
            tape.append((product, s6))
            pair = 4.0 * (s6 * s6 - s6)
            energy[i] += 0.5 * pair
            energy[j] += 0.5 * pair
    arange = np.arange(1, n + 1)
    value = np.sum(energy * arange)
    # adjoint
    # return np.sum(energy * np.arange(1, n + 1))
    energy_bar2 = 1.0 * arange
    sigma_bar = 0.0
    pos_bar = np.zeros(pos.shape)
    tape = reversed(tape)
    for i in range(n - 1, -1, -1):
        for j in range(i - 1, -1, -1):
            product, s6 = next(tape)
            d = pos[i] - pos[j]
            # energy[j] += 0.5 * pair
            energy_bar = np.broadcast_to(energy_bar2, energy.shape)
            # energy[i] += 0.5 * pair
            pair_bar = energy_bar[j] * 0.5 + energy_bar[i] * 0.5
            # pair = 4.0 * (s6 * s6 - s6)
            pair_bar *= 4.0
            s6_bar = -pair_bar + 2.0 * pair_bar * s6
            # s6 = (sigma * sigma / (d @ d)) ** 3
            power = (sigma * sigma / product)**2
            d_bar = -6.0 * s6_bar * power * sigma * sigma / (product * product) * d
            sigma_bar += 2.0 * (3.0 * s6_bar * power / product) * sigma
            # d = pos[i] - pos[j]
            pos_bar[j] -= d_bar
            pos_bar[i] += d_bar
    return value, (pos_bar, sigma_bar)
