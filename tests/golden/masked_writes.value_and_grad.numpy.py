# value_and_grad of masked_writes

import numpy as np


def _unbroadcast(x_bar, x):
    """Sum a cotangent over the axes along which x was broadcast."""
    extra = x_bar.ndim - np.ndim(x)
    if extra:
        x_bar = x_bar.sum(axis=tuple(range(extra)))
    axes = tuple(i for i, n in enumerate(np.shape(x)) if n == 1 and x_bar.shape[i] != 1)
    return x_bar.sum(axis=axes, keepdims=True) if axes else x_bar


def masked_writes_value_and_grad(x, limit):
    # primal
    y = np.sinh(x)
    high = y > limit
    low = y < -limit
    tmp = 1.0 + y[high] - limit
    tmp2 = limit + np.log(tmp)
    y[high] = tmp2
    y_0 = y.copy()
    tmp3 = 0.3 * limit
    y[low] *= tmp3
    inside = ~(high | low)
    tmp4 = y[inside]
    tmp5 = tmp4**2
    y[inside] += tmp5
    # adjoint
    # return np.sum(y * y) + np.sum(y[high])
    y_bar = np.zeros_like(y)
    y_bar[high] = 1.0
    y_bar += y
    y_bar += y
    # y[inside] += y[inside] ** 2
    y_bar[inside] += _unbroadcast(y_bar[inside], tmp5) * (2.0 * tmp4)
    # y[low] *= 0.3 * limit
    tmp4 = y_bar[low] * y_0[low]
    y_bar[low] *= tmp3
    limit_bar = tmp4.sum() * 0.3
    # y[high] = limit + np.log(1.0 + y[high] - limit)
    tmp3 = y_bar[high]
    y_bar[high] = 0.0
    t_bar = _unbroadcast(tmp3, tmp2)
    t_bar2 = t_bar / tmp
    limit_bar = limit_bar + t_bar.sum() + np.sum(-t_bar2)
    y_bar[high] += t_bar2
    # y = np.sinh(x)
    x_bar = y_bar * np.cosh(x)
    return np.sum(y * y) + np.sum(y[high]), (x_bar, limit_bar)
