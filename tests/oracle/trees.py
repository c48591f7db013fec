"""Walking arguments: numbers and arrays nested in tuples, lists, dicts and plain objects."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def is_float_leaf(x: Any) -> bool:
    if isinstance(x, np.ndarray):
        return np.issubdtype(x.dtype, np.floating)
    return isinstance(x, (float, np.floating))


def attributes(x: Any) -> dict[str, Any] | None:
    """The attributes of a plain object of a user's class; None for anything else."""
    if isinstance(x, type) or type(x).__module__ in ("builtins", "numpy"):
        return None
    return getattr(x, "__dict__", None)


def rebuild(like: Any, items: Iterable[Any]) -> Any:
    if hasattr(like, "_fields"):
        return type(like)(*items)
    return type(like)(items)


def map_leaves(function: Callable[[Any, Any], Any], tree: Any, other: Any) -> Any:
    """`function(leaf, other_leaf)` everywhere; `other` is alike, or None from some node down."""
    if isinstance(tree, (list, tuple)):
        others = [None] * len(tree) if other is None else other
        return rebuild(tree, [map_leaves(function, t, o) for t, o in zip(tree, others, strict=True)])
    if isinstance(tree, dict):
        return {k: map_leaves(function, t, other and other.get(k)) for k, t in tree.items()}
    found = attributes(tree)
    if found is None:
        return function(tree, other)
    twin = copy.copy(tree)
    others = attributes(other) or {}
    for name, value in found.items():
        object.__setattr__(twin, name, map_leaves(function, value, others.get(name)))
    return twin


def leaves(tree: Any) -> Iterator[Any]:
    if isinstance(tree, (list, tuple)):
        for item in tree:
            yield from leaves(item)
    elif isinstance(tree, dict):
        for item in tree.values():
            yield from leaves(item)
    elif (found := attributes(tree)) is not None:
        for item in found.values():
            yield from leaves(item)
    else:
        yield tree


def clone_layout(array: Array, dtype: Any = None) -> Array:
    """An uninitialised array with the strides of `array`.

    A plain copy would make a strided argument contiguous, and `reshape` would then alias
    where the user's program copies.
    """
    kind = array.dtype if dtype is None else np.dtype(dtype)
    if array.size == 0 or 0 in array.strides:
        return np.empty_like(array, dtype=kind)
    strides = [s // array.itemsize * kind.itemsize for s in array.strides]
    reach = [s * (n - 1) for s, n in zip(strides, array.shape, strict=True)]
    start = -sum(r for r in reach if r < 0)
    length = start + sum(r for r in reach if r > 0) + kind.itemsize
    return np.ndarray(array.shape, kind, bytearray(length), start, strides)


def clone(array: Array) -> Array:
    twin = clone_layout(array)
    twin[...] = array
    twin.flags.writeable = array.flags.writeable
    return twin


def random_tangents(rng: np.random.Generator, args: tuple[Any, ...], wrt: tuple[int, ...]) -> Any:
    """A random direction over the float leaves of the arguments `wrt`, None for the others."""

    def draw(leaf: Any, _: Any) -> Any:
        if not is_float_leaf(leaf):
            return None
        if isinstance(leaf, np.ndarray):
            return rng.normal(size=leaf.shape)
        return float(rng.normal())

    return tuple(map_leaves(draw, arg, None) if i in wrt else None for i, arg in enumerate(args))
