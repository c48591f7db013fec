# value_and_grad of continue_outliers

import numpy as np


def continue_outliers_value_and_grad(samples, width):
    # primal
    mean = samples[0]
    tmp2 = len(samples)
    used2 = 1
    loss2 = 0.0
    t_tape = []
    r_tape = []
    spread_tape = []
    t_tape2 = []
    used_tape = []
    for k in range(1, tmp2):
        spread_tape.append(width)
        r = samples[k] - mean
        r_tape.append(r)
        tmp = abs(r) > 3.0 * width
        t_tape.append(tmp)
        if tmp:
            spread = width * 1.1
            width = spread
            continue
        used = used2 + 1
        used_tape.append(used)
        mean2 = mean + r / used
        if r < 0.0:
            loss = loss2 + width * r * r
            mean = mean2
            used2 = used
            loss2 = loss
            continue
        tmp = np.cosh(r / width)
        t_tape2.append(tmp)
        loss2 += np.log(tmp)
        width = 0.9 * width + 0.1 * abs(r)
        mean = mean2
        used2 = used
    # adjoint
    mean_bar = width
    spread_bar3 = mean
    samples_bar = np.zeros_like(samples)
    for k in range(tmp2 - 1, 0, -1):
        spread = spread_tape.pop()
        r = r_tape.pop()
        tmp = t_tape.pop()
        if tmp:
            spread_bar2 = spread_bar3 * 1.1
            r_bar2 = 0.0
        else:
            used = used_tape.pop()
            if r < 0.0:
                spread_bar = spread_bar3 + r * r
                r_bar = spread * r + r * spread
            else:
                tmp = t_tape2.pop()
                tmp2 = r / spread
                # loss += np.log(np.cosh(r / spread))
                t_bar = 1.0 / tmp * np.sinh(tmp2)
                spread_bar = spread_bar3 * 0.9 + t_bar * (-tmp2 / spread)
                r_bar = spread_bar3 * 0.1 * np.sign(r) + t_bar / spread
            spread_bar2 = spread_bar
            r_bar2 = r_bar + mean_bar / used
        # r = samples[k] - mean
        samples_bar[k] += r_bar2
        mean_bar += -r_bar2
        spread_bar3 = spread_bar2
    # mean = samples[0]
    samples_bar[0] += mean_bar
    return loss2 + mean * width, (samples_bar, spread_bar3)
