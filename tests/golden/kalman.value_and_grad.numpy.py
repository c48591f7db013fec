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
    total = 0.0
    tape = []
    for y in observations:
        m2 = F @ m
        product = F @ P
        P2 = product @ F.T + Q
        v = y - H @ m2
        product2 = H @ P2
        S = product2 @ H.T + R
        solve_S = np.linalg.solve(S, H @ P2)
        K = solve_S.T
        solve_S2 = np.linalg.solve(S, v)
        tape.append((P, m, m2, product, P2, v, product2, S, solve_S, solve_S2))
        loglik = -0.5 * (v @ solve_S2 + np.log(np.linalg.det(S)))
        m = m2 + K @ v
        P = P2 - K @ S @ K.T
        total += loglik
    # adjoint
    R_bar = np.zeros(R.shape)
    H_bar = np.zeros(H.shape)
    Q_bar = np.zeros(Q.shape)
    F_bar = np.zeros(F.shape)
    P_bar3 = np.zeros(P.shape)
    m_bar = np.zeros(m.shape)
    observations_bar = np.zeros(observations.shape)
    tape = reversed(tape)
    for i in range(n2 - 1, -1, -1):
        P, m, m2, product, P2, v, product2, S, solve_S, solve_S2 = next(tape)
        K = solve_S.T
        # P = P - K @ S @ K.T
        P_bar = -P_bar3
        P_bar2 = P_bar @ K
        transposed = S.T
        S_bar = solve_S @ P_bar2
        K_bar = (transposed @ solve_S @ P_bar).T + P_bar2 @ transposed
        # m = m + K @ v
        v_bar = solve_S @ m_bar
        K_bar += m_bar[:, None] * v
        # loglik = -0.5 * (v @ np.linalg.solve(S, v) + np.log(np.linalg.det(S)))
        transposed = np.linalg.inv(S).T
        S_bar -= 0.5 * transposed
        v_bar -= 0.5 * solve_S2
        product3 = transposed @ (-0.5 * v)
        S_bar -= product3[:, None] * solve_S2
        v_bar += product3
        # K = np.linalg.solve(S, H @ P).T
        product3 = transposed @ K_bar.T
        S_bar -= product3 @ solve_S.T
        transposed = P2.T
        transposed2 = H.T
        H_bar += product3 @ transposed
        P_bar3 += transposed2 @ product3
        # S = H @ P @ H.T + R
        R_bar += S_bar
        S_bar2 = S_bar @ H
        H_bar += S_bar.T @ product2
        H_bar += S_bar2 @ transposed
        P_bar3 += transposed2 @ S_bar2
        # v = y - H @ m
        v_bar2 = -v_bar
        H_bar += v_bar2[:, None] * m2
        m_bar += transposed2 @ v_bar2
        # P = F @ P @ F.T + Q
        Q_bar += P_bar3
        P_bar = P_bar3 @ F
        F_bar += P_bar3.T @ product
        transposed = F.T
        F_bar += P_bar @ P.T
        # m = F @ m
        F_bar += m_bar[:, None] * m
        observations_bar[i] += v_bar
        P_bar3 = transposed @ P_bar
        m_bar = transposed @ m_bar
    # R = np.exp(log_noise[1]) * np.eye(H.shape[0])
    log_noise_bar = np.zeros(log_noise.shape)
    log_noise_bar[1] = np.vdot(R_bar, eye) * exp2
    # Q = np.exp(log_noise[0]) * np.eye(n)
    log_noise_bar[0] += np.vdot(Q_bar, eye_n) * exp
    return total, (observations_bar, F_bar, H_bar, log_noise_bar)
