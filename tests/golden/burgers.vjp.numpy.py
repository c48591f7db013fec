# vjp of burgers

import numpy as np


def burgers_vjp(u, nu, nt):
    # primal
    u = u.copy()
    u_tape = np.empty((max(nt, 0),) + u.shape)
    for t in range(nt):
        u_tape[t] = u
        f = 0.5 * u * u
        u[1:-1] += f[:-2] - f[2:] + nu * (u[2:] - 2.0 * u[1:-1] + u[:-2])

    def pullback(y_bar):
        # return np.sum(u * u)
        u_bar = 2.0 * y_bar * u
        nu_bar = 0.0
        for t in range(nt - 1, -1, -1):
            u2 = u_tape[t]
            # u[1:-1] += f[:-2] - f[2:] + nu * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            part_bar = u_bar[1:-1].copy()
            nu_bar += part_bar @ (u2[2:] - 2.0 * u2[1:-1] + u2[:-2])
            u_bar[1:-1] -= 2.0 * nu * part_bar
            # f = 0.5 * u * u
            u_bar[2:] += (nu - u2[2:]) * part_bar
            u_bar[:-2] += (nu + u2[:-2]) * part_bar
        return u_bar, nu_bar

    return np.sum(u * u), pullback
