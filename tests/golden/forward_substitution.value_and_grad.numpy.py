# value_and_grad of forward_substitution

import numpy as np


def forward_substitution_value_and_grad(L, b):
    # primal
    n = b.shape[0]
    b_tape = np.empty((n,) + b.shape)
    t_tape = []
    for i in range(n):
        for j in range(i):
            tmp = L[i, j]
            tmp2 = b[j]
            t_tape.append(tmp2)
            b[i] -= tmp * tmp2
        b_tape[i] = b
        b[i] /= L[i, i]
    tmp2 = np.sum(b**2)
    # adjoint
    # return np.sum(b**2)
    b_bar = 2.0 * b
    L_bar = np.zeros_like(L)
    for i in range(n - 1, -1, -1):
        b = b_tape[i]
        tmp = L[i, i]
        # b[i] /= L[i, i]
        t_bar = -(b_bar[i] * b[i]) / (tmp * tmp)
        b_bar[i] /= tmp
        L_bar[i, i] += t_bar
        for j in range(i - 1, -1, -1):
            tmp = t_tape.pop()
            # b[i] -= L[i, j] * b[j]
            t_bar = -b_bar[i]
            b_bar[j] += t_bar * L[i, j]
            L_bar[i, j] += t_bar * tmp
    return tmp2, (L_bar, b_bar)
