"""Numerical checks of generated derivatives."""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.api import Decorated, Derivative, pulled_back, pushed_forward, refused_inside
from s2sad.errors import ArgumentError
from s2sad.frontend.callables import closed, differentiable_function
from s2sad.frontend.parameters import chosen, is_open, parameter_names
from s2sad.frontend.signature import is_function, object_fields, option_fields


def check_grads(
    function: Any = None,
    args: tuple[Any, ...] | None = None,
    argnums: Any = None,
    modes: tuple[str, ...] = ("fwd", "rev"),
    eps: float = 1e-6,
    rtol: float = 1e-5,
    atol: float = 1e-7,
    seed: int = 0,
) -> Any:
    """Check forward and reverse derivatives against central differences along random directions.

    `args` are the arguments, `argnums` those to check (default: all floats), `modes` of "fwd" and "rev". Each
    argument gets a direction of its own. Raises AssertionError that names the argument, the mode and both numbers.

    As a decorator with `args`, it checks the function there and returns it; without, bare or with options, it
    returns a function that checks at each call, at the arguments of the call, and then gives the value.

    >>> import numpy as np, s2sad
    >>> s2sad.check_grads(lambda x: np.sum(np.sin(x)), (np.array([0.3, 1.2]),))
    """
    options = {"argnums": argnums, "modes": modes, "eps": eps, "rtol": rtol, "atol": atol, "seed": seed}
    if function is None:
        return functools.partial(_decorate, args=args, options=options)
    if args is None:
        return _decorate(function, None, options)
    return _check(function, args, **options)


def _decorate(function: Any, args: Any, options: dict[str, Any]) -> Any:
    """Return a function that was checked, or that is checked at each call."""
    if args is None:
        return Decorated(function, "check_grads", functools.partial(_checked_call, options))
    _check(function, args, **options)
    return function


def _checked_call(options: dict[str, Any], function: Any, *args: Any, **kwargs: Any) -> Any:
    if is_open(function):
        _check(closed(function, len(args), tuple(kwargs)), (*args, *kwargs.values()), **options)
        return function(*args, **kwargs)
    names = parameter_names(function)
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    _check(function, tuple(bound.arguments[name] for name in names), **options)
    return function(*args, **kwargs)


def _check(
    function: Any,
    args: Any,
    argnums: Any,
    modes: Any,
    eps: float,
    rtol: float,
    atol: float,
    seed: int,
) -> None:
    if not isinstance(args, tuple):
        raise ArgumentError(f"check_grads takes a tuple of arguments, not {type(args).__name__}")
    if not modes or isinstance(modes, str) or not set(modes) <= {"fwd", "rev"}:
        raise ArgumentError(f"modes are 'fwd' and 'rev', in a tuple, not {modes!r}")
    if is_open(function):
        function = closed(function, len(args), ())
    names = parameter_names(function)[: len(args)]
    picked = (
        chosen(argnums, names, name_of(function))
        if argnums is not None
        else tuple(name for name, value in zip(names, args, strict=True) if count(value))
    )
    if not picked:
        raise ArgumentError("none of the arguments is a float")
    rng = np.random.default_rng(seed)
    for name in picked:
        at = names.index(name)
        if not count(args[at]):
            raise ArgumentError(f"the argument {name!r} is not a float")
        for mode in modes:
            _check_one(Check(function, args, picked, mode, rng), at, name, eps, rtol, atol)


@dataclass(frozen=True)
class Check:
    """A function at arguments, differentiated with respect to the picked ones in a mode."""

    function: Any
    args: tuple[Any, ...]
    picked: tuple[str, ...]
    mode: str
    rng: np.random.Generator


