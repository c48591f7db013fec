# value_and_grad of rk4_lorenz

import numpy as np


def rk4_lorenz_value_and_grad(state, sigma, rho, beta, dt, steps):
    # primal
    tape = []
    for n in range(steps):
        x = state[0]
        y = state[1]
        z = state[2]
        k1 = np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        product = 0.5 * dt
        total = state + product * k1
        x2 = total[0]
        y2 = total[1]
        z2 = total[2]
        k2 = np.array([sigma * (y2 - x2), x2 * (rho - z2) - y2, x2 * y2 - beta * z2])
        total = state + product * k2
        x3 = total[0]
        y3 = total[1]
        z3 = total[2]
        k3 = np.array([sigma * (y3 - x3), x3 * (rho - z3) - y3, x3 * y3 - beta * z3])
        total = state + dt * k3
        x4 = total[0]
        y4 = total[1]
        z4 = total[2]
        tape.append((x, y, z, x2, y2, z2, x3, y3, z3, x4, y4, z4))
        k4 = np.array([sigma * (y4 - x4), x4 * (rho - z4) - y4, x4 * y4 - beta * z4])
        state = state + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    value = np.sum(state**2)
    # adjoint
    # return np.sum(state**2)
    state_bar = 2.0 * state
    beta_bar = 0.0
    rho_bar = 0.0
    sigma_bar = 0.0
    for x, y, z, x2, y2, z2, x3, y3, z3, x4, y4, z4 in reversed(tape):
        product = 0.5 * dt
        # state = state + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        k1_bar = state_bar * (dt / 6.0)
        k3_bar = k1_bar * 2.0
        # return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        k4_bar = k1_bar[0]
        k4_bar2 = k1_bar[1]
        k4_bar3 = k1_bar[2]
        k4_bar4 = -k4_bar3
        k4_bar5 = k4_bar2 * x4
        z_bar = k4_bar4 * beta - k4_bar5
        k4_bar6 = k4_bar * sigma
        y_bar = k4_bar3 * x4 - k4_bar2 + k4_bar6
        x_bar = k4_bar3 * y4 + k4_bar2 * (rho - z4) - k4_bar6
        # k4 = lorenz(state + dt * k3, sigma, rho, beta)
        state_bar[2] += z_bar
        state_bar[1] += y_bar
        state_bar[0] += x_bar
        k3_bar2 = k3_bar.copy()
        k3_bar2[2] += z_bar * dt
        k3_bar2[1] += y_bar * dt
        k3_bar2[0] += x_bar * dt
        # return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        k3_bar3 = k3_bar2[0]
        k3_bar4 = k3_bar2[1]
        k3_bar2 = k3_bar2[2]
        k3_bar5 = -k3_bar2
        k3_bar6 = k3_bar4 * x3
        z_bar = k3_bar5 * beta - k3_bar6
        k3_bar7 = k3_bar3 * sigma
        sigma_bar = sigma_bar + k4_bar * (y4 - x4) + k3_bar3 * (y3 - x3)
        y_bar = k3_bar2 * x3 - k3_bar4 + k3_bar7
        x_bar = k3_bar2 * y3 + k3_bar4 * (rho - z3) - k3_bar7
        # k3 = lorenz(state + 0.5 * dt * k2, sigma, rho, beta)
        state_bar[2] += z_bar
        state_bar[1] += y_bar
        state_bar[0] += x_bar
        k3_bar[2] += z_bar * product
        k3_bar[1] += y_bar * product
        k3_bar[0] += x_bar * product
        # return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        k2_bar = k3_bar[0]
        k2_bar2 = k3_bar[1]
        k2_bar3 = k3_bar[2]
        k2_bar4 = -k2_bar3
        beta_bar = beta_bar + k4_bar4 * z4 + k3_bar5 * z3 + k2_bar4 * z2
        k2_bar5 = k2_bar2 * x2
        z_bar = k2_bar4 * beta - k2_bar5
        k2_bar4 = k2_bar * sigma
        y_bar = k2_bar3 * x2 - k2_bar2 + k2_bar4
        x_bar = k2_bar3 * y2 + k2_bar2 * (rho - z2) - k2_bar4
        # k2 = lorenz(state + 0.5 * dt * k1, sigma, rho, beta)
        state_bar[2] += z_bar
        state_bar[1] += y_bar
        state_bar[0] += x_bar
        k1_bar[2] += z_bar * product
        k1_bar[1] += y_bar * product
        k1_bar[0] += x_bar * product
        # return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        k1_bar2 = k1_bar[0]
        k1_bar3 = k1_bar[1]
        k1_bar = k1_bar[2]
        k1_bar4 = -k1_bar
        k1_bar5 = k1_bar3 * x
        k1_bar6 = k1_bar2 * sigma
        sigma_bar = sigma_bar + k2_bar * (y2 - x2) + k1_bar2 * (y - x)
        x_bar = k1_bar * y + k1_bar3 * (rho - z) - k1_bar6
        # x, y, z = state
        state_bar[2] += k1_bar4 * beta - k1_bar5
        state_bar[1] += k1_bar * x - k1_bar3 + k1_bar6
        state_bar[0] += x_bar
        # return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])
        beta_bar += k1_bar4 * z
        rho_bar = rho_bar + k4_bar5 + k3_bar6 + k2_bar5 + k1_bar5
    return value, (state_bar, sigma_bar, rho_bar, beta_bar)
