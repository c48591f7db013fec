# value_and_grad of triangular_loops

import numpy as np


def triangular_loops_value_and_grad(pos, sigma):
    # primal
    n = pos.shape[0]
    energy = np.zeros(n)
    s6_tape = []
    t_tape = []
    t_tape2 = []
    for i in range(n):
        for j in range(i):
            d = pos[i] - pos[j]
            tmp = d @ d
            t_tape2.append(tmp)
            tmp = sigma * sigma / tmp
            t_tape.append(tmp)
            s6 = tmp**3
            s6_tape.append(s6)
            pair = 4.0 * (s6 * s6 - s6)
            energy[i] += 0.5 * pair
            energy[j] += 0.5 * pair
    tmp = np.arange(1, n + 1)
    tmp4 = np.sum(energy * tmp)
    # adjoint
    energy_bar = np.copy(np.broadcast_to(1.0 * tmp, energy.shape))
    sigma_bar = 0.0
    pos_bar = np.zeros_like(pos)
    for i in range(n - 1, -1, -1):
        for j in range(i - 1, -1, -1):
            tmp = t_tape2.pop()
            tmp2 = t_tape.pop()
            s6 = s6_tape.pop()
            d = pos[i] - pos[j]
            # energy[i] += 0.5 * pair
            pair_bar = energy_bar[j] * 0.5 + energy_bar[i] * 0.5
            # pair = 4.0 * (s6 * s6 - s6)
            t_bar = pair_bar * 4.0
            tmp3 = t_bar * s6
            # s6 = (sigma * sigma / (d @ d)) ** 3
            t_bar = (-t_bar + tmp3 + tmp3) * (3.0 * tmp2**2)
            t_bar2 = t_bar * (-tmp2 / tmp)
            d_bar = t_bar2 * d
            d_bar += t_bar2 * d
            tmp = t_bar / tmp * sigma
            # d = pos[i] - pos[j]
            pos_bar[j] -= d_bar
            pos_bar[i] += d_bar
            sigma_bar = sigma_bar + tmp + tmp
    return tmp4, (pos_bar, sigma_bar)
