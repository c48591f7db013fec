# value_and_grad of self_attention

import numpy as np


def self_attention_value_and_grad(x, Wq, Wk, Wv, heads):
    # primal
    shape = x.shape
    n = shape[0]
    d = shape[1]
    size = d // heads
    q = np.transpose((x @ Wq).reshape((n, heads, size)), (1, 0, 2))
    k = np.transpose((x @ Wk).reshape((n, heads, size)), (1, 0, 2))
    v = np.transpose((x @ Wv).reshape((n, heads, size)), (1, 0, 2))
    transposed = k.transpose((0, 2, 1))
    sqrt_size = np.sqrt(size)
    scores = q @ transposed / sqrt_size
    mask = np.triu(np.ones((n, n)), k=1) > 0
    scores = np.where(mask, -1000000000.0, scores)
    e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    ratio = e / np.sum(e, axis=-1, keepdims=True)
    out = np.transpose(ratio @ v, (1, 0, 2)).reshape((n, d))
    tanh = np.tanh(out + x)
    value = np.sum(tanh**2)
    # adjoint
    # return np.sum(np.tanh(out + x) ** 2)
    x_bar = 2.0 * tanh * (1.0 - tanh * tanh)
    # out = (softmax(scores) @ v).transpose(1, 0, 2).reshape(n, d)
    out_bar = np.transpose(x_bar.reshape((n, heads, size)), (1, 0, 2))
    out_bar2 = out_bar @ v.swapaxes(-1, -2)
    # return e / np.sum(e, axis=-1, keepdims=True)
    out_bar2 -= np.vecdot(out_bar2, ratio)[..., None]
    # scores = q @ k.transpose(0, 2, 1) / np.sqrt(size)
    scores_bar = np.where(mask, 0.0, out_bar2 * ratio / sqrt_size)
    k_bar = np.transpose(q.swapaxes(-1, -2) @ scores_bar, (0, 2, 1))
    # v = (x @ Wv).reshape(n, heads, size).transpose(1, 0, 2)
    v_bar = np.transpose(ratio.swapaxes(-1, -2) @ out_bar, (1, 0, 2))
    v_bar = v_bar.reshape((n, Wv.shape[1]))
    transposed2 = x.T
    Wv_bar = transposed2 @ v_bar
    x_bar += v_bar @ Wv.T
    # k = (x @ Wk).reshape(n, heads, size).transpose(1, 0, 2)
    k_bar = k_bar.transpose((1, 0, 2)).reshape((n, Wk.shape[1]))
    Wk_bar = transposed2 @ k_bar
    x_bar += k_bar @ Wk.T
    # q = (x @ Wq).reshape(n, heads, size).transpose(1, 0, 2)
    q_bar = np.transpose(scores_bar @ transposed.swapaxes(-1, -2), (1, 0, 2))
    q_bar = q_bar.reshape((n, Wq.shape[1]))
    Wq_bar = transposed2 @ q_bar
    x_bar += q_bar @ Wq.T
    return value, (x_bar, Wq_bar, Wk_bar, Wv_bar)
