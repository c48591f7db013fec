"""Which operations give views that writes go through, and which copies."""

import numpy as np


def program(x, k):
    y = x.copy()
    views = [y.T, y[1:], y.reshape(4, 3), y.ravel(), y[:, ::2], np.asarray(y), y[None]]
    copies = [y.flatten(), y[[0, 1]], y[y > -1.0], np.array(y), y.astype(float), y.T.reshape(-1)]
    y[1, 1] = k
    y[0] *= 2.0
    total = 0.0
    for i, v in enumerate(views):
        total += (i + 1.0) * np.sum(v**2)
    for i, c in enumerate(copies):
        total -= (i + 0.5) * np.sum(c**3)
    return total
