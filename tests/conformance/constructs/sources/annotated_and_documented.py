"""A program with annotations, a docstring, a comment in between and a long signature."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def program(
    x: NDArray[np.float64],
    k: float,
    *,
    verbose: bool = False,
) -> float:
    """Return a sum.

    The text has "quotes" and a backslash: \\.
    """
    total: float = 0.0
    scale: float
    # what follows is a sum
    scale = k * 2.0
    for row in x:  # every row
        total += float(np.sum(row)) ** 2 * scale
    return total
