# value_and_grad of newton_root

import numpy as np


def eccentric_anomaly_fwd(M, e):
    E2 = M
    tape = []
    for _ in range(50):
        sin_E = np.sin(E2)
        cos_E = np.cos(E2)
        tape.append((E2, sin_E, cos_E))
        delta = (E2 - e * sin_E - M) / (1.0 - e * cos_E)
        E = E2 - delta
        if abs(delta) < 1e-8:
            E2 = E
            break
        E2 = E
    return E2, (tape, e, M)


def eccentric_anomaly_bwd(residuals, out_bar):
    tape, e, M = residuals
    e_bar = 0.0
    M_bar = 0.0
    for E, sin_E, cos_E in reversed(tape):
        difference = 1.0 - e * cos_E
        delta = (E - e * sin_E - M) / difference
        # delta = (E - e * np.sin(E) - M) / (1.0 - e * np.cos(E))
        delta_bar = -out_bar / difference
        delta_bar2 = out_bar * (-delta / difference)
        minus = -delta_bar
        E_bar = out_bar - delta_bar2 * e * np.sin(E) + delta_bar
        out_bar = E_bar + minus * e * np.cos(E)
        e_bar = e_bar + delta_bar2 * cos_E + minus * sin_E
        M_bar += minus
    M_bar += out_bar
    return M_bar, e_bar


def newton_root_value_and_grad(mean_anomalies, e):
    # primal
    n = len(mean_anomalies)
    total = 0.0
    tape = []
    for M in mean_anomalies:
        E, eccentric_anomaly_residuals = eccentric_anomaly_fwd(M, e)
        sqrt = np.sqrt(1.0 - e * e)
        sin_E = np.sin(E)
        cos_E = np.cos(E)
        tape.append((E, eccentric_anomaly_residuals, sqrt, sin_E, cos_E))
        total += sqrt * sin_E + cos_E**2
    # adjoint
    e_bar = 0.0
    mean_anomalies_bar = np.zeros(mean_anomalies.shape)
    tape = reversed(tape)
    for i in range(n - 1, -1, -1):
        E, eccentric_anomaly_residuals, sqrt, sin_E, cos_E = next(tape)
        # total += np.sqrt(1.0 - e * e) * np.sin(E) + np.cos(E) ** 2
        E_bar = -(2.0 * cos_E * np.sin(E)) + sqrt * np.cos(E)
        e_bar += 2.0 * -(sin_E * (0.5 / sqrt)) * e
        # E = eccentric_anomaly(M, e)
        M_bar, e_bar2 = eccentric_anomaly_bwd(eccentric_anomaly_residuals, E_bar)
        mean_anomalies_bar[i] += M_bar
        e_bar += e_bar2
    return total, (mean_anomalies_bar, e_bar)
