# value_and_grad of mlp_loss

import numpy as np


def mlp_loss_value_and_grad(params, x, y):
    # primal
    W1, b1, W2, b2 = params
    h = np.tanh(x @ W1 + b1)
    logits = h @ W2 + b2
    z = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(z)
    s = e.sum(axis=1, keepdims=True)
    logp = z - np.log(s)
    n = len(y)
    rows = np.arange(n)
    loss = -logp[rows, y].mean()
    # adjoint
    # e = np.exp(z)
    logits_bar = np.zeros(logp.shape)
    logits_bar[:n] = e[:n] / (n * s[:n])
    logits_bar[rows, y] -= 1.0 / n
    # logits = h @ W2 + b2
    b2_bar = logits_bar.sum(axis=0)
    h_bar = logits_bar @ W2.T
    W2_bar = h.T @ logits_bar
    # h = np.tanh(x @ W1 + b1)
    h_bar *= 1.0 - h * h
    b1_bar = h_bar.sum(axis=0)
    W1_bar = x.T @ h_bar
    return loss, (W1_bar, b1_bar, W2_bar, b2_bar)
