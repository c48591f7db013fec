"""A LinAlgError of a singular matrix, caught."""

import numpy as np

INTERPRETED = False


def solve(a, b):
    try:
        return np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        return np.linalg.solve(a + np.eye(len(b)), b)


def program(x, k):
    good = x[:, :3] + 3.0 * np.eye(3)
    return np.sum(solve(good, x[:, 3]) ** 2) + k * np.sum(solve(np.zeros((3, 3)), x[:, 0]))
