"""Pass in branches and loops, docstrings and bare expressions."""

import numpy as np


class Empty:
    """A class without anything."""

    pass  # noqa: PIE790


def program(x, k):
    """Return something."""
    if x.ndim == 1:
        pass
    else:
        x = x * k
    for _ in range(2):
        pass
    Empty()
    ...  # noqa: PIE790
    x.shape  # noqa: B018
    return np.sum(np.sin(x))
