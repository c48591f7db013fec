# value_and_grad of soft_edit_distance

import numpy as np


def _selected(a, b, y):
    """The share of a in y = maximum(a, b) or minimum(a, b): one half at a tie."""
    share = np.where(a == y, np.where(b == y, 0.5, 1.0), 0.0)
    return share.astype(np.result_type(np.asarray(y), np.float16), copy=False)[()]


def soft_edit_distance_value_and_grad(p, q, gap, gamma):
    # primal
    n = len(p)
    m = len(q)
    total2 = n + 1
    D = np.zeros((total2, m + 1))
    for i in range(1, total2):
        D[i, 0] = D[i - 1, 0] + gap
    for j in range(1, m + 1):
        D[0, j] = D[0, j - 1] + gap
    tape = []
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            difference = i - 1
            difference2 = j - 1
            cost = np.sum((p[difference] - q[difference2])**2)
            total2 = D[difference, j] + gap
            total3 = D[i, difference2] + gap
            total4 = D[difference, difference2] + cost
            low = min(min(total2, total3), total4)
            exp = np.exp((low - total2) / gamma)
            exp2 = np.exp((low - total3) / gamma)
            exp3 = np.exp((low - total4) / gamma)
            tape.append((total2, total3, total4, exp, exp2, exp3))
            total = exp + exp2 + exp3
            D[i, j] = low - gamma * np.log(total)
    value = D[n, m]
    # adjoint
    # return D[n, m]
    D_bar = np.zeros(D.shape)
    D_bar[n, m] = 1.0
    gap_bar = 0.0
    q_bar = np.zeros(q.shape)
    p_bar = np.zeros(p.shape)
    tape = reversed(tape)
    for i in range(n, 0, -1):
        for j in range(m, 0, -1):
            total2, total3, total4, exp, exp2, exp3 = next(tape)
            total = exp + exp2 + exp3
            minimum_total = min(total2, total3)
            low = min(minimum_total, total4)
            difference = i - 1
            difference2 = j - 1
            cost_bar = p[difference] - q[difference2]
            # D[i, j] = softmin(D[i - 1, j] + gap, D[i, j - 1] + gap, D[i - 1, j - 1] + cost, gamma)
            low_bar = D_bar[i, j]
            D_bar[i, j] = 0.0
            # return low - gamma * np.log(total)
            total_bar = -low_bar * gamma / total
            # total = np.exp((low - a) / gamma) + np.exp((low - b) / gamma) + np.exp((low - c) / ...
            total_bar2 = total_bar * exp3 / gamma
            total_bar3 = total_bar * exp2 / gamma
            total_bar = total_bar * exp / gamma
            low_bar = low_bar + total_bar2 + total_bar3 + total_bar
            # low = min(a, b, c)
            low_bar2 = low_bar * _selected(minimum_total, total4, low)
            cost_bar2 = -total_bar2 + low_bar * _selected(total4, minimum_total, low)
            t_bar = -total_bar + low_bar2 * _selected(total2, total3, minimum_total)
            t_bar2 = -total_bar3 + low_bar2 * _selected(total3, total2, minimum_total)
            # D[i, j] = softmin(D[i - 1, j] + gap, D[i, j - 1] + gap, D[i - 1, j - 1] + cost, gamma)
            D_bar[difference, difference2] += cost_bar2
            D_bar[i, difference2] += t_bar2
            D_bar[difference, j] += t_bar
            # cost = np.sum((p[i - 1] - q[j - 1]) ** 2)
            cost_bar *= 2.0 * cost_bar2
            q_bar[difference2] -= cost_bar
            p_bar[difference] += cost_bar
            # D[i, j] = softmin(D[i - 1, j] + gap, D[i, j - 1] + gap, D[i - 1, j - 1] + cost, gamma)
            gap_bar = gap_bar + t_bar2 + t_bar
    for j in range(m, 0, -1):
        # D[0, j] = D[0, j - 1] + gap
        part_bar = D_bar[0, j]
        D_bar[0, j] = 0.0
        D_bar[0, j - 1] += part_bar
        gap_bar += part_bar
    for i in range(n, 0, -1):
        # D[i, 0] = D[i - 1, 0] + gap
        part_bar = D_bar[i, 0]
        D_bar[i, 0] = 0.0
        D_bar[i - 1, 0] += part_bar
        gap_bar += part_bar
    return value, (p_bar, q_bar, gap_bar)
