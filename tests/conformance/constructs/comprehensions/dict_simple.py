"""Dict comprehensions over names and over the items of a dict."""

import numpy as np

NAMES = ("a", "b", "c")


def program(x, k):
    table = {name: np.sum(x[i]) * k for i, name in enumerate(NAMES)}
    squares = {name: v * v for name, v in table.items()}
    return squares["a"] * table["b"] + sum(squares.values())
