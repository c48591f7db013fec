# value_and_grad of gauss_seidel

import numpy as np


def gauss_seidel_value_and_grad(u, f, h, sweeps):
    # primal
    u = u.copy()
    tmp = u.shape
    rows = tmp[0]
    cols = tmp[1]
    for sweep in range(sweeps):
        for i in range(1, rows - 1):
            for j in range(1, cols - 1):
                neighbours = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]
                u[i, j] = 0.25 * (neighbours - h * h * f[i, j])
    tmp = u**2
    tmp2 = np.sum(tmp * f)
    # adjoint
    # return np.sum(u**2 * f)
    u_bar = f * (2.0 * u)
    f_bar = tmp.copy()
    for sweep in range(sweeps - 1, -1, -1):
        for i in range(rows - 1 - 1, 0, -1):
            for j in range(cols - 1 - 1, 0, -1):
                # u[i, j] = 0.25 * (neighbours - h * h * f[i, j])
                t_bar = u_bar[i, j]
                u_bar[i, j] = 0.0
                t_bar *= 0.25
                f_bar[i, j] += -t_bar * (h * h)
                # neighbours = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]
                u_bar[i, j + 1] += t_bar
                u_bar[i, j - 1] += t_bar
                u_bar[i + 1, j] += t_bar
                u_bar[i - 1, j] += t_bar
    return tmp2, (u_bar, f_bar)
