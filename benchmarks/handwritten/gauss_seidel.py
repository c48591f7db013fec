"""Gauss-Seidel sweeps, by hand: linear in u, so there is nothing to store."""

import numpy as np


def gauss_seidel_value_and_grad(u, f, h, sweeps):
    u = u.copy()
    rows, cols = u.shape
    for _ in range(sweeps):
        for i in range(1, rows - 1):
            for j in range(1, cols - 1):
                neighbours = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1]
                u[i, j] = 0.25 * (neighbours - h * h * f[i, j])
    square = u**2
    value = np.sum(square * f)

    u_bar = 2.0 * u * f
    f_bar = square
    hh = h * h
    for _ in range(sweeps):
        for i in range(rows - 2, 0, -1):
            for j in range(cols - 2, 0, -1):
                g = 0.25 * u_bar[i, j]
                u_bar[i, j] = 0.0
                u_bar[i - 1, j] += g
                u_bar[i + 1, j] += g
                u_bar[i, j - 1] += g
                u_bar[i, j + 1] += g
                f_bar[i, j] -= hh * g
    return value, (u_bar, f_bar)
