# value_and_grad of ping_pong

import numpy as np


def ping_pong_value_and_grad(u0, c, steps):
    # primal
    old = u0.copy()
    new = np.empty_like(old)
    t_tape = []
    t_tape2 = []
    for t in range(steps):
        new[0] = old[0]
        new[-1] = old[-1]
        tmp = old[1:-1]
        tmp2 = old[1:-1]
        t_tape2.append(tmp2.copy())
        tmp2 = c * tmp2
        tmp3 = old[2:] - 2.0 * old[1:-1] + old[:-2]
        t_tape.append(tmp3)
        new[1:-1] = tmp + tmp2 * tmp3
        old, new = new, old
    tmp4 = np.sum(np.sin(old))
    # adjoint
    new_bar = np.zeros_like(new)
    old_bar = np.cos(old)
    c_bar = 0.0
    for t in range(steps - 1, -1, -1):
        tmp = t_tape2.pop()
        tmp2 = t_tape.pop()
        tmp3 = c * tmp
        # new[1:-1] = old[1:-1] + c * old[1:-1] * (old[2:] - 2.0 * old[1:-1] + old[:-2])
        t_bar = np.copy(old_bar[1:-1])
        old_bar[1:-1] = 0.0
        t_bar2 = t_bar * tmp2
        t_bar3 = t_bar * tmp3
        new_bar[:-2] += t_bar3
        new_bar[1:-1] += -t_bar3 * 2.0
        new_bar[2:] += t_bar3
        c_bar += np.sum(t_bar2 * tmp)
        new_bar[1:-1] += t_bar2 * c
        new_bar[1:-1] += t_bar
        # new[-1] = old[-1]
        t_bar = old_bar[-1]
        old_bar[-1] = 0.0
        new_bar[-1] += t_bar
        # new[0] = old[0]
        t_bar = old_bar[0]
        old_bar[0] = 0.0
        new_bar[0] += t_bar
        new_bar, old_bar = old_bar, new_bar
    return tmp4, (old_bar, c_bar)
