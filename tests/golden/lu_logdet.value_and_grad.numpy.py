# value_and_grad of lu_logdet

import numpy as np


def eliminate_fwd(A):
    n = A.shape[0]
    difference = n - 1
    tape = []
    for k in range(difference):
        for i in range(k + 1, n):
            A_part = A[k, k]
            m = A[i, k] / A_part
            A[i, k] = m
            total = k + 1
            A_part2 = A[k, total:]
            tape.append((A_part, m, A_part2.copy()))
            A[i, total:] -= m * A_part2
    return None, (difference, tape, n)


def eliminate_bwd(residuals, A_bar):
    difference, tape, n = residuals
    tape = reversed(tape)
    for k in range(difference - 1, -1, -1):
        for i in range(n - 1, k, -1):
            A_part, m, A_part2 = next(tape)
            total = k + 1
            # A[i, k + 1 :] -= m * A[k, k + 1 :]
            A_bar_part = A_bar[i, total:]
            m_bar = -(A_bar_part @ A_part2)
            A_bar[k, total:] -= m * A_bar_part
            # A[i, k] = m
            A_bar_part = A_bar[i, k]
            A_bar[i, k] = 0.0
            m_bar += A_bar_part
            # m = A[i, k] / A[k, k]
            A_bar[k, k] += m_bar * (-m / A_part)
            A_bar[i, k] += m_bar / A_part


def lu_logdet_value_and_grad(A):
    # primal
    LU = A.copy()
    _, eliminate_residuals = eliminate_fwd(LU)
    part = LU.shape[0]
    logdet = 0.0
    for k in range(part):
        logdet += np.log(np.absolute(LU[k, k]))
    # adjoint
    LU_bar = np.zeros(LU.shape)
    for k in range(part - 1, -1, -1):
        LU_part = LU[k, k]
        # logdet += np.log(np.abs(LU[k, k]))
        LU_bar[k, k] += 1.0 / np.absolute(LU_part) * np.sign(LU_part)
    # eliminate(LU)
    eliminate_bwd(eliminate_residuals, LU_bar)
    return logdet, LU_bar
