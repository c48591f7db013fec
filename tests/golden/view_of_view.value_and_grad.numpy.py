# value_and_grad of view_of_view

import numpy as np


def view_of_view_value_and_grad(x, gain):
    # primal
    field = x.copy()
    inner = field[1:-1, 1:-1]
    row = inner[1]
    row_0 = row.copy()
    column = inner.T[0]
    t_0 = field[0, 1:-1].copy()
    product = gain * field[0, 1:-1]
    row *= product
    row_part = row[1]
    row_part2 = row[0]
    column[1:] += row_part * row_part2
    inner[::2] *= 0.5
    value = np.sum(field * field) + row[0]
    # adjoint
    field_bar = np.zeros(field.shape)
    # return np.sum(field * field) + row[0]
    inner_bar = field_bar[1:-1, 1:-1]
    row_bar = inner_bar[1]
    row_bar[0] += 1.0
    field_bar += 2.0 * field
    # inner[::2] *= 0.5
    inner_bar[::2] *= 0.5
    # column[1:] += row[1] * row[0]
    t_bar = inner_bar.T
    column_bar = t_bar[0]
    part_bar = np.sum(column_bar[1:].copy())
    row_bar[0] += part_bar * row_part
    row_bar[1] += part_bar * row_part2
    # row *= gain * field[0, 1:-1]
    part_bar = row_bar * row_0
    row_bar *= product
    gain_bar = part_bar @ t_0
    t_bar = field_bar[0, 1:-1]
    t_bar += part_bar * gain
    return value, (field_bar, gain_bar)
