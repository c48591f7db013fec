# value_and_grad of while_data

import numpy as np


def while_data_value_and_grad(x, rate):
    # primal
    work2 = 0.0
    x_tape = []
    while np.sum(x * x) > 1.0:
        x_tape.append(x)
        x2 = x - rate * x * np.absolute(x)
        work = work2 + np.sum(x2)
        x = x2
        work2 = work
    value = work2 + np.sum(x**3)
    # adjoint
    # return work + np.sum(x**3)
    x_bar = 3.0 * x**2
    rate_bar = 0.0
    for x in reversed(x_tape):
        magnitude = np.absolute(x)
        # work = work + np.sum(x)
        x_bar += 1.0
        # x = x - rate * x * np.abs(x)
        rate_bar += -x_bar * magnitude @ x
        magnitude += x * np.sign(x)
        x_bar -= magnitude * rate * x_bar
    return value, (x_bar, rate_bar)
