"""Rules for functions of the user's own, and of other libraries."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

from s2sad.errors import ArgumentError
from s2sad.testing import check_grads


def register(
    function: Callable[..., Any],
    rule: dict[str, Any],
    *,
    infer: Callable[..., Any] | None = None,
    signature: str = "",
    check: tuple[Any, ...] | None = None,
) -> None:
    """Give a function a derivative rule, which is used wherever a differentiated function calls it.

    `rule` is made by `elementwise`, `linear`, `bilinear`, `custom`, `composed` or `constant` of `s2sad.rules.core`
    (docs/adding-a-rule.md shows each). `infer(args, attrs, form)` gives the type of the result; of an elementwise
    function it is that of the sum of its arguments. `signature` names the operands, then `|`, then the arguments that
    only say how; without one all parameters are operands. With `check`, arguments to try it at, the rule is compared
    with differences. The function must be one that generated code can import; the last rule given to it counts.

    Raises ArgumentError if the function cannot be imported by its name, AssertionError if the check fails.

    >>> import math, s2sad
    >>> from s2sad.rules.core import elementwise
    >>> s2sad.register(math.nextafter, elementwise(lambda y, x, towards: 1.0, None), signature="x towards |")
    >>> s2sad.grad(lambda x: math.nextafter(x, 9.0) ** 2)(3.0)
    6.000000000000001
    """
    from s2sad.rules.register import register_own  # the rules are loaded by those who compile

    name = getattr(function, "__qualname__", "<lambda>")
    if "<" in name or "." in name or not callable(function):
        raise ArgumentError(f"register takes a function that can be imported by its name, not {name!r}")
    register_own(function, rule, infer, signature)
    if check is not None:
        check_grads(_calling(function, len(check)), check)


def _calling(function: Callable[..., Any], count: int) -> Any:
    """Return a function that only calls this one: a function that is differentiated itself is by its source."""
    names = ", ".join(f"x{i}" for i in range(count))
    text = f"def {function.__name__}_called({names}):\n    return function({names})\n"
    file = f"<rule of {function.__module__}.{function.__name__}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    made: dict[str, Any] = {"function": function, "__name__": function.__module__}
    exec(compile(text, file, "exec"), made)
    return made[f"{function.__name__}_called"]
