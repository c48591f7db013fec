"""An LSTM cell over a list of inputs, with its parameters in a dict."""

import numpy as np

WRT = (0, 1)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def cell(params, x, h, c):
    gates = x @ params["Wx"] + h @ params["Wh"] + params["b"]
    n = h.shape[0]
    i = sigmoid(gates[:n])
    f = sigmoid(gates[n : 2 * n])
    o = sigmoid(gates[2 * n : 3 * n])
    g = np.tanh(gates[3 * n :])
    c = f * c + i * g
    h = o * np.tanh(c)
    return h, c


def lstm(params, inputs, target):
    size = params["Wh"].shape[0]
    h = np.zeros(size)
    c = np.zeros(size)
    outputs = []
    for x in inputs:
        h, c = cell(params, x, h, c)
        outputs.append(h @ params["Wy"])
    predictions = np.stack(outputs)
    return np.mean((predictions - target) ** 2)


def example(rng):
    params = {
        "Wx": 0.5 * rng.normal(size=(3, 16)),
        "Wh": 0.5 * rng.normal(size=(4, 16)),
        "b": 0.2 * rng.normal(size=16),
        "Wy": rng.normal(size=(4, 2)),
    }
    inputs = [rng.normal(size=3) for _ in range(4)]
    return params, inputs, rng.normal(size=(4, 2))
