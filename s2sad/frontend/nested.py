"""A derivative called inside differentiated code: its generated function is one more function of the user's."""

from __future__ import annotations

from typing import Any

from s2sad.compile import Request, compile_request, fetch
from s2sad.frontend.arguments import bound
from s2sad.frontend.canonical import Canonical
from s2sad.frontend.values import Knowledge, Struct, Unsupported
from s2sad.ir.types import Structure
from s2sad.specialise import chosen


def call_derivative(derivative: Any, lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
    """Lower a call of a derivative for the types of its arguments."""
    names = derivative._names
    function = derivative._function
    called = getattr(function, "__name__", "the function")
    given = bound(called, " ".join(f"{name}?" for name in names), args, kwargs, node)
    exprs = {name: lowerer.as_expr(given[name], node) for name in names if name in given}
    canonical = Canonical(recursive=False, fixed=False)
    types = tuple((name, canonical(expr, lowerer.unit.knowledge)) for name, expr in exprs.items())
    if not hasattr(function, "__code__"):
        raise Unsupported("a derivative of a derivative inside differentiated code is not accepted yet", node)
    wrt = chosen(derivative._argnums, names, function.__name__)
    # one for all attempts at lowering: what they find out about the generated function must stay known
    cached = lowerer.unit.knowledge.nested
    request = Request(function, types, wrt, derivative._mode, derivative._has_aux)
    key = (function, types, wrt, derivative._mode, derivative._has_aux)
    if key not in cached or not cached[key].fresh():
        cached[key] = compile_request(request, Knowledge())
    compiled = cached[key]
    lowerer.unit.reached[f"derivative:{id(compiled)}"] = compiled
    values = [given[name] for name, _ in types]
    values += [lowerer.outside(where[2], fetch(where), where) for where in compiled.captured]
    found = lowerer.call_user(compiled.function, values, {}, node)
    given_types = dict(types)
    found = with_classes(derivative, lowerer, [given_types[name] for name in wrt], found)
    return as_tuple(derivative, lowerer, found) if derivative._one else found


def with_classes(derivative: Any, lowerer: Any, types: list[Any], found: Any) -> Any:
    """Return a result whose gradients have the classes of their arguments: generated code makes dicts and tuples."""
    whole = Structure("tuple", tuple(range(len(types))), tuple(types)) if len(types) > 1 else types[0]
    if derivative._mode == "grad" and not derivative._has_aux:
        return with_class(lowerer, whole, found)
    if not isinstance(whole, Structure):
        return found
    first, second = lowerer.fields(found).values()
    pair = (first, with_class(lowerer, whole, second))
    if derivative._mode == "grad":
        pair = (with_class(lowerer, whole, first), second)
    return lowerer.struct("tuple", dict(enumerate(pair)))


def with_class(lowerer: Any, type_: Any, value: Any) -> Any:
    """Return a gradient with the classes that the type of its argument has."""
    if not isinstance(type_, Structure) or not isinstance(value, Struct):
        return value
    fields = lowerer.fields(value)
    made = {key: with_class(lowerer, item, fields[key]) for key, item in zip(type_.keys, type_.items, strict=True)}
    same = all(made[key] is fields[key] for key in made)
    if same and (value.kind, value.cls) == (type_.kind, type_.cls):
        return value
    return lowerer.struct(type_.kind, made, cls=type_.cls, site=value.site)


def as_tuple(derivative: Any, lowerer: Any, found: Any) -> Any:
    """Return a result whose one gradient is a tuple, as `argnums` was: as `Derivative` does at a call."""

    def pair(*items: Any) -> Any:
        return lowerer.struct("tuple", dict(enumerate(items)))

    if derivative._mode == "grad" and not derivative._has_aux:
        return pair(found)
    first, second = lowerer.fields(found).values()
    return pair(first, pair(second)) if derivative._mode == "value_and_grad" else pair(pair(first), second)
