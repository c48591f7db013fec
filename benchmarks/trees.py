"""Nested containers of numbers and arrays, leaf by leaf."""

import numpy as np


def leaves(tree, path=""):
    """Yield (path, leaf) for each number and array in nested tuples, lists and dicts."""
    if isinstance(tree, dict):
        for key in tree:
            yield from leaves(tree[key], f"{path}[{key!r}]")
    elif isinstance(tree, tuple | list):
        for k, item in enumerate(tree):
            yield from leaves(item, f"{path}[{k}]")
    else:
        yield path, tree


def same_structure(a, b):
    """Whether two trees have the same containers, keys and leaf shapes."""
    ours, theirs = list(leaves(a)), list(leaves(b))
    return [(path, np.shape(leaf)) for path, leaf in ours] == [(path, np.shape(leaf)) for path, leaf in theirs]


def worst_difference(a, b):
    """The largest difference between two trees of gradients, relative to the largest element.

    nan where either has a nan, inf where the shapes differ.
    """
    ours = [np.asarray(leaf, dtype=float) for _, leaf in leaves(a)]
    theirs = [np.asarray(leaf, dtype=float) for _, leaf in leaves(b)]
    if [x.shape for x in ours] != [x.shape for x in theirs]:
        return np.inf
    scale = largest(theirs) or 1.0
    return largest(x - y for x, y in zip(ours, theirs, strict=True)) / scale


def largest(arrays):
    """The largest magnitude, or nan if there is a nan."""
    return float(np.max([np.abs(x).max(initial=0.0) for x in arrays]))
