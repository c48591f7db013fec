"""A match on a mapping, with captures and the rest."""

import numpy as np


def run(command, v):
    match command:
        case {"op": "scale", "by": factor}:
            return v * factor
        case {"op": "shift", "by": amount, "twice": True}:
            return v + 2.0 * amount
        case {"op": "tanh", **rest}:
            return np.tanh(v) * rest["gain"]
        case _:
            return v


def program(x, k):
    v = x[0]
    commands = (
        {"op": "scale", "by": k},
        {"op": "shift", "by": x[1, 1], "twice": True},
        {"op": "tanh", "gain": k * k},
        {"op": "nothing"},
    )
    for command in commands:
        v = run(command, v)
    return np.sum(v * x[2])
