# value_and_grad of dict_state

import numpy as np


def dict_state_value_and_grad(w0, X, y, rate):
    # primal
    velocity = np.zeros_like(w0)
    w = w0
    bias = 0.0
    steps = 0
    tape = []
    while steps < 4:
        tanh = np.tanh(X @ w + bias)
        residual = tanh - y
        difference = 1.0 - (residual + y)**2
        slope = residual * difference
        velocity *= 0.6
        product = X.T @ slope
        velocity -= rate * product / len(y)
        mean_slope = slope.mean()
        tape.append((tanh, difference, product, mean_slope))
        w = w + velocity
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
    velocity_bar = np.zeros(w0.shape)
    for tanh, difference, product, mean_slope in reversed(tape):
        n = len(y)
        residual = tanh - y
        slope_bar = residual + y
        # state["bias"] = state["bias"] - rate * slope.mean()
        bias_bar = -bias_bar2
        # state["w"] = state["w"] + state["velocity"]
        velocity_bar += w_bar
        # state["velocity"] -= rate * (X.T @ slope) / len(y)
        rate_bar = rate_bar + bias_bar * mean_slope - velocity_bar @ product / n
        slope_bar2 = bias_bar * rate / len(slope) + X @ -(rate / n * velocity_bar)
        # state["velocity"] *= state["momentum"]
        velocity_bar *= 0.6
        # slope = residual * (1.0 - (residual + y) ** 2)
        slope_bar *= -2.0 * slope_bar2 * residual
        residual_bar = slope_bar2 * difference + slope_bar
        y_bar += slope_bar
        # residual = np.tanh(X @ state["w"] + state["bias"]) - y
        y_bar -= residual_bar
        residual_bar *= 1.0 - tanh * tanh
        w_bar += X.T @ residual_bar
        bias_bar2 += residual_bar.sum()
    return value, (w_bar, y_bar, rate_bar)
