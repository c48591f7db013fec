# value_and_grad of self_attention

import numpy as np


def self_attention_value_and_grad(x, Wq, Wk, Wv, heads):
    # primal
    shape = x.shape
    n = shape[0]
    d = shape[1]
    size = d // heads
    product = x @ Wq
    q = np.transpose(product.reshape((n, heads, size)), (1, 0, 2))
    product2 = x @ Wk
    k = np.transpose(product2.reshape((n, heads, size)), (1, 0, 2))
    product3 = x @ Wv
    v = np.transpose(product3.reshape((n, heads, size)), (1, 0, 2))
    transposed = k.transpose((0, 2, 1))
    sqrt_size = np.sqrt(size)
    scores = q @ transposed / sqrt_size
    mask = np.triu(np.ones((n, n)), k=1) > 0
    scores = np.where(mask, -1000000000.0, scores)
    largest = np.max(scores, axis=-1, keepdims=True)
    e = np.exp(scores - largest)
    sum_e = np.sum(e, axis=-1, keepdims=True)
    ratio = e / sum_e
    transposed2 = np.transpose(ratio @ v, (1, 0, 2))
    out = transposed2.reshape((n, d))
    tanh = np.tanh(out + x)
    sum2 = np.sum(tanh**2)
    # adjoint
    # return np.sum(np.tanh(out + x) ** 2)
    t_bar = 2.0 * tanh
    t_bar *= 1.0 - tanh * tanh
    # out = (softmax(scores) @ v).transpose(1, 0, 2).reshape(n, d)
    out_bar = np.transpose(t_bar.reshape(transposed2.shape), (1, 0, 2))
    out_bar2 = out_bar @ v.swapaxes(-1, -2)
    v_bar = ratio.swapaxes(-1, -2) @ out_bar
    # return e / np.sum(e, axis=-1, keepdims=True)
    e_bar = out_bar2 / sum_e
    e_bar += np.sum(out_bar2 * (-ratio / sum_e), axis=2, keepdims=True)
    # e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    e_bar *= e
    test = scores == largest
    e_bar += np.sum(-e_bar, axis=2, keepdims=True) / test.sum(axis=-1, keepdims=True) * test
    # scores = np.where(mask, -1e9, scores)
    scores_bar = np.where(mask, 0.0, e_bar)
    # scores = q @ k.transpose(0, 2, 1) / np.sqrt(size)
    scores_bar /= sqrt_size
    q_bar = scores_bar @ transposed.swapaxes(-1, -2)
    k_bar = np.transpose(q.swapaxes(-1, -2) @ scores_bar, (0, 2, 1))
    # v = (x @ Wv).reshape(n, heads, size).transpose(1, 0, 2)
    v_bar = v_bar.transpose((1, 0, 2)).reshape(product3.shape)
    Wv_bar = x.T @ v_bar
    t_bar += v_bar @ Wv.T
    # k = (x @ Wk).reshape(n, heads, size).transpose(1, 0, 2)
    k_bar = k_bar.transpose((1, 0, 2)).reshape(product2.shape)
    Wk_bar = x.T @ k_bar
    t_bar += k_bar @ Wk.T
    # q = (x @ Wq).reshape(n, heads, size).transpose(1, 0, 2)
    q_bar = q_bar.transpose((1, 0, 2)).reshape(product.shape)
    Wq_bar = x.T @ q_bar
    t_bar += q_bar @ Wq.T
    return sum2, (t_bar, Wq_bar, Wk_bar, Wv_bar)
