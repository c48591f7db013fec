# value_and_grad of reshape_copy

import numpy as np


def reshape_copy_value_and_grad(a):
    # primal
    x = np.sin(a)
    x_bar = np.zeros_like(x)
    tmp4 = x.T
    t_bar2 = x_bar.T
    y = tmp4.reshape(-1)
    y_shares = np.shares_memory(y, tmp4)
    y_bar = t_bar2.reshape(-1) if y_shares else np.zeros_like(y)
    y[0] *= 3
    tmp = y[0]
    tmp2 = y[1]
    y[2:4] = tmp * tmp2
    tmp3 = y * y
    tmp5 = np.sum(x * x) + np.sum(tmp3 * y)
    # adjoint
    # return np.sum(x * x) + np.sum(y * y * y)
    y_bar += tmp3
    tmp3 = y * y
    y_bar += tmp3
    y_bar += tmp3
    x_bar += x
    x_bar += x
    # y[2:4] = y[0] * y[1]
    tmp3 = np.copy(y_bar[2:4])
    y_bar[2:4] = 0.0
    t_bar = tmp3.sum()
    y_bar[1] += t_bar * tmp
    y_bar[0] += t_bar * tmp2
    # y[0] *= 3
    y_bar[0] *= 3
    # y = x.T.reshape(-1)
    if not y_shares:
        # y = x.T.reshape(-1)
        t_bar2 += y_bar.reshape(tmp4.shape)
    # x = np.sin(a)
    a_bar = x_bar * np.cos(a)
    return tmp5, a_bar
