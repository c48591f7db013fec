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
    sum2 = np.sum(second * ratio)
    # adjoint
    # return np.sin(scale * v) / count
    t_bar = second / 3
    t_bar *= np.cos(product4)
    first_bar = t_bar * scale2
    # scale *= 0.5
    scale_bar = np.sum(t_bar * first) * 0.5
    # return np.sin(scale * v) / count
    second_bar = ratio / 2
    second_bar *= np.cos(product3)
    second_bar2 = second_bar * scale
    scale_bar += np.sum(second_bar * product2)
    # second = wave(x * first)
    x_bar = second_bar2 * first
    first_bar += second_bar2 * x
    # scale = scale + np.sum(first)
    first_bar += scale_bar
    # return np.sin(scale * v) / count
    first_bar /= 1
    first_bar *= np.cos(product)
    a_bar = scale_bar + np.sum(first_bar * x)
    x_bar += first_bar * a
    return sum2, (x_bar, a_bar)
