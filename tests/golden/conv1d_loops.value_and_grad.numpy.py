# value_and_grad of conv1d_loops

import numpy as np


def conv1d_fwd(x, w, b, stride):
    shape = w.shape
    channels_out = shape[0]
    channels_in = shape[1]
    width = shape[2]
    length = (x.shape[1] - width) // stride + 1
    out = np.zeros((channels_out, length))
    for o in range(channels_out):
        for t in range(length):
            start = t * stride
            total = b[o]
            for c in range(channels_in):
                for k in range(width):
                    total += x[c, start + k] * w[o, c, k]
            out[o, t] = total
    return out, (w, x, b, channels_out, length, stride, channels_in, width)


def conv1d_bwd(residuals, out_bar):
    w, x, b, channels_out, length, stride, channels_in, width = residuals
    out_bar = out_bar.copy()
    w_bar = np.zeros(w.shape)
    x_bar = np.zeros(x.shape)
    b_bar = np.zeros(b.shape)
    for o in range(channels_out - 1, -1, -1):
        for t in range(length - 1, -1, -1):
            start = t * stride
            # out[o, t] = total
            total_bar3 = out_bar[o, t]
            out_bar[o, t] = 0.0
            for c in range(channels_in - 1, -1, -1):
                for k in range(width - 1, -1, -1):
                    total = start + k
                    # total += x[c, start + k] * w[o, c, k]
                    total_bar = total_bar3 * w[o, c, k]
                    total_bar2 = total_bar3 * x[c, total]
                    w_bar[o, c, k] += total_bar2
                    x_bar[c, total] += total_bar
            # total = b[o]
            b_bar[o] += total_bar3
    return x_bar, w_bar, b_bar


def conv1d_loops_value_and_grad(x, w, b):
    # primal
    y, conv1d_residuals = conv1d_fwd(x, w, b, 2)
    test = y > 0.0
    y = np.where(test, y, 0.1 * y)
    value = np.sum(y * y)
    # adjoint
    # return np.sum(y * y)
    y_bar = 2.0 * y
    # y = conv1d(x, w, b, 2)
    x_bar, w_bar, b_bar = conv1d_bwd(conv1d_residuals, np.where(test, y_bar, y_bar * 0.1))
    return value, (x_bar, w_bar, b_bar)
