"""The entry that would add a rule: `s2sad new-rule module:function` prints it.

What kind of rule it is follows from numbers where an example is given: a function each of whose elements depends on
the same element of the arguments is elementwise, one that is linear in its first argument is linear, and so on.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

STEP = 1e-3
ROUNDING = 1e-6

TEXTS = {
    "elementwise": "elementwise({partials})",
    "linear": "linear(lambda g, y, {names}: ...)",
    "bilinear": "bilinear(lambda g, y, {names}: ..., lambda g, y, {names}: ...)",
    "composed": "composed(lambda {names}: ...)",
}
COMMENTS = {
    "elementwise": "the partial derivatives of an element of y, on symbols",
    "linear": "the adjoint: the cotangent of {first} for the cotangent g of the result",
    "bilinear": "the cotangents of {names} for the cotangent g of the result",
    "composed": "the operation on symbols, by those that have rules",
}


def entry(target: str, function: Callable[..., Any], examples: tuple[Any, ...] | None) -> str:
    """Return the call of `s2sad.register` that gives a function a rule, with what is to be filled in."""
    module, _, name = target.partition(":")
    operands, options = parameters(function, None if examples is None else len(examples))
    kind = "elementwise" if isinstance(function, np.ufunc) else "composed"
    if examples is not None:
        kind = kind_of(function, examples)
    names = ", ".join(operands)
    partials = ", ".join(f"lambda y, {names}: ..." for _ in operands)
    rule = TEXTS[kind].format(partials=partials, names=names)
    signature = " ".join([*operands, "|", *options])
    shown = "" if examples is None else text_of(examples)
    lines = [
        *(["import numpy as np"] if "np." in shown else []),
        f"from {module} import {name.partition('.')[0]}",
        "",
        "import s2sad",
        f"from s2sad.rules.core import {kind}",
        *(["from s2sad.rules.infer import same"] if kind in ("linear", "bilinear") else []),
        "",
        f"# {COMMENTS[kind].format(first=operands[0] if operands else 'it', names=names)}: see docs/adding-a-rule.md",
        "s2sad.register(",
        f"    {name},",
        f"    {rule},",
        *(["    infer=same,  # the type of the result: here that of the first argument"] if "ilinear" in kind else []),
        f'    signature="{signature}",  # what comes after | is accepted as this value only',
        f"    check={shown or '(...,)'},  # compared with differences",
        ")",
    ]
    return "\n".join(lines)


def text_of(examples: tuple[Any, ...]) -> str:
    """Return example arguments as text."""
    parts = [f"np.{part!r}" if isinstance(part, np.ndarray) else repr(part) for part in examples]
    return f"({', '.join(parts)},)" if len(parts) == 1 else f"({', '.join(parts)})"


def parameters(function: Callable[..., Any], given: int | None) -> tuple[list[str], list[str]]:
    """Return the names of the operands, and the other arguments with their defaults."""
    if isinstance(function, np.ufunc):
        return list("abcd"[: function.nin]), []
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return [f"x{i}" for i in range(given or 1)], []
    plain = [p for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    count = given if given is not None else sum(p.default is p.empty for p in plain)
    return [p.name for p in plain[:count]], [option(p) for p in plain[count:]]


def option(parameter: inspect.Parameter) -> str:
    """Return an argument as a signature has it: with its default, if that can be written."""
    plain = isinstance(parameter.default, int | float | str | None) and " " not in str(parameter.default)
    return f"{parameter.name}={parameter.default!r}".replace("'", "") if plain else parameter.name


# --- the kind of a function -------------------------------------------------------------------------------------------
def kind_of(function: Callable[..., Any], examples: tuple[Any, ...]) -> str:
    """Return what a function is like at an example."""
    floats = [i for i, value in enumerate(examples) if np.asarray(value).dtype.kind == "f"]
    if floats and all(is_elementwise(function, examples, i) for i in floats):
        return "elementwise"
    linear = [is_linear(function, examples, i) for i in floats]
    if len(floats) == 2 and all(linear):
        return "bilinear"
    return "linear" if linear and linear[0] else "composed"


def replaced(examples: tuple[Any, ...], i: int, value: Any) -> tuple[Any, ...]:
    """Return the arguments with another value in one place."""
    return (*examples[:i], value, *examples[i + 1 :])


def is_elementwise(function: Callable[..., Any], examples: tuple[Any, ...], i: int) -> bool:
    """Whether a change of one element of an argument changes the results at its place only."""
    value = np.asarray(examples[i], float)
    before = np.asarray(function(*examples))
    try:
        shape = np.broadcast_shapes(*(np.shape(e) for e in examples))
    except ValueError:
        return False
    if before.shape != shape:
        return False
    for place in np.ndindex(value.shape):
        moved = value.copy()
        moved[place] += STEP
        changed = np.asarray(function(*replaced(examples, i, moved))) != before
        mask = np.zeros(value.shape, bool)
        mask[place] = True
        if np.any(changed & ~np.broadcast_to(mask, before.shape)):
            return False
    return True


def is_linear(function: Callable[..., Any], examples: tuple[Any, ...], i: int) -> bool:
    """Whether f(2 x + z) = 2 f(x) + f(z)."""
    x = np.asarray(examples[i], float)
    z = np.random.default_rng(0).normal(size=x.shape)
    whole, first, other = (np.asarray(function(*replaced(examples, i, value))) for value in (2.0 * x + z, x, z))
    return bool(np.allclose(whole, 2.0 * first + other, rtol=ROUNDING, atol=ROUNDING))
