# value_and_grad of triangular_solve

import numpy as np


def triangular_solve_value_and_grad(U, b):
    # primal
    n = len(b)
    x = np.zeros(n)
    tmp4 = n - 1
    t_tape = []
    t_tape2 = []
    for i in range(tmp4, -1, -1):
        tmp = b[i]
        tmp2 = i + 1
        tmp3 = U[i, tmp2:]
        tmp2 = x[tmp2:]
        t_tape2.append(tmp2.copy())
        tmp = (tmp - np.dot(tmp3, tmp2)) / U[i, i]
        t_tape.append(tmp)
        x[i] = tmp
    tmp5 = np.sum(np.cos(x))
    # adjoint
    # return np.sum(np.cos(x))
    x_bar = -np.sin(x)
    U_bar = np.zeros_like(U)
    b_bar = np.zeros_like(b)
    for i in range(tmp4 + 1):
        tmp = t_tape2.pop()
        tmp2 = t_tape.pop()
        tmp3 = U[i, i]
        tmp4 = i + 1
        # x[i] = (b[i] - np.dot(U[i, i + 1 :], x[i + 1 :])) / U[i, i]
        t_bar = x_bar[i]
        x_bar[i] = 0.0
        t_bar2 = t_bar / tmp3
        U_bar[i, i] += t_bar * (-tmp2 / tmp3)
        t_bar = -t_bar2
        t_bar3 = t_bar * tmp
        t_bar = t_bar * U[i, tmp4:]
        x_bar[tmp4:] += t_bar
        U_bar[i, tmp4:] += t_bar3
        b_bar[i] += t_bar2
    return tmp5, (U_bar, b_bar)
