# value_and_grad of helper_writes

import numpy as np


def smooth_fwd(u, c):
    # left = u[0]
    left = u[0]
    tmp2 = len(u) - 1
    t_tape = []
    for i in range(1, tmp2):
        # here = u[i]
        here = u[i]
        # u[i] = here + c * (left - 2.0 * here + u[i + 1])
        tmp = left - 2.0 * here + u[i + 1]
        t_tape.append(tmp)
        u[i] = here + c * tmp
        # left = here
        left = here
    return None, (tmp2, t_tape, c)


def smooth_bwd(residuals, u_bar):
    t_tape = residuals[1]
    c = residuals[2]
    c_bar = 0.0
    left_bar = 0.0
    for i in range(residuals[0] - 1, 0, -1):
        tmp = t_tape.pop()
        # u[i] = here + c * (left - 2.0 * here + u[i + 1])
        t_bar = u_bar[i]
        u_bar[i] = 0.0
        t_bar2 = t_bar * c
        u_bar[i + 1] += t_bar2
        # here = u[i]
        u_bar[i] += left_bar + t_bar + -t_bar2 * 2.0
        c_bar += t_bar * tmp
        left_bar = t_bar2
    # left = u[0]
    u_bar[0] += left_bar
    return c_bar


def helper_writes_value_and_grad(u0, rate, c, steps):
    # primal
    u = u0.copy()
    t_tape = np.empty(steps)
    smooth_residuals_tape = []
    u_tape = np.empty((steps,) + u.shape)
    t_tape2 = np.empty((steps,) + u0.shape)
    for t in range(steps):
        u_tape[t] = u
        tmp = 1.0 + rate * (1.0 - u)
        t_tape2[t] = tmp
        u *= tmp
        pair = smooth_fwd(u, c)
        smooth_residuals_tape.append(pair[1])
        tmp = u[1]
        t_tape[t] = tmp
        tmp *= rate
        u[0] = tmp
        u[-1] = 0.5 * tmp
    tmp = u * u
    tmp4 = np.mean(tmp)
    # adjoint
    # return np.mean(u * u)
    t_bar = 1.0 / len(tmp)
    u_bar = t_bar * u
    u_bar += t_bar * u
    rate_bar = 0.0
    c_bar = 0.0
    for t in range(steps - 1, -1, -1):
        tmp = t_tape2[t]
        u = u_tape[t]
        smooth_residuals = smooth_residuals_tape.pop()
        tmp2 = 1.0 - u
        # u[-1] = 0.5 * value
        t_bar = u_bar[-1]
        u_bar[-1] = 0.0
        # u[0] = value
        tmp3 = u_bar[0]
        u_bar[0] = 0.0
        t_bar = t_bar * 0.5 + tmp3
        # pin_ends(u, u[1] * rate)
        rate_bar += t_bar * t_tape[t]
        u_bar[1] += t_bar * rate
        # smooth(u, c)
        tmp3 = smooth_bwd(smooth_residuals, u_bar)
        # u *= 1.0 + rate * (1.0 - u)
        t_bar = u_bar * u
        u_bar *= tmp
        rate_bar += np.sum(t_bar * tmp2)
        u_bar -= t_bar * rate
        c_bar += tmp3
    return tmp4, (u_bar, rate_bar, c_bar)
