"""Functions of NumPy that take functions, in Python: they are differentiated as a user's own would be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = Any


NUMBERS = "np.vectorize is differentiated for functions that return one number"


def vectorized(f: Callable[..., Any], x: Array) -> Array:
    """`np.vectorize(f)(x)`."""
    x = np.asarray(x)
    made = np.array([f(a) for a in x.ravel()])
    if made.ndim != 1:
        raise TypeError(NUMBERS)
    return made.reshape(x.shape)


def vectorized_two(f: Callable[..., Any], x: Array, y: Array) -> Array:
    """`np.vectorize(f)(x, y)`."""
    x, y = np.broadcast_arrays(x, y)
    a, b = x.ravel(), y.ravel()
    made = np.array([f(a[i], b[i]) for i in range(len(a))])
    if made.ndim != 1:
        raise TypeError(NUMBERS)
    return made.reshape(x.shape)


def vectorized_three(f: Callable[..., Any], x: Array, y: Array, z: Array) -> Array:
    """`np.vectorize(f)(x, y, z)`."""
    x, y, z = np.broadcast_arrays(x, y, z)
    a, b, c = x.ravel(), y.ravel(), z.ravel()
    made = np.array([f(a[i], b[i], c[i]) for i in range(len(a))])
    if made.ndim != 1:
        raise TypeError(NUMBERS)
    return made.reshape(x.shape)


def of_rows(f: Callable[..., Any], rows: Array) -> Array:
    """`np.apply_along_axis(f, -1, rows)`."""
    made = np.array([f(row) for row in rows.reshape(-1, rows.shape[-1])])
    return made.reshape(rows.shape[:-1] + made.shape[1:])


def of_each(f: Callable[..., Any], *arrays: Array) -> Array:
    """What `np.vectorize(f)` is: one of the functions above, by the number of arguments."""
    return np.vectorize(f)(*arrays)


VECTORIZED = {1: vectorized, 2: vectorized_two, 3: vectorized_three}
