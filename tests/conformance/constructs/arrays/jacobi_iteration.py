"""A Jacobi iteration to a tolerance, with arrays that change their places."""

import numpy as np


def program(x, k):
    a = x @ x.T * 0.1 + 2.0 * np.eye(3)
    b = x[:, 0] * k
    diagonal = np.diag(a)
    old, new = np.zeros(3), b / diagonal
    count = 0
    while np.max(np.abs(new - old)) > 1e-13 and count < 200:
        old, new = new, (b - a @ new + diagonal * new) / diagonal
        count += 1
    return np.sum(new**2)
