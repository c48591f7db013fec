# value_and_grad of continue_outliers

import numpy as np


def continue_outliers_value_and_grad(samples, width):
    # primal
    mean = samples[0]
    n = len(samples)
    used2 = 1
    loss2 = 0.0
    cosh_tape = []
    used_tape = []
    tape = []
    for k in range(1, n):
        r = samples[k] - mean
        test = abs(r) > 3.0 * width
        tape.append((width, r, test))
        if test:
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
        cosh = np.cosh(r / width)
        cosh_tape.append(cosh)
        loss2 += np.log(cosh)
        width = 0.9 * width + 0.1 * abs(r)
        mean = mean2
        used2 = used
    value = loss2 + mean * width
    # adjoint
    mean_bar = width
    spread_bar = mean
    samples_bar = np.zeros(samples.shape)
    cosh_tape = reversed(cosh_tape)
    used_tape = reversed(used_tape)
    tape = reversed(tape)
    for k in range(n - 1, 0, -1):
        spread, r, test = next(tape)
        if test:
            spread_bar *= 1.1
            r_bar = 0.0
        else:
            used = next(used_tape)
            if r < 0.0:
                spread_bar += r * r
                r_bar = spread * r + r * spread
            else:
                cosh = next(cosh_tape)
                ratio = r / spread
                # loss += np.log(np.cosh(r / spread))
                loss_bar = np.sinh(ratio) / cosh
                r_bar = spread_bar * 0.1 * np.sign(r) + loss_bar / spread
                spread_bar = spread_bar * 0.9 + loss_bar * (-ratio / spread)
            r_bar += mean_bar / used
        # r = samples[k] - mean
        samples_bar[k] += r_bar
        mean_bar -= r_bar
    # mean = samples[0]
    samples_bar[0] += mean_bar
    return value, (samples_bar, spread_bar)
