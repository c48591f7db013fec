"""Backpropagation through time for an LSTM, by hand.

The loop computes only the cotangents of the gates; the weights' gradients, sums over the loop of
outer products, are one matrix product each after it.
"""

import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm_value_and_grad(params, inputs, target):
    Wx, Wh, b, Wy = params["Wx"], params["Wh"], params["b"], params["Wy"]
    n = Wh.shape[0]
    steps = len(inputs)
    h = np.zeros(n)
    c = np.zeros(n)
    hidden = [h]
    outputs = []
    tape = []
    for x in inputs:
        gates = x @ Wx + h @ Wh + b
        i = sigmoid(gates[:n])
        f = sigmoid(gates[n : 2 * n])
        o = sigmoid(gates[2 * n : 3 * n])
        g = np.tanh(gates[3 * n :])
        c_before = c
        c = f * c + i * g
        tanh_c = np.tanh(c)
        h = o * tanh_c
        tape.append((i, f, o, g, c_before, tanh_c))
        hidden.append(h)
        outputs.append(h @ Wy)
    error = np.stack(outputs) - target
    value = np.mean(error**2)

    error *= 2.0 / error.size
    h_bars = error @ Wy.T
    gates_bar = np.empty((steps, 4 * n))
    h_bar = np.zeros(n)
    c_bar = np.zeros(n)
    Wh_T = Wh.T
    for t in range(steps - 1, -1, -1):
        i, f, o, g, c_before, tanh_c = tape[t]
        h_bar += h_bars[t]
        c_bar += h_bar * o * (1.0 - tanh_c * tanh_c)
        row = gates_bar[t]
        row[:n] = c_bar * g * i * (1.0 - i)
        row[n : 2 * n] = c_bar * c_before * f * (1.0 - f)
        row[2 * n : 3 * n] = h_bar * tanh_c * o * (1.0 - o)
        row[3 * n :] = c_bar * i * (1.0 - g * g)
        h_bar = row @ Wh_T
        c_bar *= f
    gradient = {
        "Wx": np.stack(inputs).T @ gates_bar,
        "Wh": np.stack(hidden[:-1]).T @ gates_bar,
        "b": gates_bar.sum(axis=0),
        "Wy": np.stack(hidden[1:]).T @ error,
    }
    # The rows are separated by copies: each gradient is an array of its own.
    inputs_bar = [row.copy() for row in gates_bar @ Wx.T]
    return value, (gradient, inputs_bar)
