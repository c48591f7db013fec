# value_and_grad of self_attention

import numpy as np


def self_attention_value_and_grad(x, Wq, Wk, Wv, heads):
    # primal
    tmp = x.shape
    n = tmp[0]
    d = tmp[1]
    size = d // heads
    tmp = x @ Wq
    q = np.transpose(tmp.reshape((n, heads, size)), (1, 0, 2))
    tmp2 = x @ Wk
    k = np.transpose(tmp2.reshape((n, heads, size)), (1, 0, 2))
    tmp3 = x @ Wv
    v = np.transpose(tmp3.reshape((n, heads, size)), (1, 0, 2))
    tmp4 = k.transpose((0, 2, 1))
    tmp5 = np.sqrt(size)
    scores = q @ tmp4 / tmp5
    mask = np.triu(np.ones((n, n)), k=1) > 0
    scores = np.where(mask, -1000000000.0, scores)
    tmp6 = np.max(scores, axis=-1, keepdims=True)
    e = np.exp(scores - tmp6)
    tmp7 = np.sum(e, axis=-1, keepdims=True)
    tmp8 = e / tmp7
    tmp9 = np.transpose(tmp8 @ v, (1, 0, 2))
    out = tmp9.reshape((n, d))
    tmp10 = np.tanh(out + x)
    tmp11 = np.sum(tmp10**2)
    # adjoint
    # return np.sum(np.tanh(out + x) ** 2)
    t_bar = 2.0 * tmp10 * (1.0 - tmp10 * tmp10)
    # out = (softmax(scores) @ v).transpose(1, 0, 2).reshape(n, d)
    t_bar2 = np.transpose(t_bar.reshape(tmp9.shape), (1, 0, 2))
    t_bar3 = t_bar2 @ np.swapaxes(v, axis1=-1, axis2=-2)
    v_bar = np.swapaxes(tmp8, axis1=-1, axis2=-2) @ t_bar2
    # return e / np.sum(e, axis=-1, keepdims=True)
    e_bar = t_bar3 / tmp7
    e_bar += np.sum(t_bar3 * (-tmp8 / tmp7), axis=2, keepdims=True)
    # e = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    t_bar2 = e_bar * e
    tmp6 = scores == tmp6
    t_bar2 += np.sum(-t_bar2, axis=2, keepdims=True) / tmp6.sum(axis=-1, keepdims=True) * tmp6
    # scores = q @ k.transpose(0, 2, 1) / np.sqrt(size)
    t_bar2 = np.where(mask, 0.0, t_bar2) / tmp5
    q_bar = t_bar2 @ np.swapaxes(tmp4, axis1=-1, axis2=-2)
    k_bar = np.transpose(np.swapaxes(q, axis1=-1, axis2=-2) @ t_bar2, (0, 2, 1))
    # v = (x @ Wv).reshape(n, heads, size).transpose(1, 0, 2)
    t_bar2 = v_bar.transpose((1, 0, 2)).reshape(tmp3.shape)
    Wv_bar = x.T @ t_bar2
    t_bar += t_bar2 @ Wv.T
    # k = (x @ Wk).reshape(n, heads, size).transpose(1, 0, 2)
    t_bar2 = k_bar.transpose((1, 0, 2)).reshape(tmp2.shape)
    Wk_bar = x.T @ t_bar2
    t_bar += t_bar2 @ Wk.T
    # q = (x @ Wq).reshape(n, heads, size).transpose(1, 0, 2)
    t_bar2 = q_bar.transpose((1, 0, 2)).reshape(tmp.shape)
    Wq_bar = x.T @ t_bar2
    t_bar += t_bar2 @ Wq.T
    return tmp11, (t_bar, Wq_bar, Wk_bar, Wv_bar)
