# value_and_grad of soft_edit_distance

import numpy as np


def _selected(a, b, y):
    """The share of a in y = maximum(a, b) or minimum(a, b): one half at a tie."""
    return np.where(a == y, np.where(b == y, 0.5, 1.0), 0.0)[()]


def soft_edit_distance_value_and_grad(p, q, gap, gamma):
    # primal
    n = len(p)
    m = len(q)
    tmp11 = n + 1
    D = np.zeros((tmp11, m + 1))
    for i in range(1, tmp11):
        D[i, 0] = D[i - 1, 0] + gap
    tmp10 = m + 1
    for j in range(1, tmp10):
        D[0, j] = D[0, j - 1] + gap
        j2 = j
    tmp4 = n + 1
    total_tape = []
    t_tape = []
    t_tape2 = []
    t_tape3 = []
    t_tape4 = []
    t_tape5 = []
    t_tape6 = []
    for i in range(1, tmp4):
        for j in range(1, m + 1):
            tmp = i - 1
            cost = np.sum((p[tmp] - q[j - 1])**2)
            tmp = D[tmp, j] + gap
            t_tape4.append(tmp)
            tmp2 = D[i, j - 1] + gap
            t_tape5.append(tmp2)
            tmp3 = D[i - 1, j - 1] + cost
            t_tape6.append(tmp3)
            low = min(min(tmp, tmp2), tmp3)
            tmp = np.exp((low - tmp) / gamma)
            t_tape3.append(tmp)
            tmp2 = np.exp((low - tmp2) / gamma)
            t_tape2.append(tmp2)
            tmp3 = np.exp((low - tmp3) / gamma)
            t_tape.append(tmp3)
            total = tmp + tmp2 + tmp3
            total_tape.append(total)
            D[i, j] = low - gamma * np.log(total)
            j2 = j
    tmp12 = D[n, m]
    # adjoint
    # return D[n, m]
    D_bar = np.zeros_like(D)
    D_bar[n, m] = 1.0
    gap_bar = 0.0
    q_bar = np.zeros_like(q)
    p_bar = np.zeros_like(p)
    for i in range(tmp4 - 1, 0, -1):
        for j in range(m + 1 - 1, 0, -1):
            tmp = t_tape6.pop()
            tmp2 = t_tape5.pop()
            tmp3 = t_tape4.pop()
            tmp4 = t_tape3.pop()
            tmp5 = t_tape2.pop()
            tmp6 = t_tape.pop()
            total = total_tape.pop()
            tmp7 = min(tmp3, tmp2)
            low = min(tmp7, tmp)
            tmp8 = i - 1
            tmp9 = j - 1
            # D[i, j] = softmin(D[i - 1, j] + gap, D[i, j - 1] + gap, D[i - 1, j - 1] + cost, gamma)
            t_bar = D_bar[i, j]
            D_bar[i, j] = 0.0
            # return low - gamma * np.log(total)
            total_bar = -t_bar * gamma / total
            # total = np.exp((low - a) / gamma) + np.exp((low - b) / gamma) + np.exp((low - c) / gam
            t_bar2 = total_bar * tmp6 / gamma
            t_bar3 = total_bar * tmp5 / gamma
            t_bar4 = total_bar * tmp4 / gamma
            low_bar = t_bar + t_bar2 + t_bar3 + t_bar4
            # low = min(a, b, c)
            t_bar = low_bar * _selected(tmp7, tmp, low)
            t_bar2 = -t_bar2 + low_bar * _selected(tmp, tmp7, low)
            t_bar4 = -t_bar4 + t_bar * _selected(tmp3, tmp2, tmp7)
            t_bar = -t_bar3 + t_bar * _selected(tmp2, tmp3, tmp7)
            # D[i, j] = softmin(D[i - 1, j] + gap, D[i, j - 1] + gap, D[i - 1, j - 1] + cost, gamma)
            D_bar[tmp8, tmp9] += t_bar2
            D_bar[i, tmp9] += t_bar
            D_bar[tmp8, j] += t_bar4
            # cost = np.sum((p[i - 1] - q[j - 1]) ** 2)
            t_bar2 = t_bar2 * (2.0 * (p[tmp8] - q[tmp9]))
            q_bar[tmp9] -= t_bar2
            p_bar[tmp8] += t_bar2
            gap_bar = gap_bar + t_bar + t_bar4
    for j in range(tmp10 - 1, 0, -1):
        # D[0, j] = D[0, j - 1] + gap
        t_bar = D_bar[0, j]
        D_bar[0, j] = 0.0
        D_bar[0, j - 1] += t_bar
        gap_bar += t_bar
    for i in range(tmp11 - 1, 0, -1):
        # D[i, 0] = D[i - 1, 0] + gap
        t_bar = D_bar[i, 0]
        D_bar[i, 0] = 0.0
        D_bar[i - 1, 0] += t_bar
        gap_bar += t_bar
    return tmp12, (p_bar, q_bar, gap_bar)
