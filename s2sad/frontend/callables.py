"""Python functions for all that can be called: methods, partials, objects, and what has a rule but no source."""

from __future__ import annotations

import functools
import inspect
import linecache
import types
from collections.abc import Iterator
from typing import Any

from s2sad.errors import ArgumentError
from s2sad.frontend.source import digest

STARS: dict[Any, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


def differentiable_function(function: Any) -> Any:
    """Return a function with source for anything that can be called."""
    if isinstance(function, types.FunctionType) or hasattr(function, "_s2sad_call"):
        return function
    made = with_source(function)
    if isinstance(made, types.FunctionType):
        made._s2sad_of = function  # type: ignore[attr-defined]
    return made


def with_source(function: Any) -> Any:
    """Return a function that calls a bound method, a partial, a callable object, or a function without source."""
    if isinstance(function, functools.partial | types.MethodType):
        return wrapped(function)
    if isinstance(function, type) or not callable(function):
        raise ArgumentError(f"{function!r} is not a function")
    method = getattr(function, "__call__", None)  # noqa: B004 - the method itself is wanted
    if isinstance(method, types.MethodType):
        return wrapped(method)
    return as_function(function)


def as_function(function: Any) -> Any:
    """Return a Python function that calls something with a rule but without source (`np.tanh`)."""
    from s2sad.rules import TABLE

    found = TABLE.lookup(function)
    name = getattr(function, "__name__", type(function).__name__)
    if found is None:
        raise ArgumentError(
            f"{name!r} has no Python source and no derivative rule; write the formula in Python, or keep it out of "
            "the function that is differentiated"
        )
    rule = TABLE.rules[found[0]]
    names = ", ".join("xyz"[: max(len(rule.partials or ()), 1)])
    return make_function(name, f"def {name}({names}):\n    return _function({names})\n", {"_function": function})


def wrapped(function: Any) -> Any:
    """Return a function that calls a bound method or a `functools.partial`, whose parts are read at each call."""
    inner = function.func if isinstance(function, functools.partial) else function.__func__
    parts: dict[str, Any] = {"_function": inner}
    call = []
    bound = function.args if isinstance(function, functools.partial) else (function.__self__,)
    keywords = function.keywords if isinstance(function, functools.partial) else {}
    for i, value in enumerate(bound):
        parts[f"_bound_{i}"] = value
        call.append(f"_bound_{i}")
    found = inspect.signature(function, follow_wrapped=False).parameters.values()
    parameters = [p for p in found if p.name not in keywords]
    rest = ""
    for p in parameters:
        if p.kind is p.VAR_KEYWORD:
            rest = f"**{p.name}"
        elif p.kind is p.VAR_POSITIONAL:
            call.append(f"*{p.name}")
        else:
            call.append(f"{p.name}={p.name}" if p.kind is p.KEYWORD_ONLY else p.name)
    for key, value in keywords.items():
        parts[f"_bound_{key}"] = value
        call.append(f"{key}=_bound_{key}")
    call += [rest] if rest else []
    head = ", ".join(_parameter_list(parameters, parts))
    name = "function" if inner.__name__ == "<lambda>" else inner.__name__
    return make_function(name, f"def {name}({head}):\n    return _function({', '.join(call)})\n", parts)


@functools.lru_cache(maxsize=512)
def closed(function: Any, count: int, keywords: tuple[str, ...]) -> Any:
    """Return a function of named parameters for a call of one that takes `*args` or `**kwargs`.

    >>> def total(first, *rest, **options): ...
    >>> closed(total, 3, ("scale",)).__code__.co_varnames
    ('first', 'rest_0', 'rest_1', 'scale')
    """
    parameters = inspect.signature(_plain(function), follow_wrapped=False).parameters.values()
    fixed = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    star = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    if star is None and count > len(fixed):
        raise ArgumentError(f"{function.__name__} takes {len(fixed)} positional arguments, {count} were given")
    given = fixed[:count] + [f"{star}_{i}" for i in range(count - len(fixed))]
    twice = next((name for name in given if name in keywords), None)
    if twice is not None:
        raise ArgumentError(f"{function.__name__}: the argument {twice!r} is given twice")
    head = ", ".join([*given, *keywords])
    call = ", ".join([*given, *(f"{name}={name}" for name in keywords)])
    name = "function" if function.__name__ == "<lambda>" else function.__name__
    made = make_function(name, f"def {name}({head}):\n    return _function({call})\n", {"_function": function})
    made._s2sad_of = function
    return made


def _plain(function: Any) -> Any:
    """Return the function that a derivative is of."""
    return _plain(function._function) if hasattr(function, "_s2sad_call") else function


def _parameter_list(parameters: list[inspect.Parameter], parts: dict[str, Any]) -> Iterator[str]:
    star = False
    for p in parameters:
        if p.kind is p.KEYWORD_ONLY and not star:
            yield "*"
        star = star or p.kind in (p.KEYWORD_ONLY, p.VAR_POSITIONAL)
        if p.default is p.empty:
            yield STARS.get(p.kind, "") + p.name
        else:
            parts[f"_default_{p.name}"] = p.default
            yield f"{p.name}=_default_{p.name}"


def make_function(name: str, text: str, names: dict[str, Any]) -> Any:
    """Compile a small wrapper with its source registered."""
    file = f"<s2sad {name} {digest(text)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    namespace = {**names, "__name__": "s2sad_wrappers"}
    exec(compile(text, file, "exec", dont_inherit=True), namespace)
    return namespace[name]
