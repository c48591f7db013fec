"""Log-likelihood of observations under a linear Gaussian state-space model."""

import numpy as np

WRT = (0, 1, 2, 3)


def update(m, P, y, H, R):
    v = y - H @ m
    S = H @ P @ H.T + R
    K = np.linalg.solve(S, H @ P).T
    loglik = -0.5 * (v @ np.linalg.solve(S, v) + np.log(np.linalg.det(S)))
    m = m + K @ v
    P = P - K @ S @ K.T
    return m, P, loglik


def kalman(observations, F, H, log_noise):
    n = F.shape[0]
    Q = np.exp(log_noise[0]) * np.eye(n)
    R = np.exp(log_noise[1]) * np.eye(H.shape[0])
    m = np.zeros(n)
    P = np.eye(n)
    total = 0.0
    for y in observations:
        m = F @ m
        P = F @ P @ F.T + Q
        m, P, loglik = update(m, P, y, H, R)
        total += loglik
    return total


def example(rng):
    F = 0.8 * np.eye(3) + 0.2 * rng.normal(size=(3, 3))
    return rng.normal(size=(4, 2)), F, rng.normal(size=(2, 3)), 0.5 * rng.normal(size=2)
