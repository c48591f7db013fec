# vjp of break_tape

import numpy as np


def break_tape_vjp(A, b):
    # primal
    t_tape = []
    t_tape2 = []
    t_tape3 = []
    t_tape4 = []
    x_tape = []
    x = b.copy()
    steps = 0
    for k in range(10000):
        steps += 1
        x_tape.append(x.copy())
        tanh = np.tanh(A @ x)
        t_tape4.append(tanh)
        step = tanh + b - x
        x += 0.8 * step
        test = np.max(np.absolute(step)) < 1e-2
        t_tape.append(test)
        if test:
            k2 = k
            break
        step_part = step[0]
        t_tape3.append(step_part)
        x_part = x[1]
        t_tape2.append(x_part)
        x[0] -= 0.1 * step_part * x_part
        k2 = k
    total = k2 + 1
    b_kept = b.copy()
    A_kept = A.copy()

    def pullback(y_bar):
        t_tape_rest = t_tape.copy()
        t_tape_rest2 = t_tape2.copy()
        t_tape_rest3 = t_tape3.copy()
        t_tape_rest4 = t_tape4.copy()
        x_tape_rest = x_tape.copy()
        # return np.sum(x * b) / (k + 1)
        t_bar = y_bar / total
        x_bar2 = t_bar * b_kept
        b_bar = t_bar * x
        A_bar = np.zeros_like(A_kept)
        for step3 in range(steps - 1, -1, -1):
            x2 = x_tape_rest.pop()
            t_tape_rest_part3 = t_tape_rest4.pop()
            t_tape_rest_part = t_tape_rest.pop()
            if t_tape_rest_part:
                x_bar = x_bar2
                step_bar2 = np.zeros_like(step)
            else:
                t_tape_rest_part = t_tape_rest3.pop()
                t_tape_rest_part2 = t_tape_rest2.pop()
                # x[0] -= 0.1 * step[0] * x[1]
                x_bar_part = x_bar2[0]
                x_bar2[1] -= 0.1 * x_bar_part * t_tape_rest_part
                step_bar = np.zeros_like(step)
                step_bar[0] = -x_bar_part * t_tape_rest_part2 * 0.1
                x_bar = x_bar2
                step_bar2 = step_bar
            # x += 0.8 * step
            step_bar2 += x_bar * 0.8
            # step = np.tanh(A @ x) + b - x
            x_bar -= step_bar2
            b_bar += step_bar2
            step_bar2 *= 1.0 - t_tape_rest_part3 * t_tape_rest_part3
            product = A_kept.T @ step_bar2
            A_bar += np.outer(step_bar2, x2)
            x_bar += product
            x_bar2 = x_bar
        # x = b.copy()
        b_bar += x_bar2
        return A_bar, b_bar

    return np.sum(x * b) / total, pullback
