# vjp of burgers

import numpy as np


def burgers_vjp(u, nu, nt):
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

    def pullback(y_bar):
        t_tape_rest = t_tape.copy()
        # return np.sum(u * u)
        u_bar = y_bar * u
        u_bar += y_bar * u
        nu_bar = 0.0
        for t in range(nt - 1, -1, -1):
            u2 = u_tape[t]
            tmp = t_tape_rest.pop()
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
            t_bar = f_bar * u2
            u_bar += f_bar * (0.5 * u2)
            u_bar += t_bar * 0.5
        return u_bar, nu_bar

    return np.sum(u * u), pullback
