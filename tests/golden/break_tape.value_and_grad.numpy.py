# value_and_grad of break_tape

import numpy as np


def break_tape_value_and_grad(A, b):
    # primal
    x = b.copy()
    t_tape = []
    t_tape2 = []
    t_tape3 = []
    t_tape4 = []
    x_tape = []
    steps = 0
    for k in range(10000):
        steps += 1
        x_tape.append(x.copy())
        tmp = np.tanh(A @ x)
        t_tape4.append(tmp)
        step = tmp + b - x
        x += 0.8 * step
        tmp = np.max(np.absolute(step)) < 1e-2
        t_tape.append(tmp)
        if tmp:
            k2 = k
            break
        tmp = 0.1 * step[0]
        t_tape3.append(tmp)
        tmp2 = x[1]
        t_tape2.append(tmp2)
        x[0] -= tmp * tmp2
        k2 = k
    tmp = k2 + 1
    tmp4 = np.sum(x * b) / tmp
    # adjoint
    # return np.sum(x * b) / (k + 1)
    t_bar = 1.0 / tmp
    x_bar = t_bar * b
    b_bar = t_bar * x
    A_bar = np.zeros_like(A)
    for step2 in range(steps - 1, -1, -1):
        x = x_tape.pop()
        tmp3 = t_tape4.pop()
        tmp = t_tape.pop()
        if tmp:
            step_bar2 = np.zeros_like(step)
        else:
            tmp = t_tape3.pop()
            tmp2 = t_tape2.pop()
            # x[0] -= 0.1 * step[0] * x[1]
            t_bar = -x_bar[0]
            x_bar[1] += t_bar * tmp
            step_bar = np.zeros_like(step)
            step_bar[0] = t_bar * tmp2 * 0.1
            step_bar2 = step_bar
        # x += 0.8 * step
        step_bar2 += x_bar * 0.8
        # step = np.tanh(A @ x) + b - x
        x_bar -= step_bar2
        b_bar += step_bar2
        t_bar = step_bar2 * (1.0 - tmp3 * tmp3)
        tmp = A.T @ t_bar
        A_bar += np.outer(t_bar, x)
        x_bar += tmp
    # x = b.copy()
    b_bar += x_bar
    return tmp4, (A_bar, b_bar)
