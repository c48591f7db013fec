"""A gradient by a dict of parameters, inside."""

import numpy as np

import s2sad

INTERPRETED = False


def predict(params, v):
    return np.tanh(v @ params["w"] + params["b"])


def loss(params, v):
    return np.sum(predict(params, v) ** 2)


def program(x, k):
    params = {"w": x[0], "b": k}
    slope = s2sad.grad(loss)(params, x)
    stepped = {name: params[name] - 0.1 * slope[name] for name in params}
    return loss(stepped, x)
