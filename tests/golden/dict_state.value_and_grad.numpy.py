# value_and_grad of dict_state

import numpy as np


def dict_state_value_and_grad(w0, X, y, rate):
    # primal
    velocity = np.zeros_like(w0)
    w = w0
    bias = 0.0
    steps = 0
    t_tape = []
    t_tape2 = []
    t_tape3 = []
    t_tape4 = []
    steps2 = 0
    while True:
        test = steps < 4
        if not (test):
            break
        steps2 += 1
        tanh = np.tanh(X @ w + bias)
        t_tape4.append(tanh)
        residual = tanh - y
        difference = 1.0 - (residual + y)**2
        t_tape3.append(difference)
        slope = residual * difference
        velocity *= 0.6
        product = X.T @ slope
        t_tape2.append(product)
        velocity -= rate * product / len(y)
        w2 = w + velocity
        mean_slope = slope.mean()
        t_tape.append(mean_slope)
        w = w2
        bias -= rate * mean_slope
        steps += 1
    tanh = np.tanh(X @ w + bias)
    residual = tanh - y
    value = np.sum(residual**2) / steps
    # adjoint
    # return np.sum(residual**2) / state["steps"]
    residual_bar = 2.0 / steps * residual
    # residual = np.tanh(X @ state["w"] + state["bias"]) - y
    y_bar = -residual_bar
    residual_bar *= 1.0 - tanh * tanh
    bias_bar2 = residual_bar.sum()
    rate_bar = 0.0
    w_bar = X.T @ residual_bar
    velocity_bar = np.zeros_like(w0)
    for step in range(steps2 - 1, -1, -1):
        t_tape_part = t_tape4.pop()
        t_tape_part2 = t_tape3.pop()
        t_tape_part3 = t_tape2.pop()
        t_tape_part4 = t_tape.pop()
        residual = t_tape_part - y
        slope_bar = residual + y
        # state["bias"] = state["bias"] - rate * slope.mean()
        bias_bar = -bias_bar2
        # state["w"] = state["w"] + state["velocity"]
        velocity_bar += w_bar
        # state["velocity"] -= rate * (X.T @ slope) / len(y)
        part_bar = -velocity_bar / len(y)
        rate_bar = rate_bar + bias_bar * t_tape_part4 + np.sum(part_bar * t_tape_part3)
        slope_bar2 = bias_bar * rate / len(slope) + X @ (part_bar * rate)
        # state["velocity"] *= state["momentum"]
        velocity_bar *= 0.6
        # slope = residual * (1.0 - (residual + y) ** 2)
        residual_bar = slope_bar2 * t_tape_part2
        slope_bar *= -2.0 * slope_bar2 * residual
        residual_bar = residual_bar + slope_bar
        y_bar += slope_bar
        # residual = np.tanh(X @ state["w"] + state["bias"]) - y
        y_bar -= residual_bar
        residual_bar *= 1.0 - t_tape_part * t_tape_part
        bias_bar2 += residual_bar.sum()
        w_bar += X.T @ residual_bar
    return value, (w_bar, y_bar, rate_bar)
