# value_and_grad of kalman

import numpy as np


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
    m2 = m
    total = 0.0
    t_tape = []
    S_tape = np.empty((n2,) + eye.shape)
    v_tape = []
    t_tape2 = np.empty(n2)
    t_tape3 = []
    P_tape = np.empty((n2,) + eye_n.shape)
    t_tape4 = []
    m_tape = np.empty((n2,) + m.shape)
    t_tape5 = np.empty((n2,) + eye_n.shape)
    P_tape2 = np.empty((n2,) + eye_n.shape)
    m_tape2 = np.empty((n2,) + m.shape)
    for i2 in range(n2):
        P_tape2[i2] = P
        m_tape2[i2] = m2
        y = observations[i2]
        m = F @ m2
        m_tape[i2] = m
        product = F @ P
        t_tape5[i2] = product
        P = product @ F.T + Q
        P_tape[i2] = P
        v = y - H @ m
        v_tape.append(v)
        product = H @ P
        t_tape4.append(product)
        S = product @ H.T + R
        S_tape[i2] = S
        solve_S = np.linalg.solve(S, H @ P)
        t_tape.append(solve_S)
        K = solve_S.T
        solve_S = np.linalg.solve(S, v)
        t_tape3.append(solve_S)
        product = v @ solve_S
        det_S = np.linalg.det(S)
        t_tape2[i2] = det_S
        loglik = -0.5 * (product + np.log(det_S))
        m2 = m + K @ v
        P = P - K @ S @ K.T
        total += loglik
    # adjoint
    R_bar = np.zeros_like(R)
    H_bar = np.zeros_like(H)
    Q_bar = np.zeros_like(Q)
    F_bar = np.zeros_like(F)
    P_bar3 = np.zeros_like(P)
    m_bar2 = np.zeros_like(m2)
    observations_bar = np.zeros_like(observations)
    for i in range(n2 - 1, -1, -1):
        m = m_tape2[i]
        P = P_tape2[i]
        t_tape_part = t_tape5[i]
        m2 = m_tape[i]
        t_tape_part2 = t_tape4.pop()
        P2 = P_tape[i]
        t_tape_part3 = t_tape3.pop()
        t_tape_part4 = t_tape2[i]
        v = v_tape.pop()
        S = S_tape[i]
        t_tape_part5 = t_tape.pop()
        K = t_tape_part5.T
        # P = P - K @ S @ K.T
        P_bar = -P_bar3
        P_bar2 = P_bar @ K
        transposed = S.T
        S_bar = t_tape_part5 @ P_bar2
        K_bar = (transposed @ t_tape_part5 @ P_bar).T + P_bar2 @ transposed
        # m = m + K @ v
        v_bar = t_tape_part5 @ m_bar2
        K_bar += np.outer(m_bar2, v)
        # loglik = -0.5 * (v @ np.linalg.solve(S, v) + np.log(np.linalg.det(S)))
        S_bar += -0.5 / t_tape_part4 * t_tape_part4 * np.linalg.inv(S).T
        v_bar += -0.5 * t_tape_part3
        solve = np.linalg.solve(transposed, -0.5 * v)
        S_bar -= np.outer(solve, t_tape_part3)
        v_bar += solve
        # K = np.linalg.solve(S, H @ P).T
        solve = np.linalg.solve(transposed, K_bar.T)
        S_bar -= solve @ t_tape_part5.T
        transposed = P2.T
        transposed2 = H.T
        product = transposed2 @ solve
        H_bar += solve @ transposed
        P_bar3 += product
        # S = H @ P @ H.T + R
        R_bar += S_bar
        S_bar2 = S_bar @ H
        H_bar += S_bar.T @ t_tape_part2
        product = transposed2 @ S_bar2
        H_bar += S_bar2 @ transposed
        P_bar3 += product
        # v = y - H @ m
        v_bar2 = -v_bar
        product = transposed2 @ v_bar2
        H_bar += np.outer(v_bar2, m2)
        m_bar2 += product
        # P = F @ P @ F.T + Q
        Q_bar += P_bar3
        P_bar = P_bar3 @ F
        F_bar += P_bar3.T @ t_tape_part
        transposed = F.T
        P_bar3 = transposed @ P_bar
        F_bar += P_bar @ P.T
        # m = F @ m
        m_bar = transposed @ m_bar2
        F_bar += np.outer(m_bar2, m)
        # total += loglik
        observations_bar[i] += v_bar
        m_bar2 = m_bar
    # R = np.exp(log_noise[1]) * np.eye(H.shape[0])
    log_noise_bar = np.zeros_like(log_noise)
    log_noise_bar[1] = np.sum(R_bar * eye) * exp2
    # Q = np.exp(log_noise[0]) * np.eye(n)
    log_noise_bar[0] += np.sum(Q_bar * eye_n) * exp
    return total, (observations_bar, F_bar, H_bar, log_noise_bar)
