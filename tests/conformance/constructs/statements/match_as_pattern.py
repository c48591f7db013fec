"""A match with an as-pattern and nested patterns."""

import numpy as np


def value(node):
    match node:
        case ("leaf", v):
            return v
        case ("add" | "mul" as op, left, right):
            a, b = value(left), value(right)
            return a + b if op == "add" else a * b
        case ("neg", inner):
            return -value(inner)


def program(x, k):
    tree = ("add", ("mul", ("leaf", x[0, 0]), ("leaf", k)), ("neg", ("mul", ("leaf", x[1, 2]), ("leaf", np.sum(x)))))
    return value(tree) ** 2
