"""Negative log-likelihood of points under a mixture of diagonal Gaussians."""

import numpy as np

WRT = (0, 1, 2, 3)


def logsumexp(a, axis):
    top = a.max(axis=axis, keepdims=True)
    return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))


def gaussian_mixture(logits, means, log_scales, x):
    log_weights = logits - logsumexp(logits, 0)
    dim = x.shape[1]
    z = (x[:, None, :] - means) / np.exp(log_scales)
    log_density = -0.5 * np.sum(z**2, axis=2) - np.sum(log_scales, axis=1)
    log_density -= 0.5 * dim * np.log(2.0 * np.pi)
    return -np.mean(logsumexp(log_weights + log_density, 1))


def example(rng):
    return (
        rng.normal(size=3),
        rng.normal(size=(3, 2)),
        0.3 * rng.normal(size=(3, 2)),
        rng.normal(size=(6, 2)),
    )
