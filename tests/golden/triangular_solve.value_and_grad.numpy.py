# value_and_grad of triangular_solve

import numpy as np


def triangular_solve_value_and_grad(U, b):
    # primal
    n = len(b)
    x = np.zeros(n)
    difference = n - 1
    tape = []
    for i in range(difference, -1, -1):
        total = i + 1
        x_part = x[total:]
        ratio = (b[i] - np.dot(U[i, total:], x_part)) / U[i, i]
        tape.append((x_part.copy(), ratio))
        x[i] = ratio
    value = np.sum(np.cos(x))
    # adjoint
    x_bar = -np.sin(x)
    U_bar = np.zeros(U.shape)
    b_bar = np.zeros(b.shape)
    tape = reversed(tape)
    for i in range(difference + 1):
        x_part, ratio = next(tape)
        U_part = U[i, i]
        total = i + 1
        # x[i] = (b[i] - np.dot(U[i, i + 1 :], x[i + 1 :])) / U[i, i]
        part_bar = x_bar[i]
        x_bar[i] = 0.0
        part_bar2 = part_bar / U_part
        U_bar[i, i] += part_bar * (-ratio / U_part)
        x_bar[total:] -= part_bar2 * U[i, total:]
        U_bar[i, total:] -= part_bar2 * x_part
        b_bar[i] += part_bar2
    return value, (U_bar, b_bar)
