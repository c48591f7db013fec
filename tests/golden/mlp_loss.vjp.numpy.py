# vjp of mlp_loss

import numpy as np


def mlp_loss_vjp(params, x, y):
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
    y_kept = y.copy()
    W2_kept = W2.copy()
    x_kept = x.copy()

    def pullback(y_bar):
        # e = np.exp(z)
        logits_bar = np.zeros(logp.shape)
        logits_bar[:n] = y_bar / (n * s[:n]) * e[:n]
        logits_bar[rows, y_kept] -= y_bar / n
        # logits = h @ W2 + b2
        b2_bar = logits_bar.sum(axis=0)
        h_bar = logits_bar @ W2_kept.T
        W2_bar = h.T @ logits_bar
        # h = np.tanh(x @ W1 + b1)
        h_bar *= 1.0 - h * h
        b1_bar = h_bar.sum(axis=0)
        W1_bar = x_kept.T @ h_bar
        return ((W1_bar, b1_bar, W2_bar, b2_bar),)

    return loss, pullback
