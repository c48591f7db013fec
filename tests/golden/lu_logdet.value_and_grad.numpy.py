# value_and_grad of lu_logdet

import numpy as np


def eliminate_fwd(A):
    # n = A.shape[0]
    n = A.shape[0]
    tmp3 = n - 1
    t_tape = []
    m_tape = []
    t_tape2 = []
    for k in range(tmp3):
        for i in range(k + 1, n):
            # m = A[i, k] / A[k, k]
            tmp = A[i, k]
            tmp2 = A[k, k]
            t_tape2.append(tmp2)
            m = tmp / tmp2
            m_tape.append(m)
            # A[i, k] = m
            A[i, k] = m
            # A[i, k + 1 :] -= m * A[k, k + 1 :]
            tmp = k + 1
            tmp2 = A[k, tmp:]
            t_tape.append(tmp2.copy())
            A[i, tmp:] -= m * tmp2
    return None, (tmp3, n, t_tape2, m_tape, t_tape)


def eliminate_bwd(residuals, A_bar):
    n = residuals[1]
    t_tape = residuals[2]
    m_tape = residuals[3]
    t_tape2 = residuals[4]
    for k in range(residuals[0] - 1, -1, -1):
        for i in range(n - 1, k + 1 - 1, -1):
            tmp = t_tape.pop()
            m = m_tape.pop()
            tmp2 = t_tape2.pop()
            tmp3 = k + 1
            # A[i, k + 1 :] -= m * A[k, k + 1 :]
            t_bar = -A_bar[i, tmp3:]
            m_bar = np.sum(t_bar * tmp2)
            A_bar[k, tmp3:] += t_bar * m
            # A[i, k] = m
            tmp2 = A_bar[i, k]
            A_bar[i, k] = 0.0
            m_bar += tmp2
            # m = A[i, k] / A[k, k]
            A_bar[k, k] += m_bar * (-m / tmp)
            A_bar[i, k] += m_bar / tmp


def lu_logdet_value_and_grad(A):
    # primal
    LU = A.copy()
    pair = eliminate_fwd(LU)
    tmp = LU.shape[0]
    logdet = 0.0
    for k in range(tmp):
        logdet += np.log(np.absolute(LU[k, k]))
    # adjoint
    LU_bar = np.zeros_like(LU)
    for k in range(tmp - 1, -1, -1):
        tmp = LU[k, k]
        # logdet += np.log(np.abs(LU[k, k]))
        LU_bar[k, k] += 1.0 / np.absolute(tmp) * np.sign(tmp)
    # eliminate(LU)
    eliminate_bwd(pair[1], LU_bar)
    return logdet, LU_bar
