"""A function as the default of an argument, and identity of functions."""

import numpy as np


def applied(v, f=np.sin, g=None):
    v = f(v)
    if g is not None:
        v = g(v)
    return v * 3.0 if f is np.sin else v


def program(x, k):
    return np.sum(applied(x)) * k + applied(k, np.exp, lambda v: v**3) * np.sum(applied(x[0], g=np.tanh))
