# value_and_grad of closure_rebinding

import numpy as np


def closure_rebinding_value_and_grad(x, a):
    # primal
    product = a * x
    first = np.sin(product) / 1
    scale = a + np.sum(first)
    product2 = scale * (x * first)
    second = np.sin(product2) / 2
    scale2 = scale * 0.5
    product3 = scale2 * first
    sin = np.sin(product3)
    value = np.sum(second * (sin / 3))
    # adjoint
    # return np.sin(scale * v) / count
    cos = np.cos(product3)
    first_bar = second / 3 * cos * scale2
    # scale *= 0.5
    scale_bar = 0.3333333333333333 * np.sum(second * cos * first) * 0.5
    # return np.sin(scale * v) / count
    second_bar = np.cos(product2)
    product2 = 0.16666666666666666 * np.sum(sin * second_bar * x * first)
    second_bar *= 0.16666666666666666 * scale * sin
    a_bar = scale_bar + product2
    # second = wave(x * first)
    x_bar = second_bar * first
    first_bar += second_bar * x
    # scale = scale + np.sum(first)
    first_bar += a_bar
    # return np.sin(scale * v) / count
    first_bar *= np.cos(product)
    a_bar += np.sum(first_bar * x)
    x_bar += first_bar * a
    return value, (x_bar, a_bar)
