"""Runs a function on dual numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .duals import DualArray, DualScalar, OracleUnsupported
from .rebind import Rebinder
from .trees import attributes, clone, clone_layout, is_float_leaf, leaves, map_leaves, rebuild

_ATOMS = (str, bytes, bool, int, complex, np.generic, type(None), range, slice, type(...))


@dataclass(frozen=True)
class Outcome:
    """The result, and what the program left in its arguments."""

    value: Any
    tangent: Any
    arguments: tuple[Any, ...]
    argument_tangents: tuple[Any, ...]


def jvp(function: Callable[..., Any], args: tuple[Any, ...], tangents: Any) -> tuple[Any, Any]:
    """Value and tangent of `function(*args)`; a tangent may be None, anywhere, for zero.

    The arguments themselves are never written. Integers and booleans get tangent None.
    """
    outcome = evaluate(function, args, tangents)
    return outcome.value, outcome.tangent


def evaluate(function: Callable[..., Any], args: tuple[Any, ...], tangents: Any) -> Outcome:
    rebinder = Rebinder()
    frozen = _overlapping(args)
    duals = [_lift(rebinder, a, t, frozen) for a, t in zip(args, tangents, strict=True)]
    result = rebinder.convert(function)(*duals)
    return Outcome(
        _take(result, _value),
        _take(result, _tangent),
        tuple(_take(dual, _value) for dual in duals),
        tuple(_take(dual, _tangent) for dual in duals),
    )


def gradient(function: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...]) -> tuple[Any, ...]:
    """The gradient of a scalar function, an entry at a time, shaped as the arguments `wrt`."""

    def along(position: int, leaf: Any, entry: tuple[int, ...]) -> float:
        counter = iter(range(10**9))

        def unit(x: Any, _: Any) -> Any:
            if next(counter) != leaf:
                return None
            tangent = np.zeros(np.shape(x))
            tangent[entry] = 1.0
            return tangent if isinstance(x, np.ndarray) else float(tangent)

        tangents = [None] * len(args)
        tangents[position] = map_leaves(unit, args[position], None)
        return float(jvp(function, args, tuple(tangents))[1])

    def entries(position: int) -> Any:
        counter = iter(range(10**9))

        def fill(x: Any, _: Any) -> Any:
            leaf = next(counter)
            if not is_float_leaf(x):
                return None
            out = np.zeros(np.shape(x))
            for entry in np.ndindex(out.shape):
                out[entry] = along(position, leaf, entry)
            return out if isinstance(x, np.ndarray) else float(out)

        return map_leaves(fill, args[position], None)

    return tuple(entries(position) for position in wrt)


def _overlapping(args: tuple[Any, ...]) -> set[int]:
    """Arrays that share memory with another argument: their copies must not be written."""
    arrays = [leaf for leaf in leaves(args) if isinstance(leaf, np.ndarray)]
    found: set[int] = set()
    for i, a in enumerate(arrays):
        for b in arrays[:i]:
            if np.shares_memory(a, b):
                found |= {id(a), id(b)}
    return found


def _lift(rebinder: Rebinder, arg: Any, tangent: Any, frozen: set[int]) -> Any:
    """The argument as dual numbers; never shared with another argument."""
    if isinstance(arg, np.ndarray):
        return _array(arg, tangent, id(arg) in frozen)
    if isinstance(arg, (float, np.floating)):
        return DualScalar(arg, 0.0 if tangent is None else float(tangent))
    if isinstance(arg, (list, tuple)):
        others = [None] * len(arg) if tangent is None else tangent
        return rebuild(arg, [_lift(rebinder, a, t, frozen) for a, t in zip(arg, others, strict=True)])
    if isinstance(arg, dict):
        others = tangent or {}
        return {k: _lift(rebinder, a, others.get(k), frozen) for k, a in arg.items()}
    if isinstance(arg, _ATOMS) or callable(arg):
        return rebinder.convert(arg) if callable(arg) else arg
    found = attributes(arg)
    if found is None:
        raise OracleUnsupported(f"an argument of type {type(arg).__name__}")
    others = attributes(tangent) or {}
    twin = object.__new__(rebinder.convert(type(arg)))
    for name, value in found.items():
        lifted = _lift(rebinder, value, others.get(name), frozen)
        object.__setattr__(twin, name, lifted)
    return twin


def _array(arg: Any, tangent: Any, frozen: bool) -> DualArray:
    value = clone(arg)
    shadow = None
    if arg.dtype.kind == "f":
        shadow = clone_layout(arg, float)
        shadow[...] = 0.0 if tangent is None else tangent
    dual = DualArray(value, shadow)
    if frozen:
        value.flags.writeable = False
    return dual


def _value(x: Any) -> Any:
    return x.value if isinstance(x, (DualArray, DualScalar)) else x


def _tangent(x: Any) -> Any:
    if isinstance(x, (DualArray, DualScalar)):
        return x.tangent
    return 0.0 if isinstance(x, (float, np.floating)) else None


def _take(x: Any, part: Callable[[Any], Any]) -> Any:
    if isinstance(x, (DualArray, DualScalar)):
        return part(x)
    return map_leaves(lambda leaf, _: part(leaf), x, None)
