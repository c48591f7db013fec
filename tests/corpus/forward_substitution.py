"""Forward substitution that overwrites the caller's right-hand side with the solution."""

import numpy as np

WRT = (0, 1)


def forward_substitution(L, b):
    n = b.shape[0]
    for i in range(n):
        for j in range(i):
            b[i] -= L[i, j] * b[j]
        b[i] /= L[i, i]
    return np.sum(b**2)


def example(rng):
    L = np.tril(rng.normal(size=(5, 5))) + np.diag(rng.uniform(2.0, 4.0, size=5))
    return L, rng.normal(size=5)
