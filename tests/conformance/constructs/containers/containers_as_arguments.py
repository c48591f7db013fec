"""Containers handed to helpers that change them and return them."""

import numpy as np


def push(items, v):
    items.append(v)
    return items


def scale_all(table, k):
    for name in table:
        table[name] = table[name] * k


def swap(pair):
    a, b = pair
    return b, a


def program(x, k):
    items = push(push([], x[0]), x[1] * k)
    table = {"a": x[0, 0], "b": k}
    scale_all(table, k)
    u, v = swap((table["a"], table["b"]))
    return np.dot(*items) * u + v**2
