# value_and_grad of kalman

import numpy as np


def update_fwd(m, P, y, H, R):
    # v = y - H @ m
    v = y - H @ m
    # S = H @ P @ H.T + R
    tmp = H @ P
    tmp2 = H.T
    S = tmp @ tmp2 + R
    # K = np.linalg.solve(S, H @ P).T
    tmp3 = np.linalg.solve(S, H @ P)
    K = tmp3.T
    # loglik = -0.5 * (v @ np.linalg.solve(S, v) + np.log(np.linalg.det(S)))
    tmp4 = np.linalg.solve(S, v)
    tmp5 = np.linalg.det(S)
    loglik = -0.5 * (v @ tmp4 + np.log(tmp5))
    # m = m + K @ v
    m2 = m + K @ v
    # P = P - K @ S @ K.T
    tmp6 = K @ S
    tmp7 = K.T
    P2 = P - tmp6 @ tmp7
    # return m, P, loglik
    return (m2, P2, loglik), (tmp7, tmp6, S, K, v, tmp5, tmp4, tmp3, P, H, tmp2, tmp, m)


def update_bwd(residuals, out_bar):
    S = residuals[2]
    K = residuals[3]
    v = residuals[4]
    tmp = residuals[5]
    tmp2 = residuals[6]
    P = residuals[8]
    H = residuals[9]
    m = residuals[12]
    # P = P - K @ S @ K.T
    t_bar = -out_bar[1]
    t_bar2 = t_bar @ residuals[0].T
    K_bar = (residuals[1].T @ t_bar).T
    S_bar = K.T @ t_bar2
    K_bar += t_bar2 @ S.T
    # m = m + K @ v
    v_bar = K.T @ out_bar[0]
    K_bar += np.outer(out_bar[0], v)
    # loglik = -0.5 * (v @ np.linalg.solve(S, v) + np.log(np.linalg.det(S)))
    t_bar = out_bar[2] * -0.5
    S_bar += t_bar / tmp * tmp * np.linalg.inv(S).T
    v_bar += t_bar * tmp2
    tmp = np.linalg.solve(S.T, t_bar * v)
    S_bar -= np.outer(tmp, tmp2)
    v_bar += tmp
    # K = np.linalg.solve(S, H @ P).T
    tmp = np.linalg.solve(S.T, K_bar.T)
    S_bar -= tmp @ residuals[7].T
    H_bar = tmp @ P.T
    P_bar = H.T @ tmp
    P_bar += out_bar[1]
    # S = H @ P @ H.T + R
    t_bar = S_bar @ residuals[10].T
    H_bar += (residuals[11].T @ S_bar).T
    tmp = H.T @ t_bar
    H_bar += t_bar @ P.T
    P_bar += tmp
    # v = y - H @ m
    t_bar = -v_bar
    m_bar = H.T @ t_bar
    H_bar += np.outer(t_bar, m)
    m_bar += out_bar[0]
    return m_bar, P_bar, v_bar, H_bar, S_bar


def kalman_value_and_grad(observations, F, H, log_noise):
    # primal
    n = F.shape[0]
    tmp3 = np.exp(log_noise[0])
    tmp4 = np.eye(n)
    Q = tmp3 * tmp4
    tmp5 = np.exp(log_noise[1])
    tmp6 = np.eye(H.shape[0])
    R = tmp5 * tmp6
    m = np.zeros(n)
    P = np.eye(n)
    tmp2 = len(observations)
    total = 0.0
    update_residuals_tape = []
    t_tape = []
    P_tape = []
    m_tape = []
    for i2 in range(tmp2):
        P_tape.append(P)
        m_tape.append(m)
        y = observations[i2]
        m = F @ m
        tmp = F @ P
        t_tape.append(tmp)
        P = tmp @ F.T + Q
        pair = update_fwd(m, P, y, H, R)
        tmp = pair[0]
        update_residuals_tape.append(pair[1])
        m, P, loglik = tmp
        total += loglik
    # adjoint
    H_bar = np.zeros_like(H)
    R_bar = np.zeros_like(R)
    Q_bar = np.zeros_like(Q)
    F_bar = np.zeros_like(F)
    P_bar = np.zeros_like(P)
    m_bar2 = np.zeros_like(m)
    observations_bar = np.zeros_like(observations)
    for i in range(tmp2 - 1, -1, -1):
        m = m_tape.pop()
        P = P_tape.pop()
        tmp = t_tape.pop()
        update_residuals = update_residuals_tape.pop()
        tmp2 = F.T
        # m, P, loglik = update(m, P, y, H, R)
        bars = update_bwd(update_residuals, (m_bar2, P_bar, 1.0))
        m_bar = bars[0]
        P_bar = bars[1]
        H_bar += bars[3]
        R_bar += bars[4]
        # P = F @ P @ F.T + Q
        Q_bar += P_bar
        t_bar = P_bar @ tmp2.T
        F_bar += (tmp.T @ P_bar).T
        P_bar = F.T @ t_bar
        F_bar += t_bar @ P.T
        # m = F @ m
        m_bar2 = F.T @ m_bar
        F_bar += np.outer(m_bar, m)
        # total += loglik
        observations_bar[i] += bars[2]
    # R = np.exp(log_noise[1]) * np.eye(H.shape[0])
    log_noise_bar = np.zeros_like(log_noise)
    log_noise_bar[1] = np.sum(R_bar * tmp6) * tmp5
    # Q = np.exp(log_noise[0]) * np.eye(n)
    log_noise_bar[0] += np.sum(Q_bar * tmp4) * tmp3
    return total, (observations_bar, F_bar, H_bar, log_noise_bar)
