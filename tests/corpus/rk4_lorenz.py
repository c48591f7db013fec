"""The Lorenz system by the classical Runge-Kutta method."""

import numpy as np

WRT = (0, 1, 2, 3)


def lorenz(state, sigma, rho, beta):
    x, y, z = state
    return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])


def rk4_lorenz(state, sigma, rho, beta, dt, steps):
    for n in range(steps):
        k1 = lorenz(state, sigma, rho, beta)
        k2 = lorenz(state + 0.5 * dt * k1, sigma, rho, beta)
        k3 = lorenz(state + 0.5 * dt * k2, sigma, rho, beta)
        k4 = lorenz(state + dt * k3, sigma, rho, beta)
        state = state + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.sum(state**2)


def example(rng):
    return rng.normal(size=3), 10.0 + rng.random(), 28.0 + rng.random(), 2.5 + rng.random(), 0.01, 4
