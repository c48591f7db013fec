# value_and_grad of nonlinear_sweep

import numpy as np


def nonlinear_sweep_value_and_grad(u, c, sweeps):
    # primal
    u = u.copy()
    n = len(u)
    u_tape = []
    t_tape = []
    t_tape2 = []
    t_tape3 = []
    t_tape4 = []
    t_tape5 = []
    for k in range(sweeps):
        for i in range(1, n - 1):
            tmp = u[i - 1]
            t_tape5.append(tmp)
            tmp2 = u[i + 1]
            t_tape4.append(tmp2)
            tmp3 = u[i]
            t_tape3.append(tmp3)
            tmp3 = np.sin(tmp3)
            t_tape2.append(tmp3)
            u[i] = tmp * tmp2 + c * tmp3
        for i in range(n - 2, 0, -1):
            u_tape.append(u.copy())
            tmp = 0.7 * u[i + 1] + 0.3
            t_tape.append(tmp)
            u[i] *= tmp
    tmp = u * u
    tmp5 = np.sum(tmp * u)
    # adjoint
    # return np.sum(u * u * u)
    u_bar = u * u
    u_bar += tmp
    u_bar += u * u
    c_bar = 0.0
    for k in range(sweeps - 1, -1, -1):
        for i in range(1, n - 2 + 1):
            tmp = t_tape.pop()
            u = u_tape.pop()
            # u[i] *= 0.7 * u[i + 1] + 0.3
            t_bar = u_bar[i] * u[i]
            u_bar[i] *= tmp
            u_bar[i + 1] += t_bar * 0.7
        for i in range(n - 1 - 1, 0, -1):
            tmp = t_tape5.pop()
            tmp2 = t_tape4.pop()
            tmp3 = t_tape3.pop()
            tmp4 = t_tape2.pop()
            # u[i] = u[i - 1] * u[i + 1] + c * np.sin(u[i])
            t_bar = u_bar[i]
            u_bar[i] = 0.0
            u_bar[i] += t_bar * c * np.cos(tmp3)
            u_bar[i + 1] += t_bar * tmp
            u_bar[i - 1] += t_bar * tmp2
            c_bar += t_bar * tmp4
    return tmp5, (u_bar, c_bar)
