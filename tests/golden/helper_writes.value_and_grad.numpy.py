# value_and_grad of helper_writes

import numpy as np


def smooth_fwd(u, c):
    left = u[0]
    difference = len(u) - 1
    total_tape = []
    for i in range(1, difference):
        here = u[i]
        total = left - 2.0 * here + u[i + 1]
        total_tape.append(total)
        u[i] = here + c * total
        left = here
    return None, (difference, total_tape, c)


def smooth_bwd(residuals, u_bar):
    difference, total_tape, c = residuals
    c_bar = 0.0
    left_bar2 = 0.0
    total_tape = reversed(total_tape)
    for i in range(difference - 1, 0, -1):
        total = next(total_tape)
        # u[i] = here + c * (left - 2.0 * here + u[i + 1])
        part_bar = u_bar[i]
        u_bar[i] = 0.0
        left_bar = part_bar * c
        u_bar[i + 1] += left_bar
        # here = u[i]
        u_bar[i] += left_bar2 + part_bar - left_bar * 2.0
        # u[i] = here + c * (left - 2.0 * here + u[i + 1])
        c_bar += part_bar * total
        left_bar2 = left_bar
    # left = u[0]
    u_bar[0] += left_bar2
    return c_bar


def helper_writes_value_and_grad(u0, rate, c, steps):
    # primal
    u = u0.copy()
    u_tape = np.empty((max(steps, 0),) + u.shape)
    tape = []
    for t in range(steps):
        u_tape[t] = u
        u *= 1.0 + rate * (1.0 - u)
        _, smooth_residuals = smooth_fwd(u, c)
        u_part = u[1]
        tape.append((smooth_residuals, u_part))
        product = u_part * rate
        u[0] = product
        u[-1] = 0.5 * product
    value = np.mean(u * u)
    # adjoint
    # return np.mean(u * u)
    u_bar2 = 2.0 / len(u0) * u
    rate_bar = 0.0
    c_bar2 = 0.0
    tape = reversed(tape)
    for t in range(steps - 1, -1, -1):
        u = u_tape[t]
        smooth_residuals, u_part = next(tape)
        difference = 1.0 - u
        u_bar = 1.0 + rate * difference
        # u[-1] = 0.5 * value
        part_bar = u_bar2[-1]
        u_bar2[-1] = 0.0
        # u[0] = value
        u_bar_part = u_bar2[0]
        u_bar2[0] = 0.0
        t_bar = part_bar * 0.5 + u_bar_part
        # pin_ends(u, u[1] * rate)
        u_bar2[1] += t_bar * rate
        # smooth(u, c)
        c_bar = smooth_bwd(smooth_residuals, u_bar2)
        # u *= 1.0 + rate * (1.0 - u)
        rate_bar = rate_bar + t_bar * u_part + u_bar2 * u @ difference
        u_bar -= rate * u
        u_bar *= u_bar2
        # smooth(u, c)
        u_bar2 = u_bar
        c_bar2 += c_bar
    return value, (u_bar2, rate_bar, c_bar2)
