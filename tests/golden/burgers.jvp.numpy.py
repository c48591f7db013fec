# jvp of burgers

import numpy as np


def burgers_jvp(u, nu, nt, u_dot, nu_dot):
    # u = u.copy()
    u = u.copy()
    u_dot = u_dot.copy()
    for t in range(nt):
        # f = 0.5 * u * u
        product = 0.5 * u
        f = product * u
        f_dot = 0.5 * u_dot * u + u_dot * product
        # u[1:-1] += f[:-2] - f[2:] + nu * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        t_dot = f_dot[:-2] - f_dot[2:]
        t_dot2 = u_dot[2:] - 2.0 * u_dot[1:-1]
        total = u[2:] - 2.0 * u[1:-1] + u[:-2]
        t_dot2 = nu_dot * total + (t_dot2 + u_dot[:-2]) * nu
        u_dot[1:-1] += t_dot + t_dot2
        u[1:-1] += f[:-2] - f[2:] + nu * total
    # return np.sum(u * u)
    product = u_dot * u
    return np.sum(u * u), np.sum(product + product)
