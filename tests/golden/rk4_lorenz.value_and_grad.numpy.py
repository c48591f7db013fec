# value_and_grad of rk4_lorenz

import numpy as np


def rk4_lorenz_value_and_grad(state, sigma, rho, beta, dt, steps):
    # primal
    z_tape = np.empty(steps)
    y_tape = np.empty(steps)
    x_tape = np.empty(steps)
    z_tape2 = np.empty(steps)
    y_tape2 = np.empty(steps)
    x_tape2 = np.empty(steps)
    z_tape3 = np.empty(steps)
    y_tape3 = np.empty(steps)
    x_tape3 = np.empty(steps)
    z_tape4 = np.empty(steps)
    y_tape4 = np.empty(steps)
    x_tape4 = np.empty(steps)
    for n in range(steps):
        x = state[0]
        x_tape4[n] = x
        y = state[1]
        y_tape4[n] = y
        z = state[2]
        z_tape4[n] = z
        k1 = np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        tmp = state + 0.5 * dt * k1
        x = tmp[0]
        x_tape3[n] = x
        y = tmp[1]
        y_tape3[n] = y
        z = tmp[2]
        z_tape3[n] = z
        k2 = np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        tmp2 = state + 0.5 * dt * k2
        x = tmp2[0]
        x_tape2[n] = x
        y = tmp2[1]
        y_tape2[n] = y
        z = tmp2[2]
        z_tape2[n] = z
        k3 = np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        tmp3 = state + dt * k3
        x = tmp3[0]
        x_tape[n] = x
        y = tmp3[1]
        y_tape[n] = y
        z = tmp3[2]
        z_tape[n] = z
        k4 = np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        state = state + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    # adjoint
    # return np.sum(state**2)
    state_bar = 2.0 * state
    beta_bar = 0.0
    rho_bar = 0.0
    sigma_bar = 0.0
    for n in range(steps - 1, -1, -1):
        x = x_tape4[n]
        y = y_tape4[n]
        z = z_tape4[n]
        x2 = x_tape3[n]
        y2 = y_tape3[n]
        z2 = z_tape3[n]
        x3 = x_tape2[n]
        y3 = y_tape2[n]
        z3 = z_tape2[n]
        x4 = x_tape[n]
        y4 = y_tape[n]
        z4 = z_tape[n]
        tmp4 = 0.5 * dt
        # state = state + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        t_bar = state_bar * (dt / 6.0)
        k3_bar = t_bar * 2.0
        k2_bar = t_bar * 2.0
        # return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        t_bar2 = t_bar[0]
        t_bar3 = t_bar[1]
        t_bar4 = t_bar[2]
        t_bar5 = -t_bar4
        t_bar6 = t_bar3 * x4
        t_bar7 = t_bar2 * sigma
        x_bar = t_bar4 * y4 + t_bar3 * (rho - z4) + -t_bar7
        # x, y, z = state
        t_bar8 = np.zeros_like(tmp3)
        t_bar8[2] = t_bar5 * beta + -t_bar6
        t_bar8[1] += t_bar4 * x4 + -t_bar3 + t_bar7
        t_bar8[0] += x_bar
        # k4 = lorenz(state + dt * k3, sigma, rho, beta)
        state_bar += t_bar8
        k3_bar += t_bar8 * dt
        # return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        t_bar3 = k3_bar[0]
        t_bar4 = k3_bar[1]
        t_bar7 = k3_bar[2]
        t_bar8 = -t_bar7
        t_bar9 = t_bar4 * x3
        t_bar10 = t_bar3 * sigma
        sigma_bar = sigma_bar + t_bar2 * (y4 - x4) + t_bar3 * (y3 - x3)
        x_bar = t_bar7 * y3 + t_bar4 * (rho - z3) + -t_bar10
        # x, y, z = state
        t_bar2 = np.zeros_like(tmp2)
        t_bar2[2] = t_bar8 * beta + -t_bar9
        t_bar2[1] += t_bar7 * x3 + -t_bar4 + t_bar10
        t_bar2[0] += x_bar
        # k3 = lorenz(state + 0.5 * dt * k2, sigma, rho, beta)
        state_bar += t_bar2
        k2_bar += t_bar2 * tmp4
        # return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        t_bar2 = k2_bar[0]
        t_bar3 = k2_bar[1]
        t_bar4 = k2_bar[2]
        t_bar7 = -t_bar4
        beta_bar = beta_bar + t_bar5 * z4 + t_bar8 * z3 + t_bar7 * z2
        t_bar5 = t_bar3 * x2
        t_bar8 = t_bar2 * sigma
        x_bar = t_bar4 * y2 + t_bar3 * (rho - z2) + -t_bar8
        # x, y, z = state
        t_bar10 = np.zeros_like(tmp)
        t_bar10[2] = t_bar7 * beta + -t_bar5
        t_bar10[1] += t_bar4 * x2 + -t_bar3 + t_bar8
        t_bar10[0] += x_bar
        # k2 = lorenz(state + 0.5 * dt * k1, sigma, rho, beta)
        state_bar += t_bar10
        t_bar += t_bar10 * tmp4
        # return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        t_bar3 = t_bar[0]
        t_bar4 = t_bar[1]
        t_bar = t_bar[2]
        t_bar7 = -t_bar
        t_bar8 = t_bar4 * x
        t_bar10 = t_bar3 * sigma
        sigma_bar = sigma_bar + t_bar2 * (y2 - x2) + t_bar3 * (y - x)
        x_bar = t_bar * y + t_bar4 * (rho - z) + -t_bar10
        # x, y, z = state
        state_bar[2] += t_bar7 * beta + -t_bar8
        state_bar[1] += t_bar * x + -t_bar4 + t_bar10
        state_bar[0] += x_bar
        beta_bar += t_bar7 * z
        rho_bar = rho_bar + t_bar6 + t_bar9 + t_bar5 + t_bar8
    return np.sum(state**2), (state_bar, sigma_bar, rho_bar, beta_bar)
