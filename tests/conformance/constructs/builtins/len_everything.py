"""Len of arrays, lists, dicts, tuples, strings and ranges."""

import numpy as np


def program(x, k):
    n = len(x) + len(x[0]) + len([k, k]) + len({"a": k}) + len((1, 2)) + len("word") + len(range(2, 9, 3))
    return np.sum(np.sin(x * k)) / n
