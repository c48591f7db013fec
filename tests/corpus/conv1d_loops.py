"""A convolution with several channels written as loops, then a leaky rectifier."""

import numpy as np

WRT = (0, 1, 2)


def conv1d(x, w, b, stride):
    channels_out, channels_in, width = w.shape
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
    return out


def conv1d_loops(x, w, b):
    y = conv1d(x, w, b, 2)
    y = np.where(y > 0.0, y, 0.1 * y)
    return np.sum(y * y)


def example(rng):
    return rng.normal(size=(2, 9)), rng.normal(size=(3, 2, 3)), rng.normal(size=3)
