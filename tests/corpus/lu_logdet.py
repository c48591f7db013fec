"""Log-determinant by Gaussian elimination on a working copy."""

import numpy as np

WRT = (0,)


def eliminate(A):
    n = A.shape[0]
    for k in range(n - 1):
        for i in range(k + 1, n):
            m = A[i, k] / A[k, k]
            A[i, k] = m
            A[i, k + 1 :] -= m * A[k, k + 1 :]


def lu_logdet(A):
    LU = A.copy()
    eliminate(LU)
    logdet = 0.0
    for k in range(LU.shape[0]):
        logdet += np.log(np.abs(LU[k, k]))
    return logdet


def example(rng):
    A = rng.normal(size=(4, 4))
    return (A + np.diag(rng.uniform(4.0, 6.0, size=4)),)
