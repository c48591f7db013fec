# value_and_grad of cholesky_loops

import numpy as np


def cholesky_fwd(A):
    # n = A.shape[0]
    n = A.shape[0]
    # L = np.zeros((n, n))
    L = np.zeros((n, n))
    t_tape = []
    t_tape2 = []
    t_tape3 = []
    t_tape4 = []
    t_tape5 = []
    for i in range(n):
        for j in range(i + 1):
            # s = A[i, j]
            s = A[i, j]
            for k in range(j):
                # s -= L[i, k] * L[j, k]
                tmp = L[i, k]
                t_tape5.append(tmp)
                tmp2 = L[j, k]
                t_tape4.append(tmp2)
                s -= tmp * tmp2
            if i == j:
                # L[i, j] = np.sqrt(s)
                tmp = np.sqrt(s)
                t_tape.append(tmp)
                L[i, j] = tmp
            else:
                # L[i, j] = s / L[j, j]
                tmp = L[j, j]
                t_tape2.append(tmp)
                tmp = s / tmp
                t_tape3.append(tmp)
                L[i, j] = tmp
    # return L
    return L, (A, n, t_tape, t_tape3, t_tape2, t_tape5, t_tape4)


def cholesky_bwd(residuals, out_bar):
    A, n, t_tape, t_tape2, t_tape3, t_tape4, t_tape5 = residuals
    L_bar = out_bar.copy()
    A_bar = np.zeros_like(A)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1 - 1, -1, -1):
            if i == j:
                tmp = t_tape.pop()
                # L[i, j] = np.sqrt(s)
                t_bar = L_bar[i, j]
                L_bar[i, j] = 0.0
                s_bar = t_bar * (0.5 / tmp)
            else:
                tmp = t_tape2.pop()
                tmp2 = t_tape3.pop()
                # L[i, j] = s / L[j, j]
                t_bar = L_bar[i, j]
                L_bar[i, j] = 0.0
                L_bar[j, j] += t_bar * (-tmp / tmp2)
                s_bar = t_bar / tmp2
            for k in range(j - 1, -1, -1):
                tmp = t_tape4.pop()
                tmp2 = t_tape5.pop()
                # s -= L[i, k] * L[j, k]
                t_bar = -s_bar
                L_bar[j, k] += t_bar * tmp
                L_bar[i, k] += t_bar * tmp2
            # s = A[i, j]
            A_bar[i, j] += s_bar
    return A_bar


def cholesky_loops_value_and_grad(A, x):
    # primal
    L, cholesky_residuals = cholesky_fwd(A)
    n = len(x)
    z = np.zeros(n)
    t_tape = np.empty(n)
    t_tape2 = []
    for i in range(n):
        tmp = x[i]
        tmp2 = L[i, :i]
        tmp3 = z[:i]
        t_tape2.append(tmp3.copy())
        tmp = (tmp - tmp2 @ tmp3) / L[i, i]
        t_tape[i] = tmp
        z[i] = tmp
    tmp = -0.5 * z
    tmp2 = np.diag(L)
    tmp3 = tmp @ z - np.sum(np.log(tmp2))
    # adjoint
    # return -0.5 * z @ z - np.sum(np.log(np.diag(L)))
    L_bar = np.diag(-1.0 / tmp2)
    z_bar = z * -0.5
    z_bar += tmp
    x_bar = np.zeros_like(x)
    for i in range(n - 1, -1, -1):
        tmp = t_tape2.pop()
        tmp2 = L[i, i]
        # z[i] = (x[i] - L[i, :i] @ z[:i]) / L[i, i]
        t_bar = z_bar[i]
        z_bar[i] = 0.0
        t_bar2 = t_bar / tmp2
        t_bar *= -t_tape[i] / tmp2
        L_bar[i, i] += t_bar
        t_bar = -t_bar2
        t_bar3 = t_bar * tmp
        t_bar = t_bar * L[i, :i]
        z_bar[:i] += t_bar
        L_bar[i, :i] += t_bar3
        x_bar[i] += t_bar2
    # L = cholesky(A)
    A_bar = cholesky_bwd(cholesky_residuals, L_bar)
    return tmp3, (A_bar, x_bar)
