"""Gaussian log-likelihood with a Cholesky factor computed entry by entry."""

import numpy as np

WRT = (0, 1)


def cholesky(A):
    n = A.shape[0]
    L = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            if i == j:
                L[i, j] = np.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    return L


def cholesky_loops(A, x):
    L = cholesky(A)
    n = len(x)
    z = np.zeros(n)
    for i in range(n):
        z[i] = (x[i] - L[i, :i] @ z[:i]) / L[i, i]
    return -0.5 * z @ z - np.sum(np.log(np.diag(L)))


def example(rng):
    B = rng.normal(size=(4, 4))
    return B @ B.T + np.diag(rng.uniform(2.0, 3.0, size=4)), rng.normal(size=4)
