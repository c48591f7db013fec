# value_and_grad of masked_writes

import numpy as np


def _unbroadcast(x_bar, x):
    """Sum a cotangent over the axes along which x was broadcast."""
    if x_bar.shape == x.shape:
        return x_bar
    extra = x_bar.ndim - x.ndim
    if extra:
        x_bar = x_bar.sum(axis=tuple(range(extra)))
    axes = tuple(i for i, n in enumerate(x.shape) if n == 1 and x_bar.shape[i] != 1)
    return x_bar.sum(axis=axes, keepdims=True) if axes else x_bar


def masked_writes_value_and_grad(x, limit):
    # primal
    y = np.sinh(x)
    high = y > limit
    low = y < -limit
    difference = 1.0 + y[high] - limit
    total = limit + np.log(difference)
    y[high] = total
    y_0 = y.copy()
    product = 0.3 * limit
    y[low] *= product
    inside = ~(high | low)
    y_part = y[inside]
    power = y_part**2
    y[inside] += power
    value = np.sum(y * y) + np.sum(y[high])
    # adjoint
    # return np.sum(y * y) + np.sum(y[high])
    y_bar = np.zeros(y.shape)
    y_bar[high] = 1.0
    y_bar += 2.0 * y
    # y[inside] += y[inside] ** 2
    y_bar[inside] += 2.0 * _unbroadcast(y_bar[inside], power) * y_part
    # y[low] *= 0.3 * limit
    product2 = y_bar[low] * y_0[low]
    y_bar[low] *= product
    # y[high] = limit + np.log(1.0 + y[high] - limit)
    y_bar_part = y_bar[high]
    y_bar[high] = 0.0
    part_bar = _unbroadcast(y_bar_part, total)
    limit_bar = product2.sum() * 0.3 + part_bar.sum()
    part_bar /= difference
    limit_bar -= part_bar.sum()
    y_bar[high] += part_bar
    # y = np.sinh(x)
    x_bar = y_bar * np.cosh(x)
    return value, (x_bar, limit_bar)
