"""The parameters of what is differentiated, and which of them `argnums` chooses."""

from __future__ import annotations

import inspect
from typing import Any

from s2sad.errors import ArgumentError


def parameters_of(function: Any) -> list[inspect.Parameter]:
    """Return the parameters of a function or a derivative, refusing `*args` and `**kwargs`."""
    if hasattr(function, "_s2sad_call"):
        return list(function._parameters)
    found = []
    for parameter in inspect.signature(function, follow_wrapped=False).parameters.values():
        if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            raise ArgumentError(
                f"{function.__name__!r} takes *{parameter.name}: wrap it in a function with named parameters"
            )
        found.append(parameter)
    return found


def is_open(function: Any) -> bool:
    """Return whether a function, or what a derivative is of, takes `*args` or `**kwargs`."""
    if hasattr(function, "_s2sad_call"):
        return bool(function._parameters is None)
    kinds = {parameter.kind for parameter in inspect.signature(function, follow_wrapped=False).parameters.values()}
    return bool(kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD})


def parameter_names(function: Any) -> list[str]:
    """Return the names of the parameters, refusing `*args` and `**kwargs`."""
    return [parameter.name for parameter in parameters_of(function)]


def chosen(argnums: Any, names: list[str], function: str) -> tuple[str, ...]:
    """Return the names that argnums (an int, a name, or a tuple of them) choose."""
    picked = argnums if isinstance(argnums, tuple | list) else (argnums,)
    result = []
    for item in picked:
        if isinstance(item, str) and item in names:
            result.append(item)
        elif isinstance(item, int) and not isinstance(item, bool) and -len(names) <= item < len(names):
            result.append(names[item])
        else:
            raise ArgumentError(
                f"argnums {item!r} does not name a parameter of {function!r}; it has {', '.join(names) or 'none'}"
            )
    if not result:
        raise ArgumentError(f"argnums of {function!r} is empty: choose one of its parameters {', '.join(names)}")
    if len(set(result)) != len(result):
        raise ArgumentError(f"argnums {argnums!r} names a parameter twice")
    return tuple(result)
