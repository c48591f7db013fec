# value_and_grad of view_of_view

import numpy as np


def view_of_view_value_and_grad(x, gain):
    # primal
    field = x.copy()
    inner = field[1:-1, 1:-1]
    row = inner[1]
    row_0 = row.copy()
    column = inner.T[0]
    field_part = field[0, 1:-1]
    t_0 = field_part.copy()
    product = gain * field_part
    row *= product
    row_part = row[1]
    row_part2 = row[0]
    column[1:] += row_part * row_part2
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
    part_bar = np.sum(np.copy(inner_bar.T[0][1:]))
    inner_bar = field_bar[1:-1, 1:-1]
    row_bar = inner_bar[1]
    row_bar[0] += part_bar * row_part
    inner_bar = field_bar[1:-1, 1:-1]
    row_bar = inner_bar[1]
    row_bar[1] += part_bar * row_part2
    # row *= gain * field[0, 1:-1]
    inner_bar = field_bar[1:-1, 1:-1]
    row_bar = inner_bar[1]
    part_bar = row_bar * row_0
    row_bar *= product
    gain_bar = np.sum(part_bar * t_0)
    t_bar = field_bar[0, 1:-1]
    t_bar += part_bar * gain
    x_bar = field_bar.copy()
    return np.sum(field * field) + row[0], (x_bar, gain_bar)
