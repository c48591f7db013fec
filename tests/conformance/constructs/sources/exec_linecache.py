"""A function made by exec, whose text linecache knows."""

import linecache

TEXT = """
import numpy as np


def program(x, k):
    total = k
    for row in x:
        total = total * k + np.sum(row * row)
    return total
"""

NAME = "<made by exec>"
linecache.cache[NAME] = (len(TEXT), None, TEXT.splitlines(keepends=True), NAME)
exec(compile(TEXT, NAME, "exec"))
