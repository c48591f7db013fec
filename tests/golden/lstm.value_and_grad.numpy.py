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
    tmp = np.exp(-gates[:n])
    tmp2 = 1.0 + tmp
    i = 1.0 / tmp2
    # f = sigmoid(gates[n : 2 * n])
    tmp3 = 2 * n
    # return 1.0 / (1.0 + np.exp(-x))
    tmp4 = np.exp(-gates[n:tmp3])
    tmp5 = 1.0 + tmp4
    f = 1.0 / tmp5
    # o = sigmoid(gates[2 * n : 3 * n])
    tmp6 = 3 * n
    # return 1.0 / (1.0 + np.exp(-x))
    tmp7 = np.exp(-gates[tmp3:tmp6])
    tmp8 = 1.0 + tmp7
    o = 1.0 / tmp8
    # g = np.tanh(gates[3 * n :])
    g = np.tanh(gates[tmp6:])
    # c = f * c + i * g
    tmp9 = i * g
    c2 = f * c + tmp9
    # h = o * np.tanh(c)
    tmp10 = np.tanh(c2)
    h2 = o * tmp10
    # return h, c
    return (h2, c2), (
        tmp10,
        o,
        tmp9,
        g,
        i,
        c,
        f,
        gates,
        tmp6,
        tmp8,
        tmp7,
        tmp3,
        tmp6,
        tmp5,
        tmp4,
        n,
        tmp3,
        tmp2,
        tmp,
        Wh,
        h,
        Wx,
        x,
    )


def cell_bwd(residuals, out_bar):
    tmp = residuals[0]
    o = residuals[1]
    g = residuals[3]
    i = residuals[4]
    c = residuals[5]
    f = residuals[6]
    gates = residuals[7]
    n = residuals[15]
    h = residuals[20]
    x = residuals[22]
    # h = o * np.tanh(c)
    o_bar = _unbroadcast(out_bar[0] * tmp, o)
    c_bar = out_bar[0] * o * (1.0 - tmp * tmp)
    c_bar += out_bar[1]
    # c = f * c + i * g
    t_bar = _unbroadcast(c_bar, residuals[2])
    i_bar = _unbroadcast(t_bar * g, i)
    f_bar = _unbroadcast(c_bar * c, f)
    c_bar = c_bar * f
    # g = np.tanh(gates[3 * n :])
    t_bar = _unbroadcast(t_bar * i, g) * (1.0 - g * g)
    gates_bar = np.zeros_like(gates)
    gates_bar[residuals[8]:] = t_bar
    # return 1.0 / (1.0 + np.exp(-x))
    t_bar = o_bar * (-o / residuals[9]) * residuals[10]
    # o = sigmoid(gates[2 * n : 3 * n])
    gates_bar[residuals[11]:residuals[12]] -= t_bar
    # return 1.0 / (1.0 + np.exp(-x))
    t_bar = f_bar * (-f / residuals[13]) * residuals[14]
    # f = sigmoid(gates[n : 2 * n])
    gates_bar[n:residuals[16]] -= t_bar
    # return 1.0 / (1.0 + np.exp(-x))
    t_bar = i_bar * (-i / residuals[17]) * residuals[18]
    # i = sigmoid(gates[:n])
    gates_bar[:n] -= t_bar
    # gates = x @ params["Wx"] + h @ params["Wh"] + params["b"]
    h_bar = residuals[19] @ gates_bar
    Wh_bar = np.outer(h, gates_bar)
    x_bar = residuals[21] @ gates_bar
    Wx_bar = np.outer(x, gates_bar)
    return {'Wx': Wx_bar, 'Wh': Wh_bar, 'b': gates_bar, 'Wy': None}, x_bar, h_bar, c_bar


def lstm_value_and_grad(params, inputs, target):
    # primal
    Wy = params['Wy']
    size = params['Wh'].shape[0]
    h = np.zeros(size)
    c = np.zeros(size)
    outputs = []
    tmp2 = len(inputs)
    h_tape = []
    cell_residuals_tape = []
    for i2 in range(tmp2):
        x = inputs[i2]
        pair = cell_fwd(params, x, h, c)
        tmp = pair[0]
        cell_residuals_tape.append(pair[1])
        h = tmp[0]
        h_tape.append(h)
        c = tmp[1]
        outputs.append(h @ Wy)
    predictions = np.array(outputs)
    tmp = predictions - target
    tmp3 = tmp**2
    tmp4 = np.mean(tmp3)
    # adjoint
    # predictions = np.stack(outputs)
    outputs_bar = list(_unbroadcast(1.0 / tmp3.size * (2.0 * tmp), predictions))
    Wy_bar = np.zeros_like(Wy)
    params_Wx_bar = np.zeros_like(params['Wx'])
    params_Wh_bar = np.zeros_like(params['Wh'])
    params_b_bar = np.zeros_like(params['b'])
    h_bar = np.zeros_like(h)
    c_bar = np.zeros_like(c)
    inputs_bar = [np.zeros_like(item) for item in inputs]
    for i in range(tmp2 - 1, -1, -1):
        cell_residuals = cell_residuals_tape.pop()
        h = h_tape.pop()
        # outputs.append(h @ params["Wy"])
        t_bar = outputs_bar.pop()
        tmp = np.outer(h, t_bar)
        h_bar += Wy @ t_bar
        Wy_bar += tmp
        # h, c = cell(params, x, h, c)
        bars = cell_bwd(cell_residuals, (h_bar, c_bar))
        params_bar = bars[0]
        params_Wx_bar = params_Wx_bar + params_bar['Wx']
        params_Wh_bar = params_Wh_bar + params_bar['Wh']
        params_b_bar = params_b_bar + params_bar['b']
        # outputs.append(h @ params["Wy"])
        inputs_bar[i] = inputs_bar[i] + bars[1]
        h_bar = bars[2]
        c_bar = bars[3]
    return tmp4, (
        {'Wx': params_Wx_bar, 'Wh': params_Wh_bar, 'b': params_b_bar, 'Wy': Wy_bar}, inputs_bar
    )
