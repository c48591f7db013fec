# value_and_grad of mlp_loss

import numpy as np


def mlp_loss_value_and_grad(params, x, y):
    # primal
    W1, b1, W2, b2 = params
    h = np.tanh(x @ W1 + b1)
    logits = h @ W2 + b2
    largest = logits.max(axis=1, keepdims=True)
    z = logits - largest
    e = np.exp(z)
    s = e.sum(axis=1, keepdims=True)
    logp = z - np.log(s)
    n = len(y)
    rows = np.arange(n)
    logp_part = logp[rows, y]
    loss = -logp_part.mean()
    # adjoint
    # loss = -logp[rows, y].mean()
    logp_bar = np.zeros_like(logp)
    logp_bar[rows, y] = -1.0 / len(logp_part)
    # logp = z - np.log(s)
    logp_bar2 = np.sum(-logp_bar, axis=1, keepdims=True)
    logp_bar2 /= s
    # e = np.exp(z)
    logp_bar += logp_bar2 * e
    # z = logits - logits.max(axis=1, keepdims=True)
    test = logits == largest
    logp_bar += np.sum(-logp_bar, axis=1, keepdims=True) / test.sum(axis=1, keepdims=True) * test
    # logits = h @ W2 + b2
    b2_bar = logp_bar.sum(axis=0)
    h_bar = logp_bar @ W2.T
    W2_bar = h.T @ logp_bar
    # h = np.tanh(x @ W1 + b1)
    h_bar *= 1.0 - h * h
    b1_bar = h_bar.sum(axis=0)
    W1_bar = x.T @ h_bar
    return loss, (W1_bar, b1_bar, W2_bar, b2_bar)
