# value_and_grad of overlapping_slices

import numpy as np


def overlapping_slices_value_and_grad(signal, taps):
    # primal
    a = np.zeros(len(taps))
    n = len(signal)
    total = 0.0
    a_tape = np.empty((n,) + a.shape)
    tape = []
    for i2, s in enumerate(signal):
        a[1:] = a[:-1]
        a[0] = s
        a_tape[i2] = a
        tanh = np.tanh(a @ taps)
        a_part = a[-1]
        tape.append((tanh, a_part))
        total += tanh * a_part
        a *= 0.9
    # adjoint
    a_bar = np.zeros(a.shape)
    taps_bar = np.zeros(taps.shape)
    signal_bar = np.zeros(signal.shape)
    tape = reversed(tape)
    for i in range(n - 1, -1, -1):
        a = a_tape[i]
        tanh, a_part = next(tape)
        # a *= 0.9
        a_bar *= 0.9
        # total += np.tanh(a @ taps) * a[-1]
        a_bar[-1] += tanh
        total_bar = a_part * (1.0 - tanh * tanh)
        a_bar += total_bar * taps
        taps_bar += total_bar * a
        # a[0] = s
        s_bar = a_bar[0]
        a_bar[0] = 0.0
        # a[1:] = a[:-1]
        part_bar = a_bar[1:].copy()
        a_bar[1:] = 0.0
        a_bar[:-1] += part_bar
        signal_bar[i] += s_bar
    return total, (signal_bar, taps_bar)
