# value_and_grad of cholesky_loops

import numpy as np


def cholesky_fwd(A):
    n = A.shape[0]
    L = np.zeros((n, n))
    sqrt_s_tape = []
    tape = []
    tape2 = []
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                L_part = L[i, k]
                L_part2 = L[j, k]
                tape.append((L_part, L_part2))
                s -= L_part * L_part2
            if i == j:
                sqrt_s = np.sqrt(s)
                sqrt_s_tape.append(sqrt_s)
                L[i, j] = sqrt_s
            else:
                L_part = L[j, j]
                ratio = s / L_part
                tape2.append((L_part, ratio))
                L[i, j] = ratio
    return L, (A, n, sqrt_s_tape, tape, tape2)


def cholesky_bwd(residuals, out_bar):
    A, n, sqrt_s_tape, tape, tape2 = residuals
    L_bar = out_bar.copy()
    A_bar = np.zeros(A.shape)
    sqrt_s_tape = reversed(sqrt_s_tape)
    tape = reversed(tape)
    tape2 = reversed(tape2)
    for i in range(n - 1, -1, -1):
        for j in range(i, -1, -1):
            if i == j:
                sqrt_s = next(sqrt_s_tape)
                # L[i, j] = np.sqrt(s)
                part_bar = L_bar[i, j]
                L_bar[i, j] = 0.0
                s_bar = part_bar * (0.5 / sqrt_s)
            else:
                L_part, ratio = next(tape2)
                # L[i, j] = s / L[j, j]
                part_bar = L_bar[i, j]
                L_bar[i, j] = 0.0
                L_bar[j, j] += part_bar * (-ratio / L_part)
                s_bar = part_bar / L_part
            for k in range(j - 1, -1, -1):
                L_part, L_part2 = next(tape)
                # s -= L[i, k] * L[j, k]
                L_bar[j, k] -= s_bar * L_part
                L_bar[i, k] -= s_bar * L_part2
            # s = A[i, j]
            A_bar[i, j] += s_bar
    return A_bar


def cholesky_loops_value_and_grad(A, x):
    # primal
    L, cholesky_residuals = cholesky_fwd(A)
    n = len(x)
    z = np.zeros(n)
    tape = []
    for i in range(n):
        z_part = z[:i]
        ratio = (x[i] - L[i, :i] @ z_part) / L[i, i]
        tape.append((z_part.copy(), ratio))
        z[i] = ratio
    product = -0.5 * z
    diag_L = np.diag(L)
    value = product @ z - np.sum(np.log(diag_L))
    # adjoint
    L_bar = np.diag(-1.0 / diag_L)
    z_bar = product + z * -0.5
    x_bar = np.zeros(x.shape)
    tape = reversed(tape)
    for i in range(n - 1, -1, -1):
        z_part, ratio = next(tape)
        L_part = L[i, i]
        L_part2 = L[i, :i]
        # z[i] = (x[i] - L[i, :i] @ z[:i]) / L[i, i]
        part_bar = z_bar[i]
        z_bar[i] = 0.0
        part_bar2 = part_bar / L_part
        L_bar[i, i] += part_bar * (-ratio / L_part)
        z_bar[:i] -= part_bar2 * L_part2
        L_bar[i, :i] -= part_bar2 * z_part
        x_bar[i] += part_bar2
    # L = cholesky(A)
    A_bar = cholesky_bwd(cholesky_residuals, L_bar)
    return value, (A_bar, x_bar)
