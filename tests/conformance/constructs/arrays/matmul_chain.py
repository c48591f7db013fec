"""Chains of @, np.dot, np.matmul of stacks and multi_dot."""

import numpy as np

INTERPRETED = False


def program(x, k):
    a = x @ x.T
    b = np.dot(a, x) @ x.T * k
    stack = np.matmul(np.stack([a, b]), x)
    scale = np.linalg.multi_dot([x.T, a, x]).sum()
    return scale + np.sum(stack[0] * stack[1]) + x[:, 1] @ b @ x[:, 0]
