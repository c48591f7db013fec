"""The Lorenz system by Runge-Kutta, by hand."""

import numpy as np


def lorenz(state, sigma, rho, beta):
    x, y, z = state
    return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])


def rk4_lorenz_value_and_grad(state, sigma, rho, beta, dt, steps):
    half, sixth = 0.5 * dt, dt / 6.0
    tape = np.empty((steps, 4, 3))
    for n in range(steps):
        stages = tape[n]
        stages[0] = state
        k1 = lorenz(state, sigma, rho, beta)
        stages[1] = s2 = state + half * k1
        k2 = lorenz(s2, sigma, rho, beta)
        stages[2] = s3 = state + half * k2
        k3 = lorenz(s3, sigma, rho, beta)
        stages[3] = s4 = state + dt * k3
        k4 = lorenz(s4, sigma, rho, beta)
        state = state + sixth * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    value = np.sum(state**2)

    sigma_bar = rho_bar = beta_bar = 0.0

    def lorenz_bar(state, k_bar):
        nonlocal sigma_bar, rho_bar, beta_bar
        # Python's own numbers are faster than NumPy's, one at a time.
        x, y, z = state.tolist()
        a, b, c = k_bar.tolist()
        sigma_bar += a * (y - x)
        rho_bar += b * x
        beta_bar -= c * z
        return np.array([b * (rho - z) - a * sigma + c * y, a * sigma - b + c * x, -(b * x) - c * beta])

    state_bar = 2.0 * state
    for n in range(steps - 1, -1, -1):
        s1, s2, s3, s4 = tape[n]
        k4_bar = sixth * state_bar
        k_bar = 2.0 * k4_bar
        s4_bar = lorenz_bar(s4, k4_bar)
        s3_bar = lorenz_bar(s3, k_bar + dt * s4_bar)
        s2_bar = lorenz_bar(s2, k_bar + half * s3_bar)
        s1_bar = lorenz_bar(s1, k4_bar + half * s2_bar)
        state_bar = state_bar + s4_bar + s3_bar + s2_bar + s1_bar
    return value, (state_bar, sigma_bar, rho_bar, beta_bar)
