"""A derivative called inside differentiated code: its generated function is one more function of the user's."""

from __future__ import annotations

from typing import Any

from s2sad.compile import Request, compile_request, fetch
from s2sad.frontend.arguments import bound
from s2sad.frontend.calls import Canonical
from s2sad.frontend.values import Knowledge, Unsupported
from s2sad.specialise import chosen


def call_derivative(derivative: Any, lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
    """Lower a call of a derivative for the types of its arguments."""
    names = derivative._names
    function = derivative._function
    called = getattr(function, "__name__", "the function")
    given = bound(called, " ".join(f"{name}?" for name in names), args, kwargs, node)
    exprs = {name: lowerer.as_expr(given[name], node) for name in names if name in given}
    canonical = Canonical(False)
    types = tuple((name, canonical(expr, name, None)) for name, expr in exprs.items())
    if not hasattr(function, "__code__"):
        raise Unsupported("a derivative of a derivative inside differentiated code is not accepted yet", node)
    wrt = chosen(derivative._argnums, names, function.__name__)
    cached = derivative.__dict__.setdefault("_nested", {})
    if types not in cached:
        request = Request(function, types, wrt, derivative._mode, derivative._has_aux)
        cached[types] = compile_request(request, Knowledge())
    compiled = cached[types]
    values = [given[name] for name, _ in types]
    values += [lowerer.outside(where[2], fetch(where), where) for where in compiled.captured]
    return lowerer.call_user(compiled.function, values, {}, node)
