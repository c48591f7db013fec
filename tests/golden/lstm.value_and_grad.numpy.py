# value_and_grad of lstm

import numpy as np


def _unbroadcast(x_bar, x):
    """Sum a cotangent over the axes along which x was broadcast."""
    if x_bar.shape == x.shape:
        return x_bar
    extra = x_bar.ndim - x.ndim
    if extra:
        x_bar = x_bar.sum(axis=tuple(range(extra)))
    axes = tuple(i for i, n in enumerate(x.shape) if n == 1 and x_bar.shape[i] != 1)
    return x_bar.sum(axis=axes, keepdims=True) if axes else x_bar


def lstm_value_and_grad(params, inputs, target):
    # primal
    Wx = params['Wx']
    Wh = params['Wh']
    b = params['b']
    Wy = params['Wy']
    size = Wh.shape[0]
    h = np.zeros(size)
    c = np.zeros(size)
    outputs = []
    n2 = len(inputs)
    tape = []
    for x in inputs:
        gates = x @ Wx + h @ Wh + b
        n = h.shape[0]
        i = 1.0 / (1.0 + np.exp(-gates[:n]))
        product = 2 * n
        f = 1.0 / (1.0 + np.exp(-gates[n:product]))
        product2 = 3 * n
        o = 1.0 / (1.0 + np.exp(-gates[product:product2]))
        g = np.tanh(gates[product2:])
        product = i * g
        c2 = f * c + product
        tanh_c = np.tanh(c2)
        tape.append((c, h, n, i, f, o, g, product, tanh_c))
        h = o * tanh_c
        outputs.append(h @ Wy)
        c = c2
    predictions = np.array(outputs)
    difference = predictions - target
    power = difference**2
    value = np.mean(power)
    # adjoint
    # predictions = np.stack(outputs)
    outputs_bar = list(_unbroadcast(2.0 / power.size * difference, predictions))
    c_bar = np.zeros(c.shape)
    h_bar = np.zeros(h.shape)
    inputs_bar = [np.zeros_like(item) for item in inputs]
    hs = []
    x_bars = []
    hs2 = []
    gates_bars = []
    xs = []
    tape = reversed(tape)
    for i in range(n2 - 1, -1, -1):
        c, h, n, i2, f, o, g, product, tanh_c = next(tape)
        h2 = o * tanh_c
        product2 = 3 * n
        product3 = 2 * n
        x = inputs[i]
        # outputs.append(h @ params["Wy"])
        x_bar = outputs_bar.pop()
        h_bar += Wy @ x_bar
        hs.append(h2)
        x_bars.append(x_bar)
        # h = o * np.tanh(c)
        c_bar += h_bar * o * (1.0 - tanh_c * tanh_c)
        # c = f * c + i * g
        c_bar2 = _unbroadcast(c_bar, product)
        i_bar = _unbroadcast(c_bar2 * g, i2)
        g_bar = _unbroadcast(c_bar2 * i2, g)
        f_bar = _unbroadcast(c_bar * c, f)
        c_bar *= f
        # g = np.tanh(gates[3 * n :])
        g_bar = g_bar * (1.0 - g * g)
        gates_bar = np.zeros(gates.shape)
        gates_bar[product2:] = g_bar
        # return 1.0 / (1.0 + np.exp(-x))
        o_bar = _unbroadcast(h_bar * tanh_c, o) * o * (1.0 - o)
        # o = sigmoid(gates[2 * n : 3 * n])
        gates_bar[product3:product2] += o_bar
        # return 1.0 / (1.0 + np.exp(-x))
        f_bar = f_bar * f * (1.0 - f)
        # f = sigmoid(gates[n : 2 * n])
        gates_bar[n:product3] += f_bar
        # return 1.0 / (1.0 + np.exp(-x))
        i_bar = i_bar * i2 * (1.0 - i2)
        # i = sigmoid(gates[:n])
        gates_bar[:n] += i_bar
        # gates = x @ params["Wx"] + h @ params["Wh"] + params["b"]
        h_bar = Wh @ gates_bar
        hs2.append(h)
        gates_bars.append(gates_bar)
        xs.append(x)
    if hs:
        array_gates_bars = np.array(gates_bars)
        # outputs.append(h @ params["Wy"])
        Wy_bar = np.array(hs).T @ np.array(x_bars)
        # gates = x @ params["Wx"] + h @ params["Wh"] + params["b"]
        Wh_bar = np.array(hs2).T @ array_gates_bars
        Wx_bar = np.array(xs).T @ array_gates_bars
        b_bar = array_gates_bars.sum(axis=0)
        inputs_bar_rows = (array_gates_bars @ Wx.T)[::-1]
        for k in range(len(gates_bars)):
            inputs_bar[k] = inputs_bar[k] + inputs_bar_rows[k]
    else:
        Wy_bar = np.zeros(Wy.shape)
        Wh_bar = np.zeros(Wh.shape)
        Wx_bar = np.zeros(Wx.shape)
        b_bar = np.zeros(b.shape)
    return value, ({'Wx': Wx_bar, 'Wh': Wh_bar, 'b': b_bar, 'Wy': Wy_bar}, inputs_bar)
