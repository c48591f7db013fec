"""An inner function reads a name that is bound anew after the function was made."""

import numpy as np

WRT = (0, 1)


def closure_rebinding(x, a):
    scale = a
    count = 0

    def wave(v):
        nonlocal count
        count += 1
        return np.sin(scale * v) / count

    first = wave(x)
    scale = scale + np.sum(first)
    second = wave(x * first)
    scale *= 0.5
    return np.sum(second * wave(first))


def example(rng):
    return rng.normal(size=5), float(rng.uniform(0.5, 1.5))
