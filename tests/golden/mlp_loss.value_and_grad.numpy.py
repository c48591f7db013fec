# value_and_grad of mlp_loss

import numpy as np


def mlp_loss_value_and_grad(params, x, y):
    # primal
    W1, b1, W2, b2 = params
    h = np.tanh(x @ W1 + b1)
    logits = h @ W2 + b2
    tmp = logits.max(axis=1, keepdims=True)
    z = logits - tmp
    e = np.exp(z)
    s = e.sum(axis=1, keepdims=True)
    logp = z - np.log(s)
    n = len(y)
    rows = np.arange(n)
    tmp2 = logp[rows, y]
    loss = -tmp2.mean()
    # adjoint
    # loss = -logp[rows, y].mean()
    logp_bar = np.zeros_like(logp)
    logp_bar[rows, y] = -1.0 / len(tmp2)
    # e = np.exp(z)
    logp_bar += np.sum(-logp_bar, axis=1, keepdims=True) / s * e
    # z = logits - logits.max(axis=1, keepdims=True)
    tmp = logits == tmp
    logp_bar += np.sum(-logp_bar, axis=1, keepdims=True) / tmp.sum(axis=1, keepdims=True) * tmp
    # logits = h @ W2 + b2
    b2_bar = logp_bar.sum(axis=0)
    W2_bar = h.T @ logp_bar
    # h = np.tanh(x @ W1 + b1)
    t_bar = logp_bar @ W2.T * (1.0 - h * h)
    b1_bar = t_bar.sum(axis=0)
    W1_bar = x.T @ t_bar
    return loss, (W1_bar, b1_bar, W2_bar, b2_bar)
