# value_and_grad of gaussian_mixture

import numpy as np


def gaussian_mixture_value_and_grad(logits, means, log_scales, x):
    # primal
    top = logits.max(axis=0, keepdims=True)
    exp = np.exp(logits - top)
    sum2 = np.sum(exp, axis=0)
    log_weights = logits - (np.squeeze(top, axis=0) + np.log(sum2))
    dim = x.shape[1]
    exp_log_scales = np.exp(log_scales)
    z = (x[:, None, :] - means) / exp_log_scales
    log_density = -0.5 * np.sum(z**2, axis=2) - np.sum(log_scales, axis=1)
    log_density -= 0.5 * dim * np.log(6.283185307179586)
    total = log_weights + log_density
    top = total.max(axis=1, keepdims=True)
    exp2 = np.exp(total - top)
    sum3 = np.sum(exp2, axis=1)
    total = np.squeeze(top, axis=1) + np.log(sum3)
    value = -np.mean(total)
    # adjoint
    # return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))
    log_density_bar = (-1.0 / len(total) / sum3)[:, None] * exp2
    # return -np.mean(logsumexp(log_weights + log_density, 1))
    logits_bar = log_density_bar.sum(axis=0)
    # log_density = -0.5 * np.sum(z**2, axis=2) - np.sum(log_scales, axis=1)
    z_bar = (-log_density_bar)[..., None] * z
    # z = (x[:, None, :] - means) / np.exp(log_scales)
    log_scales_bar = (-logits_bar)[:, None] - np.einsum('ijk,ijk->jk', z_bar, z)
    means_bar = -(z_bar.sum(axis=0) / exp_log_scales)
    x_bar = np.einsum('ijk,jk->ik', z_bar, 1.0 / exp_log_scales)
    # return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))
    logits_bar -= logits_bar.sum() / sum2 * exp
    return value, (logits_bar, means_bar, log_scales_bar, x_bar)
