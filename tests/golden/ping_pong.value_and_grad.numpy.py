# value_and_grad of ping_pong

import numpy as np


def ping_pong_value_and_grad(u0, c, steps):
    # primal
    old = u0.copy()
    new = np.empty_like(old)
    tape = []
    for t in range(steps):
        new[0] = old[0]
        new[-1] = old[-1]
        total = old[2:] - 2.0 * old[1:-1] + old[:-2]
        tape.append((old[1:-1].copy(), total))
        new[1:-1] = old[1:-1] + c * old[1:-1] * total
        old, new = new, old
    old_0 = old.copy()
    value = np.sum(np.sin(old))
    # adjoint
    # return np.sum(np.sin(old))
    new_bar = np.zeros(new.shape)
    old_bar = np.cos(old_0)
    c_bar = 0.0
    for old_part, total in reversed(tape):
        part_bar = c * old_part
        # new[1:-1] = old[1:-1] + c * old[1:-1] * (old[2:] - 2.0 * old[1:-1] + old[:-2])
        part_bar2 = old_bar[1:-1].copy()
        old_bar[1:-1] = 0.0
        part_bar *= part_bar2
        new_bar[:-2] += part_bar
        new_bar[2:] += part_bar
        new_bar[1:-1] += (c * (total - 2.0 * old_part) + 1.0) * part_bar2
        # new[-1] = old[-1]
        part_bar = old_bar[-1]
        old_bar[-1] = 0.0
        new_bar[-1] += part_bar
        # new[0] = old[0]
        part_bar = old_bar[0]
        old_bar[0] = 0.0
        new_bar[0] += part_bar
        # new[1:-1] = old[1:-1] + c * old[1:-1] * (old[2:] - 2.0 * old[1:-1] + old[:-2])
        c_bar += part_bar2 * total @ old_part
        new_bar, old_bar = old_bar, new_bar
    return value, (old_bar, c_bar)
