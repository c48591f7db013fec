"""The arguments of a call by name: what a function accepts, and nothing else.

A signature is a text: the names in order. `name` must be given, `name?` may be, `name=C` may be given but only as
what it is anyway (`order=C`, `subok=False`, `weights=None`), `dtype!` is what the operands are converted to, `*name`
takes all positional arguments that are left, and what comes after a bare `*` is given by name. An argument that is not
in the signature is refused: dropped, it would change the value without a word.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any

from s2sad.frontend.values import Unsupported, Value
from s2sad.ir.nodes import Const


def bound(
    function: str, signature: str, args: Iterable[Value], kwargs: Mapping[str, Value], node: Any
) -> dict[str, Value]:
    """Return the arguments of a call by their names; refuse what the signature does not have."""
    words = signature.split()
    at = words.index("*") if "*" in words else len(words)
    positional, accepted = words[:at], [word.lstrip("*") for word in words if word != "*"]
    options = {word.partition("=")[0].rstrip("?"): word for word in accepted}
    found, rest = _positional(positional, list(args))
    if rest:
        raise Unsupported(f"{function}: too many arguments", node)
    for key, value in kwargs.items():
        if key not in options:
            raise Unsupported(f"{function}: the argument {key!r} is not accepted yet", node)
        if key in found:
            raise Unsupported(f"{function}: the argument {key!r} is given twice", node)
        found[key] = value
    for key, word in options.items():
        if "=" in word:
            _only_default(function, key, word.partition("=")[2], found.pop(key, None), node)
        elif key not in found and not word.endswith("?"):
            raise Unsupported(f"{function}: the argument {key!r} is missing", node)
    return found


def _positional(names: list[str], args: list[Value]) -> tuple[dict[str, Value], list[Value]]:
    found: dict[str, Value] = {}
    for word in names:
        if word.startswith("*"):
            found[word[1:].rstrip("?")] = tuple(args)
            return found, []
        if args:
            found[word.partition("=")[0].rstrip("?")] = args.pop(0)
    return found, args


def _only_default(function: str, key: str, text: str, value: Value, node: Any) -> None:
    """Refuse a value other than the default, or one that is not known when code is generated."""
    try:
        default = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        default = text
    known = value is None or (
        isinstance(value, Const) and type(value.value) is type(default) and value.value == default
    )
    if not known:
        raise Unsupported(f"{function}: the argument {key!r} is accepted as {default!r} only", node, "leave it out")


def given(values: Mapping[str, Value], key: str) -> Value:
    """Return an argument; None where it is not given or is given as None."""
    value = values.get(key)
    return None if isinstance(value, Const) and value.value is None else value
