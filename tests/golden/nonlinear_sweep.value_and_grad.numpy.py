# value_and_grad of nonlinear_sweep

import numpy as np


def nonlinear_sweep_value_and_grad(u, c, sweeps):
    # primal
    u = u.copy()
    n = len(u)
    tape = []
    tape2 = []
    for k in range(sweeps):
        for i in range(1, n - 1):
            u_part = u[i - 1]
            u_part2 = u[i + 1]
            u_part3 = u[i]
            sin = np.sin(u_part3)
            tape.append((u_part, u_part2, u_part3, sin))
            u[i] = u_part * u_part2 + c * sin
        for i in range(n - 2, 0, -1):
            u_part = u[i + 1]
            tape2.append((u.copy(), u_part))
            u[i] *= 0.7 * u_part + 0.3
    product = u * u
    value = np.sum(product * u)
    # adjoint
    # return np.sum(u * u * u)
    u_bar = product + 2.0 * u * u
    c_bar = 0.0
    tape = reversed(tape)
    tape2 = reversed(tape2)
    for k in range(sweeps - 1, -1, -1):
        for i in range(1, n - 2 + 1):
            u, u_part = next(tape2)
            # u[i] *= 0.7 * u[i + 1] + 0.3
            part_bar = u_bar[i] * u[i]
            u_bar[i] *= 0.7 * u_part + 0.3
            u_bar[i + 1] += part_bar * 0.7
        for i in range(n - 1 - 1, 0, -1):
            u_part, u_part2, u_part3, sin = next(tape)
            # u[i] = u[i - 1] * u[i + 1] + c * np.sin(u[i])
            part_bar = u_bar[i]
            u_bar[i] = 0.0
            u_bar[i] += part_bar * c * np.cos(u_part3)
            u_bar[i + 1] += part_bar * u_part
            u_bar[i - 1] += part_bar * u_part2
            c_bar += part_bar * sin
    return value, (u_bar, c_bar)