def _check_one(check: Check, at: int, name: str, eps: float, rtol: float, atol: float) -> None:
    function, args, rng = check.function, check.args, check.rng
    direction = randomly(args[at], rng)
    value = function(*fresh(args))
    weights = randomly(value, rng)
    up = function(*fresh(moved(args, at, direction, eps)))
    down = function(*fresh(moved(args, at, direction, -eps)))
    want = (inner(weights, up) - inner(weights, down)) / (2.0 * eps)
    if check.mode == "fwd":
        df = Derivative(differentiable_function(function), "jvp", check.picked, False)
        dots = [direction if i == at else zeros(a) for i, a in enumerate(args)]
        dots = [d if n in check.picked else None for n, d in zip(parameter_names(function), dots, strict=False)]
        have = inner(weights, pushed_forward(df, tuple(fresh(args)), tuple(dots))[1])
    else:
        df = Derivative(differentiable_function(function), "vjp", check.picked, False)
        have = inner(pulled_back(df, tuple(fresh(args)), {})[1](weights)[at], direction)
    if not abs(have - want) <= atol + rtol * max(abs(want), abs(have)):
        which = "forward" if check.mode == "fwd" else "reverse"
        raise AssertionError(
            f"{name_of(function)}: the {which} derivative with respect to {name!r} "
            f"is {have!r}, central differences give {want!r}"
        )


check_grads._s2sad_call = refused_inside("check_grads")  # type: ignore[attr-defined]


def name_of(function: Any) -> str:
    """Return what a function, a method, a partial or a callable object is called."""
    return str(getattr(function, "__name__", differentiable_function(function).__name__))


def fresh(args: Any) -> list[Any]:
    """Return copies of arguments: the function may write them."""
    return [mapped(lambda x: x.copy() if isinstance(x, np.ndarray) else x, a) for a in args]


def mapped(change: Any, value: Any) -> Any:
    """Apply a function to the leaves of a value."""
    if isinstance(value, tuple | list):
        make = getattr(type(value), "_make", type(value))  # of a named tuple
        return make(mapped(change, item) for item in value)
    if isinstance(value, dict):
        return {key: mapped(change, item) for key, item in value.items()}
    fields = None if _is_leaf(value) else object_fields(value)
    if fields is None:
        return change(value)
    import copy

    made = copy.copy(value)
    options = option_fields(value)
    for key, item in fields.items():
        if key in options:
            continue
        if key in getattr(made, "__dict__", {}):
            vars(made)[key] = mapped(change, item)
        else:
            object.__setattr__(made, key, mapped(change, item))
    return made


def _is_leaf(value: Any) -> bool:
    return isinstance(value, int | float | complex | str | slice | np.ndarray | np.generic | None) or is_function(value)


def is_float(value: Any) -> bool:
    """Return whether a leaf can be differentiated."""
    return isinstance(value, float | complex | np.inexact) or (
        isinstance(value, np.ndarray) and value.dtype.kind in "fc"
    )


def leaves(value: Any) -> list[Any]:
    """Return the float leaves of a value, in order."""
    found: list[Any] = []

    def note(leaf: Any) -> Any:
        if is_float(leaf):
            found.append(leaf)
        return leaf

    mapped(note, value)
    return found


def count(value: Any) -> int:
    """Return how many float leaves a value has."""
    return len(leaves(value))


def randomly(value: Any, rng: np.random.Generator) -> Any:
    """Return a random direction with the structure of a value."""

    def draw(x: Any) -> Any:
        if not is_float(x):
            return None
        drawn = rng.normal(size=np.shape(x))
        if np.iscomplexobj(x):
            drawn = drawn + 1j * rng.normal(size=np.shape(x))
        if isinstance(x, np.ndarray):
            return np.asarray(drawn, dtype=x.dtype)
        return complex(drawn) if np.iscomplexobj(x) else float(drawn)

    return mapped(draw, value)


def zeros(value: Any) -> Any:
    """Return a zero tangent for a value."""
    return mapped(lambda x: (np.zeros_like(x) if isinstance(x, np.ndarray) else 0.0) if is_float(x) else None, value)


def moved(args: tuple[Any, ...], at: int, direction: Any, step: float) -> list[Any]:
    """Return the arguments with one moved along a direction."""
    steps = iter(leaves(direction))
    changed = mapped(lambda x: x + step * next(steps) if is_float(x) else x, args[at])
    return [changed if i == at else a for i, a in enumerate(args)]


def inner(a: Any, b: Any) -> float:
    """Return the product of a cotangent with a value of its structure; of complex numbers the real part."""
    return float(sum(np.sum(np.asarray(x) * np.asarray(y)).real for x, y in zip(leaves(a), leaves(b), strict=True)))
