"""Zero-dimensional arrays change in place, NumPy scalars do not."""

import numpy as np


def program(x, k):
    a = np.array(k)
    b = a
    b *= 2.0
    s = x[0, 0]
    t = s
    t *= 3.0
    v = x[0].sum(keepdims=True)
    w = v[...]
    w += k
    a[...] = a + s
    return float(b) * s + t * v[0] + a.item()
