"""Calls of print on the way."""

import sys

import numpy as np


def program(x, k):
    print("start", x.shape, k, sep=" | ", end="\n", file=sys.stderr)
    total = 0.0
    for i, row in enumerate(x):
        total += np.sum(row**2) * k
        print(f"{i}: {total:.4f}")
    print()
    return total
