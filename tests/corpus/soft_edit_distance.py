"""Edit distance of two sequences of vectors, with a smooth minimum."""

import numpy as np

WRT = (0, 1, 2)


def softmin(a, b, c, gamma):
    low = min(a, b, c)
    total = np.exp((low - a) / gamma) + np.exp((low - b) / gamma) + np.exp((low - c) / gamma)
    return low - gamma * np.log(total)


def soft_edit_distance(p, q, gap, gamma):
    n, m = len(p), len(q)
    D = np.zeros((n + 1, m + 1))
    for i in range(1, n + 1):
        D[i, 0] = D[i - 1, 0] + gap
    for j in range(1, m + 1):
        D[0, j] = D[0, j - 1] + gap
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = np.sum((p[i - 1] - q[j - 1]) ** 2)
            D[i, j] = softmin(D[i - 1, j] + gap, D[i, j - 1] + gap, D[i - 1, j - 1] + cost, gamma)
    return D[n, m]


def example(rng):
    return rng.normal(size=(4, 2)), rng.normal(size=(3, 2)), 0.5 + rng.random(), 0.3
