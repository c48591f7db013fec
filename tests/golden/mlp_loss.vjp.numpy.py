# vjp of mlp_loss

import numpy as np


def mlp_loss_vjp(params, x, y):
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
    y_kept = y.copy()
    W2_kept = W2.copy()
    x_kept = x.copy()

    def pullback(y_bar):
        # loss = -logp[rows, y].mean()
        logp_bar = np.zeros_like(logp)
        logp_bar[rows, y_kept] = -y_bar / len(tmp2)
        # e = np.exp(z)
        logp_bar += np.sum(-logp_bar, axis=1, keepdims=True) / s * e
        # z = logits - logits.max(axis=1, keepdims=True)
        tmp3 = logits == tmp
        logp_bar += (
            np.sum(-logp_bar, axis=1, keepdims=True) / tmp3.sum(axis=1, keepdims=True) * tmp3
        )
        # logits = h @ W2 + b2
        b2_bar = logp_bar.sum(axis=0)
        W2_bar = h.T @ logp_bar
        # h = np.tanh(x @ W1 + b1)
        t_bar = logp_bar @ W2_kept.T * (1.0 - h * h)
        b1_bar = t_bar.sum(axis=0)
        W1_bar = x_kept.T @ t_bar
        return ((W1_bar, b1_bar, W2_bar, b2_bar),)

    return loss, pullback
