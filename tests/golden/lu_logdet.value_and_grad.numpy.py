# value_and_grad of lu_logdet

import numpy as np


def eliminate_fwd(A):
    # n = A.shape[0]
    n = A.shape[0]
    difference = n - 1
    t_tape = []
    m_tape = []
    t_tape2 = []
    for k in range(difference):
        for i in range(k + 1, n):
            # m = A[i, k] / A[k, k]
            A_part = A[i, k]
            A_part2 = A[k, k]
            t_tape2.append(A_part2)
            m = A_part / A_part2
            m_tape.append(m)
            # A[i, k] = m
            A[i, k] = m
            # A[i, k + 1 :] -= m * A[k, k + 1 :]
            total = k + 1
            A_part = A[k, total:]
            t_tape.append(A_part.copy())
            A[i, total:] -= m * A_part
    return None, (difference, n, t_tape2, m_tape, t_tape)


def eliminate_bwd(residuals, A_bar):
    n = residuals[1]
    t_tape = residuals[2]
    m_tape = residuals[3]
    t_tape2 = residuals[4]
    A_bar2 = A_bar
    for k in range(residuals[0] - 1, -1, -1):
        for i in range(n - 1, k + 1 - 1, -1):
            t_tape_part = t_tape.pop()
            m = m_tape.pop()
            t_tape_part2 = t_tape2.pop()
            total = k + 1
            # A[i, k + 1 :] -= m * A[k, k + 1 :]
            part_bar = -A_bar2[i, total:]
            m_bar = np.sum(part_bar * t_tape_part2)
            part_bar *= m
            A_bar2[k, total:] += part_bar
            # A[i, k] = m
            A_bar_part = A_bar2[i, k]
            A_bar2[i, k] = 0.0
            m_bar += A_bar_part
            # m = A[i, k] / A[k, k]
            A_bar2[k, k] += m_bar * (-m / t_tape_part)
            A_bar2[i, k] += m_bar / t_tape_part
    A_bar[...] = A_bar2


def lu_logdet_value_and_grad(A):
    # primal
    LU = A.copy()
    pair = eliminate_fwd(LU)
    eliminate_residuals = pair[1]
    part = LU.shape[0]
    logdet = 0.0
    for k in range(part):
        logdet += np.log(np.absolute(LU[k, k]))
    # adjoint
    LU_bar = np.zeros_like(LU)
    for k in range(part - 1, -1, -1):
        LU_part = LU[k, k]
        # logdet += np.log(np.abs(LU[k, k]))
        LU_bar[k, k] += 1.0 / np.absolute(LU_part) * np.sign(LU_part)
    # eliminate(LU)
    eliminate_bwd(eliminate_residuals, LU_bar)
    return logdet, LU_bar
