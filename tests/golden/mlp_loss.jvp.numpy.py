# jvp of mlp_loss

import numpy as np


def mlp_loss_jvp(params, x, y, params_dot):
    W1, b1, W2, b2 = params
    # h = np.tanh(x @ W1 + b1)
    h = np.tanh(x @ W1 + b1)
    h_dot = (x @ params_dot[0] + params_dot[1]) * (1.0 - h * h)
    # logits = h @ W2 + b2
    logits = h @ W2 + b2
    logits_dot = h_dot @ W2 + h @ params_dot[2] + params_dot[3]
    # z = logits - logits.max(axis=1, keepdims=True)
    z = logits - logits.max(axis=1, keepdims=True)
    # e = np.exp(z)
    e = np.exp(z)
    # s = e.sum(axis=1, keepdims=True)
    s = e.sum(axis=1, keepdims=True)
    # logp = z - np.log(s)
    logp = z - np.log(s)
    logp_dot = logits_dot - np.sum(logits_dot * e, axis=1, keepdims=True) / s
    # n = len(y)
    n = len(y)
    # rows = np.arange(n)
    rows = np.arange(n)
    # loss = -logp[rows, y].mean()
    loss = -logp[rows, y].mean()
    # return loss
    return loss, -np.mean(logp_dot[rows, y])
