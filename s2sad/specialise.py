"""Keys of calls: what a call is specialised on. Nothing here imports libcst."""

from __future__ import annotations

import enum
import types
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.errors import ArgumentError
from s2sad.frontend.signature import fixed_fields, is_function, object_fields, type_of
from s2sad.ir.types import Array, Size, Structure, Type

LEAVES = float | int | complex | str | bytes | np.ndarray | np.generic | type | types.FunctionType | types.ModuleType
WORK: Any = 10_000  # how long it may take to decide whether two arrays overlap


def key_of(value: Any) -> Any:
    """Return what a value is specialised on: kind, dtype, rank, and which sizes are 1."""
    kind = type(value)
    if kind is np.ndarray:
        return value.dtype, tuple([n if n < 2 else 2 for n in value.shape])
    if kind is float or kind is int or kind is bool or kind is complex:
        return kind
    if kind is tuple or kind is list:
        return kind, tuple([key_of(item) for item in value])
    if kind is dict:
        return dict, tuple(value), tuple([key_of(item) for item in value.values()])
    if value is None or kind is str:
        return value
    if isinstance(value, enum.Enum):
        return kind, value.name
    if isinstance(value, np.generic):
        return kind
    if is_function(value) or isinstance(value, types.ModuleType):
        return value
    fields = object_fields(value)
    if fields is None:
        return kind
    fixed = fixed_fields(value)
    items = [static_key(item) if key in fixed else key_of(item) for key, item in fields.items()]
    return kind, tuple(fields), tuple(items)


def static_key(value: Any) -> Any:
    """Return the key of an argument whose ints decide types: they count by value."""
    if isinstance(value, int):
        return type(value), value
    if isinstance(value, tuple | list):
        return type(value), tuple([static_key(item) for item in value])
    if isinstance(value, dict):
        return dict, tuple(value), tuple([static_key(item) for item in value.values()])
    if isinstance(value, float | complex | str | np.ndarray | np.generic | None) or is_function(value):
        return key_of(value)
    fields = object_fields(value)
    if fields is None:
        return key_of(value)
    return type(value), tuple(fields), tuple([static_key(item) for item in fields.values()])


def generic_key(key: Any) -> Any:
    """Return a key in which the sizes of arrays do not count."""
    if isinstance(key, tuple):
        if len(key) == 2 and isinstance(key[0], np.dtype):
            return key[0], len(key[1])
        return tuple([generic_key(part) for part in key])
    return frozenset(map(generic_key, key)) if isinstance(key, frozenset) else key


def generic_type(type_: Type, name: str) -> Type:
    """Return the type of an argument of which it is not known which axes have size 1."""
    if isinstance(type_, Array):
        return Array(type_.dtype, tuple(Size(f"{name}.{axis}", 0, None) for axis in range(type_.ndim)))
    if isinstance(type_, Structure):
        items = zip(type_.keys, type_.items, strict=True)
        return replace(type_, items=tuple(generic_type(item, f"{name}.{key}") for key, item in items))
    return type_


def list_key(value: Any) -> Any:
    """Return the key of a list whose length does not matter."""
    return type(value), frozenset(key_of(item) for item in value)


def argument_type(name: str, value: Any, static: bool) -> Type:
    """Return the type of an argument."""
    return type_of(value, name, static)


def overlapping(values: list[Any], written: tuple[int, ...], names: list[str]) -> None:
    """Refuse two arguments that overlap while one of them is written: there the gradient is not defined."""
    leaves = [list(arrays(value)) for value in values]
    for i in written:
        for k, a in enumerate(leaves[i]):
            if overlaps_itself(a):
                raise ArgumentError(
                    f"an array in the argument {names[i]!r} has elements that share memory and it is written: the "
                    f"gradient is not defined; pass a copy ({names[i]}.copy())"
                )
            if any(shares(a, b) for b in leaves[i][k + 1 :]):
                raise ArgumentError(
                    f"two arrays in the argument {names[i]!r} share memory and one is written: the gradient is "
                    "not defined; copy one of them"
                )
            for j, others in enumerate(leaves):
                if i != j and any(shares(a, b) for b in others):
                    raise ArgumentError(
                        f"the arguments {names[i]!r} and {names[j]!r} share memory and {names[i]!r} is written: the "
                        f"gradient is not defined; pass {names[i]}.copy()"
                    )


def met_twice(values: list[Any], written: tuple[int, ...], names: list[str]) -> None:
    """Refuse a list, dict or object that is reached in two ways, one of which is written: the other would not be."""
    if not written:
        return
    owners: dict[int, int] = {}  # of all that is reached: in which argument it was met first
    for i, value in enumerate(values):
        for part in containers(value):
            first = owners.get(id(part))
            if first is None:
                owners[id(part)] = i
            elif first in written or i in written:
                where = f"{names[first]!r}" if first == i else f"{names[first]!r} and {names[i]!r}"
                what = "an object" if hasattr(part, "__dict__") else f"a {type(part).__name__}"
                raise ArgumentError(
                    f"{what} is reached in two ways in {where}, and is written: what is written through the one is not "
                    "seen through the other; pass a copy (copy.deepcopy)"
                )


def containers(value: Any) -> Iterator[Any]:
    """Yield the lists, dicts and objects in a value, one as often as it is met; what is in it once."""
    seen: set[int] = set()
    stack = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, LEAVES) or part is None:
            continue
        if isinstance(part, list | tuple):
            inside = list(part)
        elif isinstance(part, dict):
            inside = list(part.values())
        else:
            inside = list((object_fields(part) or {}).values())
            if not inside:
                continue
        if not isinstance(part, tuple):
            yield part
        if id(part) not in seen:
            seen.add(id(part))
            stack += inside


def overlaps_itself(array: np.ndarray[Any, Any]) -> bool:
    """Return whether two elements of an array share memory, as in a broadcast one; where that is hard, True."""
    if array.flags.forc:
        return False
    reach = array.itemsize  # the bytes that the axes up to here take: each axis must step over all of the ones below
    for stride, n in sorted((abs(stride), n) for stride, n in zip(array.strides, array.shape, strict=True) if n > 1):
        if stride < reach:
            return array.size > 0 and _hits_itself(array)
        reach += stride * (n - 1)
    return False


def _hits_itself(array: np.ndarray[Any, Any]) -> bool:
    """Return whether two elements share memory, by a search among the differences of their indices."""
    if array.size > WORK:
        return True
    offsets = np.zeros((), dtype=np.int64)
    for stride, n in zip(array.strides, array.shape, strict=True):
        offsets = np.add.outer(offsets, stride * np.arange(n))
    return bool(np.any(np.diff(np.sort(offsets, axis=None)) < array.itemsize))


def shares(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    """Return whether two arrays share memory; where that takes long to decide, whether they may."""
    try:
        return np.may_share_memory(a, b) and np.shares_memory(a, b, max_work=WORK)
    except np.exceptions.TooHardError:
        return True


def arrays(value: Any) -> Any:
    """Yield the arrays inside a value."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from arrays(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from arrays(item)
    elif not isinstance(value, type):
        for item in (object_fields(value) or {}).values():
            yield from arrays(item)
