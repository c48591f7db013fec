# value_and_grad of reshape_alias

import numpy as np


def reshape_alias_value_and_grad(a):
    # primal
    x = np.sin(a)
    x_bar = np.zeros_like(x)
    y = x.reshape(-1)
    y_shares = np.shares_memory(y, x)
    y_bar = x_bar.reshape(-1) if y_shares else np.zeros(y.shape)
    y[0] *= 3
    y_part = y[0]
    y_part2 = y[1]
    y[2:4] = y_part * y_part2
    value = np.sum(x * x)
    # adjoint
    # return np.sum(x * x)
    x_bar += 2.0 * x
    # y[2:4] = y[0] * y[1]
    copy = y_bar[2:4].copy()
    y_bar[2:4] = 0.0
    part_bar = copy.sum()
    y_bar[1] += part_bar * y_part
    y_bar[0] += part_bar * y_part2
    # y[0] *= 3
    y_bar[0] *= 3
    # y = x.reshape(-1)
    if not y_shares:
        x_bar += y_bar.reshape(x.shape)
    # x = np.sin(a)
    a_bar = x_bar * np.cos(a)
    return value, a_bar
