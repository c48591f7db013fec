# value_and_grad of overlapping_slices

import numpy as np


def overlapping_slices_value_and_grad(signal, taps):
    # primal
    a = np.zeros(len(taps))
    tmp3 = len(signal)
    total = 0.0
    t_tape = np.empty(tmp3)
    t_tape2 = np.empty(tmp3)
    a_tape = np.empty((tmp3,) + a.shape)
    for i2 in range(tmp3):
        s = signal[i2]
        a[1:] = a[:-1]
        a[0] = s
        a_tape[i2] = a
        tmp = np.tanh(a @ taps)
        t_tape[i2] = tmp
        tmp2 = a[-1]
        t_tape2[i2] = tmp2
        total += tmp * tmp2
        a *= 0.9
    # adjoint
    a_bar = np.zeros_like(a)
    taps_bar = np.zeros_like(taps)
    signal_bar = np.zeros_like(signal)
    for i in range(tmp3 - 1, -1, -1):
        a = a_tape[i]
        t_bar = t_tape[i]
        # a *= 0.9
        a_bar *= 0.9
        # total += np.tanh(a @ taps) * a[-1]
        a_bar[-1] += t_bar
        t_bar = t_tape2[i] * (1.0 - t_bar * t_bar)
        a_bar += t_bar * taps
        taps_bar += t_bar * a
        # a[0] = s
        s_bar = a_bar[0]
        a_bar[0] = 0.0
        # a[1:] = a[:-1]
        t_bar = np.copy(a_bar[1:])
        a_bar[1:] = 0.0
        a_bar[:-1] += t_bar
        # a *= 0.9
        signal_bar[i] += s_bar
    return total, (signal_bar, taps_bar)
