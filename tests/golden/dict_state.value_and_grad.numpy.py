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
        tmp = steps < 4
        if not (tmp):
            break
        steps2 += 1
        tmp2 = np.tanh(X @ w0 + bias)
        t_tape4.append(tmp2)
        residual = tmp2 - y
        tmp2 = 1.0 - (residual + y)**2
        t_tape3.append(tmp2)
        slope = residual * tmp2
        velocity *= 0.6
        tmp2 = X.T @ slope
        t_tape2.append(tmp2)
        velocity -= rate * tmp2 / len(y)
        w2 = w0 + velocity
        tmp2 = slope.mean()
        t_tape.append(tmp2)
        w0 = w2
        bias -= rate * tmp2
        steps += 1
    tmp = np.tanh(X @ w0 + bias)
    residual = tmp - y
    tmp5 = np.sum(residual**2) / steps
    # adjoint
    # return np.sum(residual**2) / state["steps"]
    residual_bar = 1.0 / steps * (2.0 * residual)
    # residual = np.tanh(X @ state["w"] + state["bias"]) - y
    y_bar = -residual_bar
    t_bar = residual_bar * (1.0 - tmp * tmp)
    w_bar = X.T @ t_bar
    bias_bar = t_bar.sum()
    rate_bar = 0.0
    velocity_bar = np.zeros_like(velocity)
    for step in range(steps2 - 1, -1, -1):
        tmp = t_tape4.pop()
        tmp2 = t_tape3.pop()
        tmp3 = t_tape2.pop()
        tmp4 = t_tape.pop()
        residual = tmp - y
        # state["bias"] = state["bias"] - rate * slope.mean()
        t_bar = -bias_bar
        # state["w"] = state["w"] + state["velocity"]
        velocity_bar += w_bar
        # state["velocity"] -= rate * (X.T @ slope) / len(y)
        t_bar2 = -velocity_bar / len(y)
        rate_bar = rate_bar + t_bar * tmp4 + np.sum(t_bar2 * tmp3)
        slope_bar = X.T.T @ (t_bar2 * rate)
        slope_bar += t_bar * rate / len(slope)
        # state["velocity"] *= state["momentum"]
        velocity_bar *= 0.6
        # slope = residual * (1.0 - (residual + y) ** 2)
        residual_bar = slope_bar * tmp2
        t_bar = -(slope_bar * residual) * (2.0 * (residual + y))
        residual_bar += t_bar
        y_bar += t_bar
        # residual = np.tanh(X @ state["w"] + state["bias"]) - y
        y_bar -= residual_bar
        t_bar = residual_bar * (1.0 - tmp * tmp)
        bias_bar += t_bar.sum()
        w_bar += X.T @ t_bar
    return tmp5, (w_bar, y_bar, rate_bar)
