"""F-strings with formats of constants, used by their length."""

import numpy as np


def program(x, k):
    width = 8
    padded = f"{'name':>{width}}|"
    title = f"{x.shape[0]} rows of {x.shape[1]}"
    return np.sum(x * x) * k * len(padded) if title else k
