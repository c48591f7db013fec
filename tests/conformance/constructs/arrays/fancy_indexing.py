"""Integer arrays as indices, read and written, and np.take."""

import numpy as np


def program(x, k):
    rows, columns = np.array([0, 2, 1]), np.array([3, 0, 0])
    y = x.copy()
    y[rows, columns] = k * x[rows, columns] ** 2
    y[:, [1, 2]] += x[:, [2, 1]]
    y[np.ix_([0, 1], [0, 3])] *= k
    picked = np.take(y, [5, 5, 0]) + y[rows[:, None], columns].sum(axis=1)
    return np.sum(y**2) + picked @ picked
