# value_and_grad of burgers

import numpy as np


def burgers_value_and_grad(u, nu, nt):
    # primal
    u = u.copy()
    t_tape = []
    u_tape = np.empty((nt,) + u.shape)
    for t in range(nt):
        u_tape[t] = u
        f = 0.5 * u * u
        tmp = f[:-2] - f[2:]
        tmp2 = u[2:] - 2.0 * u[1:-1] + u[:-2]
        t_tape.append(tmp2)
        u[1:-1] += tmp + nu * tmp2
    tmp2 = np.sum(u * u)
    # adjoint
    # return np.sum(u * u)
    u_bar = 2.0 * u
    nu_bar = 0.0
    for t in range(nt - 1, -1, -1):
        u = u_tape[t]
        tmp = t_tape.pop()
        # u[1:-1] += f[:-2] - f[2:] + nu * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        t_bar = np.copy(u_bar[1:-1])
        t_bar2 = t_bar * nu
        nu_bar += np.sum(t_bar * tmp)
        u_bar[:-2] += t_bar2
        u_bar[1:-1] += -t_bar2 * 2.0
        u_bar[2:] += t_bar2
        f_bar = np.zeros_like(f)
        f_bar[2:] = -t_bar
        f_bar[:-2] += t_bar
        # f = 0.5 * u * u
        t_bar = f_bar * u
        u_bar += f_bar * (0.5 * u)
        u_bar += t_bar * 0.5
    return tmp2, (u_bar, nu_bar)
