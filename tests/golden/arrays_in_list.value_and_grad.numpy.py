# value_and_grad of arrays_in_list

import numpy as np


def arrays_in_list_value_and_grad(x, weights, alpha):
    # primal
    x_bar = np.zeros_like(x)
    activations = [x]
    activations_bar = [x_bar]
    tmp3 = len(weights)
    t_bar_tape = []
    t_bar_tape2 = []
    t_tape = []
    t_tape2 = np.empty((tmp3,) + x.shape)
    t_bar_tape3 = []
    for i2 in range(tmp3):
        W = weights[i2]
        tmp = activations[-1]
        t_bar_tape3.append(activations_bar[-1])
        t_tape2[i2] = tmp
        tmp = np.tanh(tmp @ W)
        t_tape.append(tmp)
        tmp2 = activations[-1]
        t_bar_tape.append(activations_bar[-1])
        tmp = tmp + tmp2
        t_bar = np.zeros_like(tmp)
        t_bar_tape2.append(t_bar)
        activations.append(tmp)
        activations_bar.append(t_bar)
    middle = activations[1]
    middle_bar = activations_bar[1]
    middle *= alpha
    tmp2 = middle[1]
    tmp4 = middle[2]
    tmp = activations[2]
    t_bar = activations_bar[2]
    tmp[0] = tmp2 * tmp4
    tmp = len(activations)
    total = 0.0
    a_bar_tape = []
    for i2 in range(tmp):
        a = activations[i2]
        a_bar_tape.append(activations_bar[i2])
        total += np.sum(a * a)
    tmp5 = len(activations)
    # adjoint
    # return total / len(activations)
    total_bar = 1.0 / tmp5
    for i in range(tmp - 1, -1, -1):
        a_bar = a_bar_tape.pop()
        a = activations[i]
        # total += np.sum(a * a)
        tmp = total_bar * a
        a_bar += tmp
        a_bar += tmp
    # activations[2][0] = middle[1] * middle[2]
    t_bar2 = t_bar[0]
    t_bar[0] = 0.0
    middle_bar[2] += t_bar2 * tmp2
    middle_bar[1] += t_bar2 * tmp4
    # middle *= alpha
    middle_bar *= alpha
    weights_bar = [np.zeros_like(item) for item in weights]
    for i in range(tmp3 - 1, -1, -1):
        t_bar = t_bar_tape3.pop()
        tmp = t_tape2[i]
        tmp2 = t_tape.pop()
        t_bar2 = t_bar_tape2.pop()
        t_bar3 = t_bar_tape.pop()
        W = weights[i]
        # activations.append(np.tanh(activations[-1] @ W) + activations[-1])
        t_bar3 += t_bar2
        t_bar2 = t_bar2 * (1.0 - tmp2 * tmp2)
        W_bar = np.outer(tmp, t_bar2)
        t_bar += W @ t_bar2
        weights_bar[i] = weights_bar[i] + W_bar
    return total / tmp5, (x_bar, weights_bar)
