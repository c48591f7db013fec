# value_and_grad of enumerate_zip

import numpy as np


def horner_fwd(coefficients, x):
    difference = len(coefficients) - 1
    value = 0.0
    value_tape = []
    for i in range(difference, -1, -1):
        value_tape.append(value)
        c = coefficients[i]
        value = value * x + c
    return value, (coefficients, difference, value_tape, x)


def horner_bwd(residuals, out_bar):
    coefficients, difference, value_tape, x = residuals
    x_bar = 0.0
    coefficients_bar = np.zeros(coefficients.shape)
    value_tape = reversed(value_tape)
    for i in range(difference + 1):
        value = next(value_tape)
        coefficients_bar[i] += out_bar
        # value = value * x + c
        x_bar += out_bar * value
        out_bar *= x
    return coefficients_bar, x_bar


def enumerate_zip_value_and_grad(table, points, weights):
    # primal
    minimum2 = min(len(table), len(points))
    total = 0.0
    tape = []
    for i in range(minimum2):
        row = table[i]
        x = points[i]
        value, horner_residuals = horner_fwd(row, x)
        tape.append((value, horner_residuals))
        total += weights[i] * np.sin(value)
        if i > 0:
            total -= 0.1 * value * points[i - 1]
    points_part = points[::-1]
    minimum = min(len(points[::-1]), len(weights))
    for i2 in range(minimum):
        x = points_part[i2]
        w = weights[i2]
        total += w * x * x
    # adjoint
    t_bar = np.zeros(points[::-1].shape)
    for i in range(minimum - 1, -1, -1):
        x = points_part[i]
        w = weights[i]
        t_bar[i] += w * x + x * w
    points_bar = np.zeros(points.shape)
    points_bar[::-1] = t_bar
    table_bar = np.zeros(table.shape)
    tape = reversed(tape)
    for i in range(minimum2 - 1, -1, -1):
        value, horner_residuals = next(tape)
        if i > 0:
            difference = i - 1
            # total -= 0.1 * value * points[i - 1]
            points_bar[difference] -= 0.1 * value
            value_bar = -0.1 * points[difference]
        else:
            value_bar = 0.0
        # value = horner(row, x)
        row_bar, x_bar = horner_bwd(horner_residuals, value_bar + weights[i] * np.cos(value))
        points_bar[i] += x_bar
        table_bar[i] += row_bar
    return total, (table_bar, points_bar)
