# value_and_grad of kalman

import numpy as np


def update_fwd(m, P, y, H, R):
    # v = y - H @ m
    v = y - H @ m
    # S = H @ P @ H.T + R
    product = H @ P
    S = product @ H.T + R
    # K = np.linalg.solve(S, H @ P).T
    solve_S = np.linalg.solve(S, product)
    K = solve_S.T
    # loglik = -0.5 * (v @ np.linalg.solve(S, v) + np.log(np.linalg.det(S)))
    solve_S2 = np.linalg.solve(S, v)
    det_S = np.linalg.det(S)
    loglik = -0.5 * (v @ solve_S2 + np.log(det_S))
    # m = m + K @ v
    m2 = m + K @ v
    # P = P - K @ S @ K.T
    P2 = P - K @ S @ K.T
    # return m, P, loglik
    return (m2, P2, loglik), (K, S, solve_S, v, det_S, solve_S2, P, H, product, m)


def update_bwd(residuals, out_bar):
    K = residuals[0]
    S = residuals[1]
    residuals_part = residuals[2]
    v = residuals[3]
    residuals_part2 = residuals[4]
    residuals_part3 = residuals[5]
    P = residuals[6]
    H = residuals[7]
    m = residuals[9]
    # P = P - K @ S @ K.T
    P_bar = -out_bar[1]
    P_bar2 = P_bar @ K
    transposed = S.T
    S_bar = residuals_part @ P_bar2
    K_bar = (transposed @ residuals_part @ P_bar).T + P_bar2 @ transposed
    # m = m + K @ v
    v_bar = residuals_part @ out_bar[0]
    K_bar += np.outer(out_bar[0], v)
    # loglik = -0.5 * (v @ np.linalg.solve(S, v) + np.log(np.linalg.det(S)))
    loglik_bar = out_bar[2] * -0.5
    S_bar += loglik_bar / residuals_part2 * residuals_part2 * np.linalg.inv(S).T
    v_bar += loglik_bar * residuals_part3
    solve = np.linalg.solve(transposed, loglik_bar * v)
    S_bar -= np.outer(solve, residuals_part3)
    v_bar += solve
    # K = np.linalg.solve(S, H @ P).T
    solve = np.linalg.solve(transposed, K_bar.T)
    S_bar -= solve @ residuals_part.T
    transposed = P.T
    H_bar = solve @ transposed
    transposed2 = H.T
    P_bar = out_bar[1] + transposed2 @ solve
    # S = H @ P @ H.T + R
    S_bar2 = S_bar @ H
    H_bar += S_bar.T @ residuals[8]
    product = transposed2 @ S_bar2
    H_bar += S_bar2 @ transposed
    P_bar += product
    # v = y - H @ m
    v_bar2 = -v_bar
    product = transposed2 @ v_bar2
    H_bar += np.outer(v_bar2, m)
    m_bar = out_bar[0] + product
    return m_bar, P_bar, v_bar, H_bar, S_bar


def kalman_value_and_grad(observations, F, H, log_noise):
    # primal
    n = F.shape[0]
    exp = np.exp(log_noise[0])
    eye_n = np.eye(n)
    Q = exp * eye_n
    exp2 = np.exp(log_noise[1])
    eye = np.eye(H.shape[0])
    R = exp2 * eye
    m = np.zeros(n)
    P = np.eye(n)
    n2 = len(observations)
    total = 0.0
    update_residuals_tape = []
    t_tape = []
    P_tape = []
    m_tape = []
    for i2 in range(n2):
        P_tape.append(P)
        m_tape.append(m)
        y = observations[i2]
        m = F @ m
        product = F @ P
        t_tape.append(product)
        P = product @ F.T + Q
        pair = update_fwd(m, P, y, H, R)
        pair_part = pair[0]
        update_residuals_tape.append(pair[1])
        m, P, loglik = pair_part
        total += loglik
    # adjoint
    H_bar = np.zeros_like(H)
    R_bar = np.zeros_like(R)
    Q_bar = np.zeros_like(Q)
    F_bar = np.zeros_like(F)
    P_bar = np.zeros_like(P)
    m_bar2 = np.zeros_like(m)
    observations_bar = np.zeros_like(observations)
    for i in range(n2 - 1, -1, -1):
        m = m_tape.pop()
        P = P_tape.pop()
        t_tape_part = t_tape.pop()
        update_residuals = update_residuals_tape.pop()
        # m, P, loglik = update(m, P, y, H, R)
        bars = update_bwd(update_residuals, (m_bar2, P_bar, 1.0))
        m_bar = bars[0]
        P_bar = bars[1]
        H_bar += bars[3]
        R_bar += bars[4]
        # P = F @ P @ F.T + Q
        Q_bar += P_bar
        P_bar2 = P_bar @ F
        F_bar += P_bar.T @ t_tape_part
        transposed = F.T
        P_bar = transposed @ P_bar2
        F_bar += P_bar2 @ P.T
        # m = F @ m
        m_bar2 = transposed @ m_bar
        F_bar += np.outer(m_bar, m)
        # total += loglik
        observations_bar[i] += bars[2]
    # R = np.exp(log_noise[1]) * np.eye(H.shape[0])
    log_noise_bar = np.zeros_like(log_noise)
    log_noise_bar[1] = np.sum(R_bar * eye) * exp2
    # Q = np.exp(log_noise[0]) * np.eye(n)
    log_noise_bar[0] += np.sum(Q_bar * eye_n) * exp
    return total, (observations_bar, F_bar, H_bar, log_noise_bar)
