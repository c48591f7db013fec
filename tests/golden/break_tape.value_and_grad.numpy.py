# value_and_grad of break_tape

import numpy as np


def break_tape_value_and_grad(A, b):
    # primal
    x = b.copy()
    tape = []
    tape2 = []
    for k in range(10000):
        x_before = x.copy()
        tanh = np.tanh(A @ x)
        step = tanh + b - x
        x += 0.8 * step
        test = np.max(np.absolute(step)) < 1e-2
        tape.append((x_before, tanh, test))
        if test:
            k2 = k
            break
        step_part = step[0]
        x_part = x[1]
        tape2.append((step_part, x_part))
        x[0] -= 0.1 * step_part * x_part
        k2 = k
    total = k2 + 1
    value = np.sum(x * b) / total
    # adjoint
    # return np.sum(x * b) / (k + 1)
    t_bar = 1.0 / total
    x_bar = t_bar * b
    b_bar = t_bar * x
    step_bars = []
    xs = []
    tape2 = reversed(tape2)
    for x, tanh, test in reversed(tape):
        if test:
            step_bar = np.zeros(step.shape)
        else:
            step_part, x_part = next(tape2)
            # x[0] -= 0.1 * step[0] * x[1]
            x_bar_part = x_bar[0]
            x_bar[1] -= 0.1 * x_bar_part * step_part
            step_bar = np.zeros(step.shape)
            step_bar[0] = -0.1 * x_bar_part * x_part
        # x += 0.8 * step
        step_bar += x_bar * 0.8
        # step = np.tanh(A @ x) + b - x
        x_bar -= step_bar
        b_bar += step_bar
        step_bar = step_bar * (1.0 - tanh * tanh)
        product = A.T @ step_bar
        step_bars.append(step_bar)
        xs.append(x)
        x_bar += product
    if step_bars:
        A_bar = np.array(step_bars).T @ np.array(xs)
    else:
        A_bar = np.zeros(A.shape)
    # x = b.copy()
    b_bar += x_bar
    return value, (A_bar, b_bar)
