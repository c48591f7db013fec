# value_and_grad of arrays_in_list

import numpy as np


def arrays_in_list_value_and_grad(x, weights, alpha):
    # primal
    x_bar = np.zeros(x.shape)
    activations = [x]
    activations_bar = [x_bar]
    n3 = len(weights)
    t_bar_tape = []
    t_bar_tape2 = []
    tape = []
    for W in weights:
        activations_part = activations[-1]
        t_bar_tape.append(activations_bar[-1])
        tanh = np.tanh(activations_part @ W)
        tape.append((activations_part.copy(), tanh))
        total2 = tanh + activations_part
        t_bar = np.zeros(total2.shape)
        t_bar_tape2.append(t_bar)
        activations.append(total2)
        activations_bar.append(t_bar)
    middle = activations[1]
    middle_bar = activations_bar[1]
    middle *= alpha
    middle_part = middle[1]
    middle_part2 = middle[2]
    activations_part = activations[2]
    t_bar = activations_bar[2]
    activations_part[0] = middle_part * middle_part2
    n = len(activations)
    total = 0.0
    a_bar_tape = []
    for i2, a in enumerate(activations):
        a_bar_tape.append(activations_bar[i2])
        total += np.sum(a * a)
    n2 = len(activations)
    value = total / n2
    # adjoint
    a_bar_tape = reversed(a_bar_tape)
    for i in range(n - 1, -1, -1):
        a_bar = next(a_bar_tape)
        a = activations[i]
        # total += np.sum(a * a)
        a_bar += 2.0 / n2 * a
    # activations[2][0] = middle[1] * middle[2]
    part_bar = t_bar[0]
    t_bar[0] = 0.0
    middle_bar[2] += part_bar * middle_part
    middle_bar[1] += part_bar * middle_part2
    # middle *= alpha
    middle_bar *= alpha
    weights_bar = [np.zeros_like(item) for item in weights]
    t_bar_tape = reversed(t_bar_tape)
    t_bar_tape2 = reversed(t_bar_tape2)
    tape = reversed(tape)
    for i in range(n3 - 1, -1, -1):
        activations_part, tanh = next(tape)
        t_bar = next(t_bar_tape2)
        t_bar2 = next(t_bar_tape)
        W = weights[i]
        # activations.append(np.tanh(activations[-1] @ W) + activations[-1])
        t_bar2 += t_bar
        W_bar = t_bar * (1.0 - tanh * tanh)
        W_bar2 = activations_part[:, None] * W_bar
        t_bar2 += W @ W_bar
        W_bar2 += weights_bar[i]
        weights_bar[i] = W_bar2
    return value, (x_bar, weights_bar)
