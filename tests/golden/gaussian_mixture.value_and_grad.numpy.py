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
    top2 = total.max(axis=1, keepdims=True)
    squeeze_top = np.squeeze(top2, axis=1)
    exp2 = np.exp(total - top2)
    sum3 = np.sum(exp2, axis=1)
    total2 = squeeze_top + np.log(sum3)
    minus = -np.mean(total2)
    # adjoint
    # return -np.mean(logsumexp(log_weights + log_density, 1))
    t_bar = -1.0 / len(total2)
    # return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))
    t_bar2 = (t_bar / sum3)[:, None] * exp2
    top_bar = np.sum(-t_bar2, axis=1, keepdims=True)
    top_bar += np.full_like(squeeze_top, t_bar).reshape(top2.shape)
    # top = a.max(axis=axis, keepdims=True)
    test = total == top2
    t_bar2 += top_bar / test.sum(axis=1, keepdims=True) * test
    # return -np.mean(logsumexp(log_weights + log_density, 1))
    log_weights_bar = t_bar2.sum(axis=0)
    # log_density = -0.5 * np.sum(z**2, axis=2) - np.sum(log_scales, axis=1)
    log_scales_bar = np.sum(-t_bar2, axis=0)[:, None]
    t_bar2 *= -0.5
    z_bar = t_bar2[..., None] * (2.0 * z)
    # z = (x[:, None, :] - means) / np.exp(log_scales)
    z_bar2 = z_bar / exp_log_scales
    z_bar = np.sum(z_bar * (-z / exp_log_scales), axis=0)
    z_bar *= exp_log_scales
    z_bar += log_scales_bar
    z_bar3 = z_bar2.sum(axis=1, keepdims=True)
    means_bar = np.sum(-z_bar2, axis=0)
    x_bar = np.zeros_like(x)
    x_bar[:, None, :] = z_bar3
    # log_weights = logits - logsumexp(logits, 0)
    log_weights_bar2 = np.sum(-log_weights_bar)
    # return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))
    log_weights_bar3 = log_weights_bar2 / sum2 * exp
    top_bar = np.sum(-log_weights_bar3, axis=0, keepdims=True)
    log_weights_bar += log_weights_bar3
    top_bar += log_weights_bar2.reshape(top.shape)
    # top = a.max(axis=axis, keepdims=True)
    test = logits == top
    log_weights_bar += top_bar / test.sum(axis=0, keepdims=True) * test
    return minus, (log_weights_bar, means_bar, z_bar, x_bar)
