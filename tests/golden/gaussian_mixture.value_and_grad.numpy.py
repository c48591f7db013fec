# value_and_grad of gaussian_mixture

import numpy as np


def gaussian_mixture_value_and_grad(logits, means, log_scales, x):
    # primal
    top = logits.max(axis=0, keepdims=True)
    tmp = np.exp(logits - top)
    tmp2 = np.sum(tmp, axis=0)
    log_weights = logits - (np.squeeze(top, axis=0) + np.log(tmp2))
    dim = x.shape[1]
    tmp3 = np.exp(log_scales)
    z = (x[:, None, :] - means) / tmp3
    log_density = -0.5 * np.sum(z**2, axis=2) - np.sum(log_scales, axis=1)
    log_density -= 0.5 * dim * np.log(6.283185307179586)
    tmp4 = log_weights + log_density
    top2 = tmp4.max(axis=1, keepdims=True)
    tmp5 = np.squeeze(top2, axis=1)
    tmp6 = np.exp(tmp4 - top2)
    tmp7 = np.sum(tmp6, axis=1)
    tmp8 = tmp5 + np.log(tmp7)
    tmp9 = -np.mean(tmp8)
    # adjoint
    # return -np.mean(logsumexp(log_weights + log_density, 1))
    t_bar = -1.0 / len(tmp8)
    # return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))
    t_bar2 = (t_bar / tmp7)[:, None] * tmp6
    top_bar = np.sum(-t_bar2, axis=1, keepdims=True)
    top_bar += np.full_like(tmp5, t_bar).reshape(top2.shape)
    # top = a.max(axis=axis, keepdims=True)
    tmp4 = tmp4 == top2
    t_bar2 += top_bar / tmp4.sum(axis=1, keepdims=True) * tmp4
    # return -np.mean(logsumexp(log_weights + log_density, 1))
    log_weights_bar = t_bar2.sum(axis=0)
    # log_density = -0.5 * np.sum(z**2, axis=2) - np.sum(log_scales, axis=1)
    z_bar = (t_bar2 * -0.5)[..., None] * (2.0 * z)
    # z = (x[:, None, :] - means) / np.exp(log_scales)
    t_bar = z_bar / tmp3
    log_scales_bar = np.sum(z_bar * (-z / tmp3), axis=0) * tmp3
    log_scales_bar += np.sum(-t_bar2, axis=0)[:, None]
    t_bar2 = t_bar.sum(axis=1, keepdims=True)
    means_bar = np.sum(-t_bar, axis=0)
    x_bar = np.zeros_like(x)
    x_bar[:, None, :] = t_bar2
    # log_weights = logits - logsumexp(logits, 0)
    t_bar = np.sum(-log_weights_bar)
    # return np.squeeze(top, axis=axis) + np.log(np.sum(np.exp(a - top), axis=axis))
    t_bar2 = t_bar / tmp2 * tmp
    top_bar = np.sum(-t_bar2, axis=0, keepdims=True)
    log_weights_bar += t_bar2
    top_bar += t_bar.reshape(top.shape)
    # top = a.max(axis=axis, keepdims=True)
    tmp = logits == top
    log_weights_bar += top_bar / tmp.sum(axis=0, keepdims=True) * tmp
    return tmp9, (log_weights_bar, means_bar, log_scales_bar, x_bar)
