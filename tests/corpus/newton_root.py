"""Kepler's equation by Newton's method, point by point, leaving the loop when converged."""

import numpy as np

WRT = (0, 1)


def eccentric_anomaly(M, e):
    E = M
    for _ in range(50):
        delta = (E - e * np.sin(E) - M) / (1.0 - e * np.cos(E))
        E = E - delta
        if abs(delta) < 1e-8:
            break
    return E


def newton_root(mean_anomalies, e):
    total = 0.0
    for M in mean_anomalies:
        E = eccentric_anomaly(M, e)
        total += np.sqrt(1.0 - e * e) * np.sin(E) + np.cos(E) ** 2
    return total


def example(rng):
    return rng.uniform(0.2, 2.9, size=4), float(rng.uniform(0.1, 0.6))
