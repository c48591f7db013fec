"""Recursion over nested tuples with arrays at the leaves."""

import numpy as np

WRT = (0, 1)


def tree_sum(tree, w):
    if not isinstance(tree, tuple):
        return np.tanh(tree @ w)
    total = 0.0
    for child in tree:
        total = total + 0.9 * tree_sum(child, w)
    return np.sin(total)


def example(rng):
    def leaf():
        return rng.normal(size=3)

    return (leaf(), (leaf(), (leaf(), leaf())), leaf()), rng.normal(size=3)
