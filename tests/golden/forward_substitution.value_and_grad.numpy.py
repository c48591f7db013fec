# value_and_grad of forward_substitution

import numpy as np


def forward_substitution_value_and_grad(L, b):
    # primal
    n = b.shape[0]
    b_tape = np.empty((n,) + b.shape)
    b_part_tape = []
    for i in range(n):
        for j in range(i):
            b_part = b[j]
            b_part_tape.append(b_part)
            b[i] -= L[i, j] * b_part
        b_tape[i] = b
        b[i] /= L[i, i]
    value = np.sum(b**2)
    # adjoint
    b_bar = 2.0 * b
    L_bar = np.zeros(L.shape)
    b_part_tape = reversed(b_part_tape)
    for i in range(n - 1, -1, -1):
        b = b_tape[i]
        L_part = L[i, i]
        # b[i] /= L[i, i]
        part_bar = -(b_bar[i] * b[i]) / (L_part * L_part)
        b_bar[i] /= L_part
        L_bar[i, i] += part_bar
        for j in range(i - 1, -1, -1):
            b_part = next(b_part_tape)
            # b[i] -= L[i, j] * b[j]
            b_bar_part = b_bar[i]
            b_bar[j] -= b_bar_part * L[i, j]
            L_bar[i, j] -= b_bar_part * b_part
    return value, (L_bar, b_bar)
