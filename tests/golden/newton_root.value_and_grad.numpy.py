# value_and_grad of newton_root

import numpy as np


def eccentric_anomaly_fwd(M, e):
    E2 = M
    t_tape = []
    t_tape2 = []
    E_tape = []
    t_tape3 = []
    steps = 0
    for _ in range(50):
        steps += 1
        E_tape.append(E2)
        # delta = (E - e * np.sin(E) - M) / (1.0 - e * np.cos(E))
        sin_E = np.sin(E2)
        t_tape3.append(sin_E)
        cos_E = np.cos(E2)
        t_tape2.append(cos_E)
        delta = (E2 - e * sin_E - M) / (1.0 - e * cos_E)
        # E = E - delta
        E = E2 - delta
        test = abs(delta) < 1e-8
        t_tape.append(test)
        if test:
            # break
            E2 = E
            break
        E2 = E
    # return E
    return E2, (steps, t_tape3, E_tape, t_tape2, t_tape, e, M)


def eccentric_anomaly_bwd(residuals, out_bar):
    t_tape = residuals[1]
    E_tape = residuals[2]
    t_tape2 = residuals[3]
    t_tape3 = residuals[4]
    e = residuals[5]
    M = residuals[6]
    e_bar = 0.0
    M_bar = 0.0
    for step in range(residuals[0] - 1, -1, -1):
        t_tape_part = t_tape.pop()
        E = E_tape.pop()
        t_tape_part2 = t_tape2.pop()
        t_tape_part3 = t_tape3.pop()
        difference = 1.0 - e * t_tape_part2
        delta = (E - e * t_tape_part - M) / difference
        # E = E - delta
        delta_bar = -out_bar
        # delta = (E - e * np.sin(E) - M) / (1.0 - e * np.cos(E))
        delta_bar2 = delta_bar / difference
        delta_bar = -(delta_bar * (-delta / difference))
        minus = -delta_bar2
        E_bar = out_bar + -(delta_bar * e * np.sin(E)) + delta_bar2
        out_bar = E_bar + minus * e * np.cos(E)
        e_bar = e_bar + delta_bar * t_tape_part2 + minus * t_tape_part
        M_bar += minus
    M_bar += out_bar
    return M_bar, e_bar


def newton_root_value_and_grad(mean_anomalies, e):
    # primal
    n = len(mean_anomalies)
    total = 0.0
    t_tape = np.empty(n)
    E_tape = np.empty(n)
    t_tape2 = np.empty(n)
    t_tape3 = np.empty(n)
    eccentric_anomaly_residuals_tape = []
    for i2 in range(n):
        M = mean_anomalies[i2]
        E, eccentric_anomaly_residuals = eccentric_anomaly_fwd(M, e)
        E_tape[i2] = E
        eccentric_anomaly_residuals_tape.append(eccentric_anomaly_residuals)
        sqrt = np.sqrt(1.0 - e * e)
        t_tape2[i2] = sqrt
        sin_E = np.sin(E)
        t_tape3[i2] = sin_E
        cos_E = np.cos(E)
        t_tape[i2] = cos_E
        total += sqrt * sin_E + cos_E**2
    # adjoint
    e_bar = 0.0
    mean_anomalies_bar = np.zeros_like(mean_anomalies)
    for i in range(n - 1, -1, -1):
        eccentric_anomaly_residuals = eccentric_anomaly_residuals_tape.pop()
        t_tape_part = t_tape2[i]
        E = E_tape[i]
        # total += np.sqrt(1.0 - e * e) * np.sin(E) + np.cos(E) ** 2
        E_bar = -(2.0 * t_tape[i] * np.sin(E)) + t_tape_part * np.cos(E)
        product = -(t_tape3[i] * (0.5 / t_tape_part)) * e
        # E = eccentric_anomaly(M, e)
        bars = eccentric_anomaly_bwd(eccentric_anomaly_residuals, E_bar)
        # total += np.sqrt(1.0 - e * e) * np.sin(E) + np.cos(E) ** 2
        mean_anomalies_bar[i] += bars[0]
        e_bar = e_bar + product + product + bars[1]
    return total, (mean_anomalies_bar, e_bar)
