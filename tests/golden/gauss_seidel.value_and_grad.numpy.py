# value_and_grad of gauss_seidel

import numpy as np


def gauss_seidel_value_and_grad(u, f, h, sweeps):
    # primal
    u = u.copy()
    shape = u.shape
    rows = shape[0]
    cols = shape[1]
    for sweep in range(sweeps):
        for i in range(1, rows - 1):
            for j in range(1, cols - 1):
                neighbours = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]
                u[i, j] = 0.25 * (neighbours - h * h * f[i, j])
    power_u = u**2
    value = np.sum(power_u * f)
    # adjoint
    # return np.sum(u**2 * f)
    f_bar = power_u.copy()
    u_bar = 2.0 * f * u
    for sweep in range(sweeps - 1, -1, -1):
        for i in range(rows - 1 - 1, 0, -1):
            for j in range(cols - 1 - 1, 0, -1):
                # u[i, j] = 0.25 * (neighbours - h * h * f[i, j])
                part_bar = u_bar[i, j]
                u_bar[i, j] = 0.0
                neighbours_bar = part_bar * 0.25
                f_bar[i, j] -= 0.25 * part_bar * (h * h)
                # neighbours = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]
                u_bar[i, j + 1] += neighbours_bar
                u_bar[i, j - 1] += neighbours_bar
                u_bar[i + 1, j] += neighbours_bar
                u_bar[i - 1, j] += neighbours_bar
    return value, (u_bar, f_bar)
