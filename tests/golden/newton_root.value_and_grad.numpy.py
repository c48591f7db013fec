# value_and_grad of newton_root

import numpy as np


def eccentric_anomaly_fwd(M, e):
    E2 = M
    t_tape = []
    t_tape2 = []
    delta_tape = []
    t_tape3 = []
    E_tape = []
    t_tape4 = []
    steps = 0
    for _ in range(50):
        steps += 1
        E_tape.append(E2)
        # delta = (E - e * np.sin(E) - M) / (1.0 - e * np.cos(E))
        tmp = np.sin(E2)
        t_tape4.append(tmp)
        tmp2 = np.cos(E2)
        t_tape3.append(tmp2)
        tmp2 = 1.0 - e * tmp2
        t_tape2.append(tmp2)
        delta = (E2 - e * tmp - M) / tmp2
        delta_tape.append(delta)
        # E = E - delta
        E = E2 - delta
        tmp = abs(delta) < 1e-8
        t_tape.append(tmp)
        if tmp:
            # break
            E2 = E
            break
        E2 = E
    # return E
    return E2, (steps, t_tape4, E_tape, t_tape3, delta_tape, t_tape2, t_tape, e)


def eccentric_anomaly_bwd(residuals, out_bar):
    t_tape = residuals[1]
    E_tape = residuals[2]
    t_tape2 = residuals[3]
    delta_tape = residuals[4]
    t_tape3 = residuals[5]
    t_tape4 = residuals[6]
    e = residuals[7]
    e_bar = 0.0
    M_bar = 0.0
    for step in range(residuals[0] - 1, -1, -1):
        tmp = t_tape.pop()
        E = E_tape.pop()
        tmp2 = t_tape2.pop()
        delta = delta_tape.pop()
        tmp3 = t_tape3.pop()
        tmp4 = t_tape4.pop()
        # E = E - delta
        delta_bar = -out_bar
        # delta = (E - e * np.sin(E) - M) / (1.0 - e * np.cos(E))
        t_bar = delta_bar / tmp3
        t_bar2 = -(delta_bar * (-delta / tmp3))
        tmp3 = -t_bar
        E_bar = out_bar + -(t_bar2 * e * np.sin(E)) + t_bar
        e_bar = e_bar + t_bar2 * tmp2 + tmp3 * tmp
        M_bar += tmp3
        out_bar = E_bar + tmp3 * e * np.cos(E)
    M_bar += out_bar
    return M_bar, e_bar


def newton_root_value_and_grad(mean_anomalies, e):
    # primal
    tmp4 = len(mean_anomalies)
    total = 0.0
    t_tape = np.empty(tmp4)
    E_tape = np.empty(tmp4)
    t_tape2 = np.empty(tmp4)
    t_tape3 = np.empty(tmp4)
    eccentric_anomaly_residuals_tape = []
    for i2 in range(tmp4):
        M = mean_anomalies[i2]
        E, eccentric_anomaly_residuals = eccentric_anomaly_fwd(M, e)
        E_tape[i2] = E
        eccentric_anomaly_residuals_tape.append(eccentric_anomaly_residuals)
        tmp = np.sqrt(1.0 - e * e)
        t_tape2[i2] = tmp
        tmp2 = np.sin(E)
        t_tape3[i2] = tmp2
        tmp3 = np.cos(E)
        t_tape[i2] = tmp3
        total += tmp * tmp2 + tmp3**2
    # adjoint
    e_bar = 0.0
    mean_anomalies_bar = np.zeros_like(mean_anomalies)
    for i in range(tmp4 - 1, -1, -1):
        eccentric_anomaly_residuals = eccentric_anomaly_residuals_tape.pop()
        t_bar = t_tape2[i]
        E = E_tape[i]
        # total += np.sqrt(1.0 - e * e) * np.sin(E) + np.cos(E) ** 2
        E_bar = -(2.0 * t_tape[i] * np.sin(E)) + t_bar * np.cos(E)
        tmp = -(t_tape3[i] * (0.5 / t_bar)) * e
        # E = eccentric_anomaly(M, e)
        bars = eccentric_anomaly_bwd(eccentric_anomaly_residuals, E_bar)
        # total += np.sqrt(1.0 - e * e) * np.sin(E) + np.cos(E) ** 2
        mean_anomalies_bar[i] += bars[0]
        e_bar = e_bar + tmp + tmp + bars[1]
    return total, (mean_anomalies_bar, e_bar)
