"""Shallow and deep copies of containers."""

import copy

INTERPRETED = False


def program(x, k):
    table = {"w": [x[0, 0], k], "b": k}
    shallow, deep = copy.copy(table), copy.deepcopy(table)
    shallow["b"] = x[1, 1]
    shallow["w"][0] = k * k
    deep["w"][1] = 3.0 * x[2, 2]
    return table["w"][0] * table["b"] + shallow["b"] ** 2 + deep["w"][0] * deep["w"][1]
