# vjp of burgers

import numpy as np


def burgers_vjp(u, nu, nt):
    # primal
    u = u.copy()
    u_tape = np.empty((nt,) + u.shape)
    for t in range(nt):
        u_tape[t] = u
        f = 0.5 * u * u
        u[1:-1] += f[:-2] - f[2:] + nu * (u[2:] - 2.0 * u[1:-1] + u[:-2])

    def pullback(y_bar):
        # return np.sum(u * u)
        u_bar = y_bar * u
        u_bar += y_bar * u
        nu_bar = 0.0
        for t in range(nt - 1, -1, -1):
            u2 = u_tape[t]
            # u[1:-1] += f[:-2] - f[2:] + nu * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            part_bar = np.copy(u_bar[1:-1])
            part_bar2 = part_bar * nu
            nu_bar += np.sum(part_bar * (u2[2:] - 2.0 * u2[1:-1] + u2[:-2]))
            u_bar[:-2] += part_bar2
            part_bar3 = -part_bar2
            part_bar3 *= 2.0
            u_bar[1:-1] += part_bar3
            u_bar[2:] += part_bar2
            f_bar = np.zeros_like(f)
            f_bar[2:] = -part_bar
            f_bar[:-2] += part_bar
            # f = 0.5 * u * u
            f_bar2 = f_bar * u2
            u_bar += f_bar * (0.5 * u2)
            f_bar2 *= 0.5
            u_bar += f_bar2
        return u_bar, nu_bar

    return np.sum(u * u), pullback
