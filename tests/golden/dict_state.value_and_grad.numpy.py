# value_and_grad of dict_state

import numpy as np


def dict_state_value_and_grad(w0, X, y, rate):
    # primal
    velocity = np.zeros_like(w0)
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
        tanh = np.tanh(X @ w0 + bias)
        t_tape4.append(tanh)
        residual = tanh - y
        difference = 1.0 - (residual + y)**2
        t_tape3.append(difference)
        slope = residual * difference
        velocity *= 0.6
        product = X.T @ slope
        t_tape2.append(product)
        velocity -= rate * product / len(y)
        w2 = w0 + velocity
        mean_slope = slope.mean()
        t_tape.append(mean_slope)
        w0 = w2
        bias -= rate * mean_slope
        steps += 1
    tanh = np.tanh(X @ w0 + bias)
    residual = tanh - y
    ratio = np.sum(residual**2) / steps
    # adjoint
    # return np.sum(residual**2) / state["steps"]
    residual_bar = 1.0 / steps * (2.0 * residual)
    # residual = np.tanh(X @ state["w"] + state["bias"]) - y
    y_bar = -residual_bar
    residual_bar *= 1.0 - tanh * tanh
    w_bar = X.T @ residual_bar
    bias_bar2 = residual_bar.sum()
    rate_bar = 0.0
    velocity_bar = np.zeros_like(velocity)
    for step in range(steps2 - 1, -1, -1):
        t_tape_part = t_tape4.pop()
        t_tape_part2 = t_tape3.pop()
        t_tape_part3 = t_tape2.pop()
        t_tape_part4 = t_tape.pop()
        residual = t_tape_part - y
        # state["bias"] = state["bias"] - rate * slope.mean()
        bias_bar = -bias_bar2
        # state["w"] = state["w"] + state["velocity"]
        velocity_bar += w_bar
        # state["velocity"] -= rate * (X.T @ slope) / len(y)
        part_bar = -velocity_bar
        part_bar /= len(y)
        rate_bar = rate_bar + bias_bar * t_tape_part4 + np.sum(part_bar * t_tape_part3)
        slope_bar = X.T.T @ (part_bar * rate)
        slope_bar += bias_bar * rate / len(slope)
        # state["velocity"] *= state["momentum"]
        velocity_bar *= 0.6
        # slope = residual * (1.0 - (residual + y) ** 2)
        residual_bar = slope_bar * t_tape_part2
        slope_bar = -(slope_bar * residual)
        slope_bar *= 2.0 * (residual + y)
        residual_bar += slope_bar
        y_bar += slope_bar
        # residual = np.tanh(X @ state["w"] + state["bias"]) - y
        y_bar -= residual_bar
        residual_bar *= 1.0 - t_tape_part * t_tape_part
        bias_bar2 += residual_bar.sum()
        w_bar += X.T @ residual_bar
    return ratio, (w_bar, y_bar, rate_bar)
