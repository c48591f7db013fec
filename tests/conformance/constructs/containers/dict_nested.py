"""Dicts inside dicts, read and written."""

import numpy as np


def program(x, k):
    params = {"hidden": {"w": x[:2], "b": x[2]}, "out": {"w": k, "b": 0.1}}
    h = np.tanh(params["hidden"]["w"] * k + params["hidden"]["b"])
    params["out"]["b"] = k * k
    params["out"]["w"] *= 2.0
    y = np.sum(h) * params["out"]["w"] + params["out"]["b"]
    return y + sum(np.sum(v) for layer in params.values() for v in layer.values())
