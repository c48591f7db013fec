"""A robust running mean that skips outliers and changes its width as it goes."""

import numpy as np

WRT = (0, 1)


def continue_outliers(samples, width):
    mean = samples[0]
    spread = width
    used = 1
    loss = 0.0
    for k in range(1, len(samples)):
        r = samples[k] - mean
        if abs(r) > 3.0 * spread:
            spread *= 1.1
            continue
        used += 1
        mean += r / used
        if r < 0.0:
            loss += spread * r * r
            continue
        loss += np.log(np.cosh(r / spread))
        spread = 0.9 * spread + 0.1 * abs(r)
    return loss + mean * spread


def example(rng):
    samples = rng.normal(size=9)
    samples[4] += 8.0
    return samples, float(rng.uniform(0.7, 1.1))
