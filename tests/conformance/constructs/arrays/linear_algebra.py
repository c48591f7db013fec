"""solve, inv, det, norm, cholesky and eigvalsh of a matrix made positive."""

import numpy as np

INTERPRETED = False


def program(x, k):
    a = x @ x.T + np.diag([1.0, 2.0, 3.0]) * k
    lower = np.linalg.cholesky(a)
    y = np.linalg.solve(a, x[:, 0])
    return (
        np.linalg.det(a)
        + np.linalg.norm(y)
        + np.trace(np.linalg.inv(a))
        + np.sum(np.log(np.diag(lower)))
        + np.linalg.eigvalsh(a)[0]
    )
