# value_and_grad of while_data

import numpy as np


def while_data_value_and_grad(x, rate):
    # primal
    work2 = 0.0
    x_tape = []
    steps = 0
    while True:
        tmp = np.sum(x * x) > 1.0
        if not (tmp):
            break
        steps += 1
        x_tape.append(x)
        x2 = x - rate * x * np.absolute(x)
        work = work2 + np.sum(x2)
        x = x2
        work2 = work
    tmp = work2 + np.sum(x**3)
    # adjoint
    # return work + np.sum(x**3)
    x_bar = 3.0 * x**2
    rate_bar = 0.0
    for step in range(steps - 1, -1, -1):
        x = x_tape.pop()
        # work = work + np.sum(x)
        x_bar += 1.0
        # x = x - rate * x * np.abs(x)
        t_bar = -x_bar
        t_bar2 = t_bar * np.absolute(x)
        x_bar += t_bar * (rate * x) * np.sign(x)
        rate_bar += np.sum(t_bar2 * x)
        x_bar += t_bar2 * rate
    return tmp, (x_bar, rate_bar)
