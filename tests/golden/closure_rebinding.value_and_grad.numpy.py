# value_and_grad of closure_rebinding

import numpy as np


def closure_rebinding_value_and_grad(x, a):
    # primal
    product = a * x
    first = np.sin(product) / 1
    scale = a + np.sum(first)
    product2 = x * first
    product3 = scale * product2
    second = np.sin(product3) / 2
    scale2 = scale * 0.5
    product4 = scale2 * first
    ratio = np.sin(product4) / 3
    value = np.sum(second * ratio)
    # adjoint
    # return np.sin(scale * v) / count
    t_bar = second / 3 * np.cos(product4)
    first_bar = t_bar * scale2
    second_bar = ratio / 2 * np.cos(product3)
    sum2 = np.sum(second_bar * product2)
    second_bar *= scale
    scale_bar = t_bar @ first * 0.5 + sum2
    # second = wave(x * first)
    x_bar = second_bar * first
    first_bar += second_bar * x
    # scale = scale + np.sum(first)
    first_bar += scale_bar
    # return np.sin(scale * v) / count
    first_bar *= np.cos(product)
    a_bar = scale_bar + first_bar @ x
    x_bar += first_bar * a
    return value, (x_bar, a_bar)
