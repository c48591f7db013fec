# vjp of break_tape

import numpy as np


def break_tape_vjp(A, b):
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
    b_kept = b.copy()
    A_kept = A.copy()

    def pullback(y_bar):
        t_tape_rest = t_tape.copy()
        t_tape_rest2 = t_tape2.copy()
        t_tape_rest3 = t_tape3.copy()
        t_tape_rest4 = t_tape4.copy()
        x_tape_rest = x_tape.copy()
        # return np.sum(x * b) / (k + 1)
        t_bar = y_bar / tmp
        x_bar = t_bar * b_kept
        b_bar = t_bar * x
        A_bar = np.zeros_like(A_kept)
        for step3 in range(steps - 1, -1, -1):
            x2 = x_tape_rest.pop()
            tmp4 = t_tape_rest4.pop()
            tmp2 = t_tape_rest.pop()
            if tmp2:
                step_bar2 = np.zeros_like(step)
            else:
                tmp2 = t_tape_rest3.pop()
                tmp3 = t_tape_rest2.pop()
                # x[0] -= 0.1 * step[0] * x[1]
                t_bar = -x_bar[0]
                x_bar[1] += t_bar * tmp2
                step_bar = np.zeros_like(step)
                step_bar[0] = t_bar * tmp3 * 0.1
                step_bar2 = step_bar
            # x += 0.8 * step
            step_bar2 += x_bar * 0.8
            # step = np.tanh(A @ x) + b - x
            x_bar -= step_bar2
            b_bar += step_bar2
            t_bar = step_bar2 * (1.0 - tmp4 * tmp4)
            tmp2 = A_kept.T @ t_bar
            A_bar += np.outer(t_bar, x2)
            x_bar += tmp2
        # x = b.copy()
        b_bar += x_bar
        return A_bar, b_bar

    return np.sum(x * b) / tmp, pullback
