# value_and_grad of reshape_copy

import numpy as np


def reshape_copy_value_and_grad(a):
    # primal
    x = np.sin(a)
    x_bar = np.zeros_like(x)
    transposed = x.T
    t_bar = x_bar.T
    y = transposed.reshape(-1)
    y_shares = np.shares_memory(y, transposed)
    y_bar = t_bar.reshape(-1) if y_shares else np.zeros(y.shape)
    y[0] *= 3
    y_part = y[0]
    y_part2 = y[1]
    y[2:4] = y_part * y_part2
    value = np.sum(x * x) + np.sum(y * y * y)
    # adjoint
    # return np.sum(x * x) + np.sum(y * y * y)
    y_bar += 3.0 * y * y
    x_bar += 2.0 * x
    # y[2:4] = y[0] * y[1]
    copy = y_bar[2:4].copy()
    y_bar[2:4] = 0.0
    part_bar = copy.sum()
    y_bar[1] += part_bar * y_part
    y_bar[0] += part_bar * y_part2
    # y[0] *= 3
    y_bar[0] *= 3
    # y = x.T.reshape(-1)
    if not y_shares:
        t_bar += y_bar.reshape((a.shape[1], a.shape[0]))
    # x = np.sin(a)
    a_bar = x_bar * np.cos(a)
    return value, a_bar
