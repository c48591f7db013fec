# value_and_grad of lstm

import numpy as np


def _unbroadcast(x_bar, x):
    """Sum a cotangent over the axes along which x was broadcast."""
    extra = x_bar.ndim - np.ndim(x)
    if extra:
        x_bar = x_bar.sum(axis=tuple(range(extra)))
    axes = tuple(i for i, n in enumerate(np.shape(x)) if n == 1 and x_bar.shape[i] != 1)
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
    h2 = h
    t_tape = []
    t_tape2 = np.empty((n2,) + h.shape)
    g_tape = []
    t_tape3 = []
    c_tape = np.empty((n2,) + h.shape)
    t_tape4 = []
    n_tape = np.empty(n2, dtype=int)
    h_tape = np.empty((n2,) + h.shape)
    o_tape = []
    t_tape5 = []
    g_tape2 = []
    f_tape = []
    for i2 in range(n2):
        c_tape[i2] = c
        h_tape[i2] = h2
        x = inputs[i2]
        gates = x @ Wx + h2 @ Wh + b
        n = h2.shape[0]
        n_tape[i2] = n
        exp = np.exp(-gates[:n])
        t_tape3.append(exp)
        i = 1.0 / (1.0 + exp)
        exp = np.exp(-gates[n:2 * n])
        t_tape4.append(exp)
        f = 1.0 / (1.0 + exp)
        f_tape.append(f)
        exp = np.exp(-gates[2 * n:3 * n])
        t_tape.append(exp)
        o = 1.0 / (1.0 + exp)
        o_tape.append(o)
        g = np.tanh(gates[3 * n:])
        g_tape.append(g)
        g_tape2.append(g)
        product = f * c
        product2 = i * g
        t_tape5.append(product2)
        c = product + product2
        tanh_c = np.tanh(c)
        t_tape2[i2] = tanh_c
        h2 = o * tanh_c
        outputs.append(h2 @ Wy)
    predictions = np.array(outputs)
    difference = predictions - target
    power = difference**2
    value = np.mean(power)
    # adjoint
    # predictions = np.stack(outputs)
    outputs_bar = list(_unbroadcast(2.0 / power.size * difference, predictions))
    Wy_bar = np.zeros_like(Wy)
    c_bar = np.zeros_like(c)
    b_bar = np.zeros_like(b)
    h_bar = np.zeros_like(h2)
    Wh_bar = np.zeros_like(Wh)
    Wx_bar = np.zeros_like(Wx)
    inputs_bar = [np.zeros_like(item) for item in inputs]
    for i2 in range(n2 - 1, -1, -1):
        f = f_tape.pop()
        g = g_tape2.pop()
        t_tape_part = t_tape5.pop()
        o = o_tape.pop()
        h = h_tape[i2]
        n = n_tape[i2]
        t_tape_part2 = t_tape4.pop()
        c = c_tape[i2]
        t_tape_part3 = t_tape3.pop()
        g2 = g_tape.pop()
        t_tape_part4 = t_tape2[i2]
        t_tape_part5 = t_tape.pop()
        total = 1.0 + t_tape_part5
        o2 = 1.0 / total
        h2 = o2 * t_tape_part4
        total2 = 1.0 + t_tape_part3
        total3 = 1.0 + t_tape_part2
        f2 = 1.0 / total3
        product = 3 * n
        product2 = 2 * n
        x = inputs[i2]
        # outputs.append(h @ params["Wy"])
        x_bar = outputs_bar.pop()
        outer_h = np.outer(h2, x_bar)
        h_bar += Wy @ x_bar
        Wy_bar += outer_h
        # h = o * np.tanh(c)
        o_bar = _unbroadcast(h_bar * t_tape_part4, o)
        c_bar += h_bar * o2 * (1.0 - t_tape_part4 * t_tape_part4)
        # c = f * c + i * g
        c_bar2 = _unbroadcast(c_bar, t_tape_part)
        i_bar = _unbroadcast(c_bar2 * g2, i)
        g_bar = _unbroadcast(c_bar2 / total2, g)
        f_bar = _unbroadcast(c_bar * c, f)
        c_bar *= f2
        # g = np.tanh(gates[3 * n :])
        g_bar = g_bar * (1.0 - g2 * g2)
        gates_bar = np.zeros_like(gates)
        gates_bar[product:] = g_bar
        # o = sigmoid(gates[2 * n : 3 * n])
        gates_bar[product2:product] += o_bar * t_tape_part5 / (total * total)
        # f = sigmoid(gates[n : 2 * n])
        gates_bar[n:product2] += f_bar * t_tape_part2 / (total3 * total3)
        # i = sigmoid(gates[:n])
        gates_bar[:n] += i_bar * t_tape_part3 / (total2 * total2)
        # gates = x @ params["Wx"] + h @ params["Wh"] + params["b"]
        b_bar += gates_bar
        h_bar = Wh @ gates_bar
        Wh_bar += np.outer(h, gates_bar)
        x_bar = Wx @ gates_bar
        Wx_bar += np.outer(x, gates_bar)
        # outputs.append(h @ params["Wy"])
        x_bar += inputs_bar[i2]
        inputs_bar[i2] = x_bar
    return value, ({'Wx': Wx_bar, 'Wh': Wh_bar, 'b': b_bar, 'Wy': Wy_bar}, inputs_bar)
