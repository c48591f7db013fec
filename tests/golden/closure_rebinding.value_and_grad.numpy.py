# value_and_grad of closure_rebinding

import numpy as np


def closure_rebinding_value_and_grad(x, a):
    # primal
    tmp = a * x
    first = np.sin(tmp)
    scale = a + np.sum(first)
    tmp2 = x * first
    tmp3 = scale * tmp2
    second = np.sin(tmp3) / 2
    scale2 = scale * 0.5
    tmp4 = scale2 * first
    tmp5 = np.sin(tmp4) / 3
    tmp6 = np.sum(second * tmp5)
    # adjoint
    # return np.sin(scale * v) / count
    t_bar = second / 3 * np.cos(tmp4)
    first_bar = t_bar * scale2
    t_bar2 = tmp5 / 2 * np.cos(tmp3)
    t_bar3 = t_bar2 * scale
    scale_bar = np.sum(t_bar * first) * 0.5 + np.sum(t_bar2 * tmp2)
    # second = wave(x * first)
    x_bar = t_bar3 * first
    first_bar += t_bar3 * x
    # scale = scale + np.sum(first)
    first_bar += scale_bar
    # return np.sin(scale * v) / count
    t_bar = first_bar * np.cos(tmp)
    a_bar = scale_bar + np.sum(t_bar * x)
    x_bar += t_bar * a
    return tmp6, (x_bar, a_bar)
