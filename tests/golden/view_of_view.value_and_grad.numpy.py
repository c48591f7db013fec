# value_and_grad of view_of_view

import numpy as np


def view_of_view_value_and_grad(x, gain):
    # primal
    field = x.copy()
    inner = field[1:-1, 1:-1]
    row = inner[1]
    row_0 = row.copy()
    column = inner.T[0]
    tmp = field[0, 1:-1]
    t_0 = tmp.copy()
    tmp = gain * tmp
    row *= tmp
    tmp2 = row[1]
    tmp3 = row[0]
    column[1:] += tmp2 * tmp3
    inner[::2] *= 0.5
    # adjoint
    field_bar = np.zeros_like(field)
    # return np.sum(field * field) + row[0]
    inner_bar = field_bar[1:-1, 1:-1]
    row_bar = inner_bar[1]
    row_bar[0] += 1.0
    field_bar += field
    field_bar += field
    # inner[::2] *= 0.5
    inner_bar = field_bar[1:-1, 1:-1]
    inner_bar[::2] *= 0.5
    # column[1:] += row[1] * row[0]
    inner_bar = field_bar[1:-1, 1:-1]
    t_bar = np.sum(np.copy(inner_bar.T[0][1:]))
    inner_bar = field_bar[1:-1, 1:-1]
    row_bar = inner_bar[1]
    row_bar[0] += t_bar * tmp2
    inner_bar = field_bar[1:-1, 1:-1]
    row_bar = inner_bar[1]
    row_bar[1] += t_bar * tmp3
    # row *= gain * field[0, 1:-1]
    inner_bar = field_bar[1:-1, 1:-1]
    row_bar = inner_bar[1]
    t_bar = row_bar * row_0
    row_bar *= tmp
    gain_bar = np.sum(t_bar * t_0)
    t_bar2 = field_bar[0, 1:-1]
    t_bar2 += t_bar * gain
    x_bar = field_bar.copy()
    return np.sum(field * field) + row[0], (x_bar, gain_bar)
