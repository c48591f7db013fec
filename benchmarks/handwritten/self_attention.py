"""Causal multi-head self-attention, by hand."""

import numpy as np


def self_attention_value_and_grad(x, Wq, Wk, Wv, heads):
    n, d = x.shape
    size = d // heads
    q = (x @ Wq).reshape(n, heads, size).transpose(1, 0, 2)
    k = (x @ Wk).reshape(n, heads, size).transpose(1, 0, 2)
    v = (x @ Wv).reshape(n, heads, size).transpose(1, 0, 2)
    root = np.sqrt(size)
    scores = q @ k.transpose(0, 2, 1) / root
    mask = np.triu(np.ones((n, n)), 1) > 0
    scores = np.where(mask, -1e9, scores)
    e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    p = e / np.sum(e, axis=-1, keepdims=True)
    out = (p @ v).transpose(1, 0, 2).reshape(n, d)
    t = np.tanh(out + x)
    square = t**2
    value = np.sum(square)

    # t * (1 - t^2), twice
    np.subtract(1.0, square, out=square)
    square *= t
    square *= 2.0
    x_bar = square
    out_bar = x_bar.reshape(n, heads, size).transpose(1, 0, 2)
    v_bar = p.transpose(0, 2, 1) @ out_bar
    p_bar = out_bar @ v.transpose(0, 2, 1)
    # Softmax, then the mask.
    p_bar -= np.einsum("hij,hij->hi", p_bar, p)[:, :, None]
    p_bar *= p
    np.copyto(p_bar, 0.0, where=mask)
    # The factor 1 / root is applied to q_bar and k_bar, which are smaller than the scores.
    q_bar = (p_bar @ k).transpose(1, 0, 2).reshape(n, d)
    q_bar /= root
    k_bar = (p_bar.transpose(0, 2, 1) @ q).transpose(1, 0, 2).reshape(n, d)
    k_bar /= root
    v_bar = v_bar.transpose(1, 0, 2).reshape(n, d)
    # out_bar is a view of x_bar and is not needed any more.
    x_bar += q_bar @ Wq.T
    x_bar += k_bar @ Wk.T
    x_bar += v_bar @ Wv.T
    return value, (x_bar, x.T @ q_bar, x.T @ k_bar, x.T @ v_bar)
