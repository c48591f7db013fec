"""Likelihood of a mixture of diagonal Gaussians, by hand."""

import numpy as np


def gaussian_mixture_value_and_grad(logits, means, log_scales, x):
    top0 = logits.max(axis=0, keepdims=True)
    e0 = np.exp(logits - top0)
    s0 = np.sum(e0, axis=0)
    log_weights = logits - (np.squeeze(top0, axis=0) + np.log(s0))
    n, dim = x.shape
    scales = np.exp(log_scales)
    z = (x[:, None, :] - means) / scales
    zz = z**2
    log_density = -0.5 * np.sum(zz, axis=2) - np.sum(log_scales, axis=1)
    log_density -= 0.5 * dim * np.log(2.0 * np.pi)
    joint = log_weights + log_density
    top = joint.max(axis=1, keepdims=True)
    e = np.exp(joint - top)
    s = np.sum(e, axis=1)
    value = -np.mean(np.squeeze(top, axis=1) + np.log(s))

    # The responsibilities, over -n. z is weighted in place: it is not needed any more.
    joint_bar = np.divide(e, -n * s[:, None], out=e)
    weights_bar = joint_bar.sum(axis=0)
    logits_bar = weights_bar - e0 * (weights_bar.sum() / s0)
    log_scales_bar = np.einsum("nk,nkd->kd", joint_bar, zz)
    log_scales_bar -= weights_bar[:, None]
    z *= joint_bar[:, :, None]
    means_bar = z.sum(axis=0)
    means_bar /= scales
    x_bar = np.einsum("nkd,kd->nd", z, -1.0 / scales)
    return value, (logits_bar, means_bar, log_scales_bar, x_bar)
