"""Likelihood of a linear Gaussian state-space model, by hand."""

import numpy as np


def kalman_value_and_grad(observations, F, H, log_noise):
    n = F.shape[0]
    p = H.shape[0]
    noise_q = np.exp(log_noise[0])
    noise_r = np.exp(log_noise[1])
    Q = noise_q * np.eye(n)
    R = noise_r * np.eye(p)
    FT, HT = F.T, H.T
    m = np.zeros(n)
    P = np.eye(n)
    total = 0.0
    tape = []
    for y in observations:
        m_before, P_before = m, P
        m1 = F @ m
        FP = F @ P
        P1 = FP @ FT + Q
        v = y - H @ m1
        HP = H @ P1
        S = HP @ HT + R
        K = np.linalg.solve(S, HP).T
        w = np.linalg.solve(S, v)
        total += -0.5 * (v @ w + np.log(np.linalg.det(S)))
        m = m1 + K @ v
        KS = K @ S
        P = P1 - KS @ K.T
        tape.append((m_before, P_before, m1, FP, P1, v, HP, S, K, w, KS))

    observations_bar = np.empty(observations.shape)
    F_bar = np.zeros(F.shape)
    H_bar = np.zeros(H.shape)
    Q_bar = np.zeros((n, n))
    R_bar = np.zeros((p, p))
    m_bar = np.zeros(n)
    P_bar = np.zeros((n, n))
    for t in range(len(tape) - 1, -1, -1):
        m_before, P_before, m1, FP, P1, v, HP, S, K, w, KS = tape[t]
        # One inverse serves the determinant and both solves.
        inverse_T = np.linalg.inv(S).T
        # P = P1 - K S K'
        P_bar_K = P_bar @ K
        K_bar = m_bar[:, None] * v
        K_bar -= P_bar_K @ S.T
        K_bar -= P_bar.T @ KS
        # m = m1 + K v;  loglik = -(v w + log det S) / 2;  w = solve(S, v)
        w_bar = inverse_T @ v
        v_bar = K.T @ m_bar
        v_bar -= 0.5 * (w + w_bar)
        S_bar = w_bar[:, None] * w
        S_bar -= inverse_T
        S_bar *= 0.5
        S_bar -= K.T @ P_bar_K
        # K = solve(S, HP)'
        HP_bar = inverse_T @ K_bar.T
        S_bar -= HP_bar @ K
        # S = HP H' + R
        R_bar += S_bar
        H_bar += S_bar.T @ HP
        HP_bar += S_bar @ H
        # HP = H P1
        H_bar += HP_bar @ P1.T
        P_bar += HT @ HP_bar
        # v = y - H m1
        observations_bar[t] = v_bar
        H_bar -= v_bar[:, None] * m1
        m_bar = m_bar - HT @ v_bar
        # P1 = (F P) F' + Q
        Q_bar += P_bar
        F_bar += P_bar.T @ FP
        FP_bar = P_bar @ F
        F_bar += FP_bar @ P_before.T
        P_bar = FT @ FP_bar
        # m1 = F m
        F_bar += m_bar[:, None] * m_before
        m_bar = FT @ m_bar
    log_noise_bar = np.zeros(log_noise.shape)
    log_noise_bar[0] = noise_q * np.trace(Q_bar)
    log_noise_bar[1] = noise_r * np.trace(R_bar)
    return total, (observations_bar, F_bar, H_bar, log_noise_bar)
