# value_and_grad of lstm

import numpy as np


def _unbroadcast(x_bar, x):
    """Sum a cotangent over the axes along which x was broadcast."""
    extra = x_bar.ndim - np.ndim(x)
    if extra:
        x_bar = x_bar.sum(axis=tuple(range(extra)))
    axes = tuple(i for i, n in enumerate(np.shape(x)) if n == 1 and x_bar.shape[i] != 1)
    return x_bar.sum(axis=axes, keepdims=True) if axes else x_bar


def cell_fwd(params, x, h, c):
    Wx = params['Wx']
    Wh = params['Wh']
    # gates = x @ params["Wx"] + h @ params["Wh"] + params["b"]
    gates = x @ Wx + h @ Wh + params['b']
    # n = h.shape[0]
    n = h.shape[0]
    # return 1.0 / (1.0 + np.exp(-x))
    exp = np.exp(-gates[:n])
    total = 1.0 + exp
    i = 1.0 / total
    # f = sigmoid(gates[n : 2 * n])
    product = 2 * n
    # return 1.0 / (1.0 + np.exp(-x))
    exp2 = np.exp(-gates[n:product])
    total2 = 1.0 + exp2
    f = 1.0 / total2
    # o = sigmoid(gates[2 * n : 3 * n])
    product2 = 3 * n
    # return 1.0 / (1.0 + np.exp(-x))
    exp3 = np.exp(-gates[product:product2])
    total3 = 1.0 + exp3
    o = 1.0 / total3
    # g = np.tanh(gates[3 * n :])
    g = np.tanh(gates[product2:])
    # c = f * c + i * g
    product3 = i * g
    c2 = f * c + product3
    # h = o * np.tanh(c)
    tanh_c = np.tanh(c2)
    h2 = o * tanh_c
    # return h, c
    return (h2, c2), (
        tanh_c,
        o,
        product3,
        g,
        i,
        total,
        c,
        f,
        gates,
        product2,
        exp3,
        total3,
        product,
        exp2,
        total2,
        n,
        exp,
        Wh,
        h,
        Wx,
        x,
    )


def cell_bwd(residuals, out_bar):
    residuals_part = residuals[0]
    o = residuals[1]
    g = residuals[3]
    i = residuals[4]
    residuals_part2 = residuals[5]
    c = residuals[6]
    f = residuals[7]
    gates = residuals[8]
    residuals_part3 = residuals[9]
    residuals_part4 = residuals[11]
    residuals_part5 = residuals[12]
    residuals_part6 = residuals[14]
    n = residuals[15]
    h = residuals[18]
    x = residuals[20]
    # h = o * np.tanh(c)
    o_bar = _unbroadcast(out_bar[0] * residuals_part, o)
    c_bar = out_bar[1] + out_bar[0] * o * (1.0 - residuals_part * residuals_part)
    # c = f * c + i * g
    c_bar2 = _unbroadcast(c_bar, residuals[2])
    i_bar = _unbroadcast(c_bar2 * g, i)
    g_bar = _unbroadcast(c_bar2 / residuals_part2, g)
    f_bar = _unbroadcast(c_bar * c, f)
    c_bar *= f
    # g = np.tanh(gates[3 * n :])
    g_bar = g_bar * (1.0 - g * g)
    gates_bar = np.zeros_like(gates)
    gates_bar[residuals_part3:] = g_bar
    # o = sigmoid(gates[2 * n : 3 * n])
    gates_bar[residuals_part5:residuals_part3] += o_bar * residuals[10] / (
        residuals_part4 * residuals_part4
    )
    # f = sigmoid(gates[n : 2 * n])
    gates_bar[n:residuals_part5] += f_bar * residuals[13] / (residuals_part6 * residuals_part6)
    # i = sigmoid(gates[:n])
    gates_bar[:n] += i_bar * residuals[16] / (residuals_part2 * residuals_part2)
    # gates = x @ params["Wx"] + h @ params["Wh"] + params["b"]
    h_bar = residuals[17] @ gates_bar
    gates_bar2 = np.outer(h, gates_bar)
    x_bar = residuals[19] @ gates_bar
    gates_bar3 = np.outer(x, gates_bar)
    return {'Wx': gates_bar3, 'Wh': gates_bar2, 'b': gates_bar, 'Wy': None}, x_bar, h_bar, c_bar


def lstm_value_and_grad(params, inputs, target):
    # primal
    Wy = params['Wy']
    size = params['Wh'].shape[0]
    h = np.zeros(size)
    c = np.zeros(size)
    outputs = []
    n = len(inputs)
    h_tape = []
    cell_residuals_tape = []
    for i2 in range(n):
        x = inputs[i2]
        pair = cell_fwd(params, x, h, c)
        pair_part = pair[0]
        cell_residuals_tape.append(pair[1])
        h = pair_part[0]
        h_tape.append(h)
        c = pair_part[1]
        outputs.append(h @ Wy)
    predictions = np.array(outputs)
    difference = predictions - target
    power = difference**2
    value = np.mean(power)
    # adjoint
    # predictions = np.stack(outputs)
    outputs_bar = list(_unbroadcast(2.0 / power.size * difference, predictions))
    Wy_bar = np.zeros_like(Wy)
    params_Wx_bar = np.zeros_like(params['Wx'])
    params_Wh_bar = np.zeros_like(params['Wh'])
    params_b_bar = np.zeros_like(params['b'])
    h_bar = np.zeros_like(h)
    c_bar = np.zeros_like(c)
    inputs_bar = [np.zeros_like(item) for item in inputs]
    for i in range(n - 1, -1, -1):
        cell_residuals = cell_residuals_tape.pop()
        h = h_tape.pop()
        # outputs.append(h @ params["Wy"])
        x_bar = outputs_bar.pop()
        outer_h = np.outer(h, x_bar)
        h_bar += Wy @ x_bar
        Wy_bar += outer_h
        # h, c = cell(params, x, h, c)
        bars = cell_bwd(cell_residuals, (h_bar, c_bar))
        params_bar = bars[0]
        x_bar = bars[1]
        params_Wx_bar += params_bar['Wx']
        params_Wh_bar += params_bar['Wh']
        params_b_bar += params_bar['b']
        # outputs.append(h @ params["Wy"])
        x_bar += inputs_bar[i]
        inputs_bar[i] = x_bar
        h_bar = bars[2]
        c_bar = bars[3]
    return value, (
        {'Wx': params_Wx_bar, 'Wh': params_Wh_bar, 'b': params_b_bar, 'Wy': Wy_bar}, inputs_bar
    )
