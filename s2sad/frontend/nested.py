"""A derivative called inside differentiated code: its generated function is one more function of the user's.

What is differentiated may know names of the functions around it. It is lowered as a function of its own then, what it
reads of them are further arguments, and its derivative with respect to its own arguments is written as text, as that
of any function. The code around calls that text: so nothing of the inner derivative is confused with the outer one.

    def loss(w, x):
        slope = s2sad.grad(lambda u: np.sum(w * u * u))(x)
        return np.sum(slope)

`loss` calls `function_grad(u, w)`, which is differentiated with respect to `w` (and `u`) like any other function.
"""

from __future__ import annotations

import functools
import types
from dataclasses import dataclass
from typing import Any

import libcst as cst

from s2sad.compile import Compiled, Request, StaticNeeded, compile_request, fetch
from s2sad.errors import ArgumentError, UnsupportedError
from s2sad.frontend.arguments import bound
from s2sad.frontend.callables import closed, differentiable_function, make_function
from s2sad.frontend.canonical import Canonical
from s2sad.frontend.lifted import lifted_apart
from s2sad.frontend.parameters import chosen, is_open, parameters_of
from s2sad.frontend.prelude import standing_for
from s2sad.frontend.values import (
    FUNCTIONS,
    UNKNOWN,
    Bound,
    Chosen,
    Knowledge,
    LocalFunction,
    Partial,
    Poisoned,
    Struct,
    Transformed,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Const, Expr, Op, Var
from s2sad.ir.types import Array, ListOf, Scalar, Static, Structure, Type, differentiable, numeric_kind
from s2sad.rules.core import view_kind


@dataclass(frozen=True)
class How:
    """What a derivative gives: its mode, with respect to what, and how gradients are handed back."""

    mode: str
    argnums: Any
    has_aux: bool

    @property
    def one(self) -> bool:
        """Whether the gradient is a tuple of one, as `argnums` was."""
        few = isinstance(self.argnums, tuple | list) and len(self.argnums) == 1
        return few and self.mode in ("grad", "value_and_grad")


@dataclass(frozen=True)
class Target:
    """What is differentiated: a Python function or a lifted one, its arguments, and the names of its parameters."""

    function: Any
    values: dict[str, Value]  # all that is passed: the arguments, and what is read of the functions around
    names: list[str]  # of the arguments that were given


# --- the transforms ---------------------------------------------------------------------------------------------------
def make_derivative(transform: Any, lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
    """Lower `grad(f)` or `value_and_grad(f)`: a function is known by now, but what it reads may not be."""
    name = transform.__name__
    given = bound(f"s2sad.{name}", "function? argnums? has_aux? backend?", args, kwargs, node)
    function = given.pop("function", None)
    options = {key: lowerer.known(value) for key, value in given.items()}
    if UNKNOWN in options.values():
        raise Unsupported(f"the options of s2sad.{name} must be known when code is generated", node)
    if function is None or lowerer.is_none(function):
        return Partial(Const(transform, Static(transform)), (), given)
    if isinstance(function, Const) and isinstance(function.type, Static):
        made = transform(function.value, **options)
        return Const(made, Static(made))
    if "backend" in options:
        transform(make_derivative, backend=options["backend"])  # it says what it does not accept
    return Transformed(
        differentiated(lowerer, function, name, node),
        name,
        options.get("argnums", 0),
        options.get("has_aux", False),
    )


def differentiated(lowerer: Any, function: Value, name: str, node: Any) -> Value:
    """Return a value that is called, or say that it is none."""
    if isinstance(function, Struct) and lowerer.method_of(function, "__call__") is not None:
        return Bound(lowerer.member(function.cls, "__call__"), function)
    if isinstance(function, FUNCTIONS):
        return function
    if isinstance(function, Const) and callable(function.value):
        return function
    raise Unsupported(f"s2sad.{name} takes a function: this value is none", node)


def call_derivative(derivative: Any, lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
    """Lower a call of a derivative that is known: of a function, or of another derivative."""
    function = derivative._function
    made = Transformed(Const(function, Static(function)), derivative._mode, derivative._argnums, derivative._has_aux)
    return call_transformed(made, lowerer, args, kwargs, node)


def call_transformed(made: Any, lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
    """Lower a call of `grad(f)` or `value_and_grad(f)` for the types of its arguments."""
    how = How(made.mode, made.argnums, made.has_aux)
    target = target_of(lowerer, made.function, args, kwargs, node)
    wrt = wanted(target, how.argnums, node)
    found, kinds = run(lowerer, target, how, wrt, [], node)
    found = with_classes(how, lowerer, [kinds[name] for name in wrt], found)
    return as_tuple(how, lowerer, found) if how.one else found


def call_vjp(lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
    """Lower `y, pullback = vjp(f, *primals)`."""
    given = bound("s2sad.vjp", "function? *primals? backend?", args, kwargs, node)
    if given.get("function") is None:
        return Partial(Const(pull_back, Static(pull_back)), (), {})
    return pull_back_at(lowerer, [given["function"], *given.get("primals", ())], {}, node)


def pull_back_at(lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
    """Return the value of a function and its pullback."""
    function, *primals = args
    target = target_of(lowerer, differentiated(lowerer, function, "vjp", node), primals, kwargs, node)
    wrt = movable(lowerer, target, node)
    found, kinds = run(lowerer, target, How("vjp", None, False), wrt, [], node)
    value, pullback = lowerer.fields(found).values()
    active = lowerer.struct("tuple", {i: Const(name in wrt) for i, name in enumerate(target.names)})
    forms = Const(None, Static(tuple(kinds[name] for name in wrt)))
    pulled = Partial(Const(pull, Static(pull)), (pullback, value, active, forms), {})
    return lowerer.struct("tuple", {0: value, 1: pulled})


def call_pullback(lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
    """Lower a call of what `vjp` gave: one cotangent for each primal, None for those that cannot move."""
    pullback, value, active, forms, *given = args
    if len(given) != 1 or kwargs:
        raise Unsupported("a pullback takes one cotangent, by position", node)
    y_bar = like(lowerer, given[0], value, "cotangent", node)
    bars = lowerer.fields(lowerer.call_function(pullback, [y_bar], {}, node)).values()
    made = iter([with_class(lowerer, type_, bar) for type_, bar in zip(forms.type.value, bars, strict=True)])
    each = [next(made) if moves.value else Const(None) for moves in lowerer.fields(active).values()]
    return lowerer.struct("tuple", dict(enumerate(each)))


def call_jvp(lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
    """Lower `y, y_dot = jvp(f, primals, tangents)`."""
    given = bound("s2sad.jvp", "function? primals? tangents? backend?", args, kwargs, node)
    if given.get("function") is None:
        return Partial(Const(push_forward, Static(push_forward)), (), {})
    if "primals" not in given or "tangents" not in given:
        return Partial(Const(push_forward, Static(push_forward)), (given["function"],), {})
    return push_forward_at(lowerer, [given["function"], given["primals"], given["tangents"]], {}, node)


def push_forward_at(lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
    """Return the value of a function and its tangent."""
    given = bound("s2sad.jvp", "function primals tangents", args, kwargs, node)
    primals, tangents = (lowerer.starred(given[name], node) for name in ("primals", "tangents"))
    if len(primals) != len(tangents):
        raise Unsupported(f"{len(primals)} primals and {len(tangents)} tangents are given to jvp", node)
    target = target_of(lowerer, differentiated(lowerer, given["function"], "jvp", node), primals, {}, node)
    wrt = movable(lowerer, target, node)
    pairs = zip(target.names, primals, tangents, strict=True)
    dots = [like(lowerer, dot, primal, f"tangent of {name!r}", node) for name, primal, dot in pairs if name in wrt]
    return run(lowerer, target, How("jvp", None, False), wrt, dots, node)[0]


def call_decorated(decorated: Any, lowerer: Any, args: list[Any], kwargs: dict[str, Any], node: Any) -> Any:
    """Lower a call of a function under `@vjp` or `@jvp`."""
    by = {"vjp": pull_back_at, "jvp": push_forward_at}.get(decorated._mode)
    if by is None:
        raise Unsupported(f"{decorated._mode} inside differentiated code is not accepted", node, "call the function")
    function = decorated._function
    return by(lowerer, [Const(function, Static(function)), *args], kwargs, node)


pull = standing_for("pullback", call_pullback)
pull_back = standing_for("vjp", pull_back_at)
push_forward = standing_for("jvp", push_forward_at)


# --- what is differentiated -------------------------------------------------------------------------------------------
def target_of(lowerer: Any, function: Value, args: list[Any], kwargs: dict[str, Any], node: Any) -> Target:
    """Return a function of its own for a value that is called, and what it is called with."""
    if isinstance(function, LocalFunction) and not open_parameters(function):
        params = function.node.params
        names = lowerer.bind_parameters(params, lambda name: default_of(function, name, node), args, kwargs, node)
        scope = function.scope
        lifted, values = lifted_apart(lowerer, function.node, names, scope.parsed, scope.function, scope, node)
        return Target(lifted, values, list(names))
    if isinstance(function, Const) and isinstance(function.value, types.FunctionType) and not is_open(function.value):
        python = function.value
        names = [parameter.name for parameter in parameters_of(python)]
        given = bound(python.__name__, " ".join(f"{name}?" for name in names), args, kwargs, node)
        ordered = {name: given[name] for name in names if name in given}
        if not any(map(lowerer.holds_function, ordered.values())):
            return Target(python, ordered, list(ordered))
    return wrapped(lowerer, function, args, kwargs, node)


def default_of(function: LocalFunction, name: str, node: Any) -> Value:
    if name in function.defaults:
        return function.defaults[name]
    raise Unsupported(f"the argument {name!r} of {function.name or 'the function'} is missing", node)


def wrapped(lowerer: Any, function: Value, args: list[Any], kwargs: dict[str, Any], node: Any) -> Target:
    """Return a function that calls a method, a partial, another derivative, and what these hold."""
    from s2sad.frontend.lower import parse

    name = name_of(function)
    try:
        params = parameters(function, len(args), tuple(kwargs))
    except ArgumentError as error:
        raise Unsupported(str(error), node) from None
    given = bound(name, " ".join(f"{param}?" for param, _ in params), args, kwargs, node)
    passed = [(param, keyword) for param, keyword in params if param in given]
    call = ", ".join(f"{param}={param}" if keyword else param for param, keyword in passed)
    python = calling(name, ", ".join(param for param, _ in passed), call)
    parsed = parse(python)
    names = {param: given[param] for param, _ in passed}
    lifted, values = lifted_apart(lowerer, parsed.node, {**names, "_function": function}, parsed, python, None, node)
    return Target(lifted, values, list(names))


@functools.cache
def calling(name: str, head: str, call: str) -> Any:
    """Return a function that calls another: the same at each attempt at lowering the code around."""
    return make_function(name, f"def {name}({head}):\n    return _function({call})\n", {"_function": None})


def name_of(function: Value) -> str:
    """Return how a function is called in generated code."""
    if isinstance(function, Transformed):
        return f"{name_of(function.function)}_{function.mode}"
    if isinstance(function, Bound | Partial):
        return name_of(function.function)
    name = function.name if isinstance(function, LocalFunction) else getattr(function, "__name__", "")
    if isinstance(function, Const):
        name = getattr(function.value, "__name__", "")
    return name if name.isidentifier() else "function"


def open_parameters(function: LocalFunction) -> list[str]:
    """Return the names of `*args` and `**kwargs`, if a function has them."""
    params = function.node.params
    return [star.name.value for star in (params.star_arg, params.star_kwarg) if isinstance(star, cst.Param)]


def parameters(function: Value, count: int, keywords: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Return the names of what a value takes in a call with so many arguments, and which are given by name."""
    if isinstance(function, Transformed):
        return parameters(function.function, count, keywords)
    if isinstance(function, Chosen):
        return parameters(function.then, count, keywords)
    if isinstance(function, Bound):
        return parameters(function.function, count + 1, keywords)[1:]
    if isinstance(function, Partial):
        names = (*keywords, *(name for name in function.kwargs if name not in keywords))
        rest = parameters(function.function, count + len(function.args), names)[len(function.args) :]
        behind = [name in function.kwargs for name, _ in rest]
        kept = [(name, keyword or any(behind[:i])) for i, (name, keyword) in enumerate(rest)]
        return [(name, keyword) for name, keyword in kept if name not in function.kwargs]
    if isinstance(function, LocalFunction):
        params = function.node.params
        named = [(param.name.value, False) for param in (*params.posonly_params, *params.params)]
        star = params.star_arg.name.value if isinstance(params.star_arg, cst.Param) else None
        more = [(f"{star}_{i}", False) for i in range(count - len(named))] if star is not None else []
        by_name = [(param.name.value, True) for param in params.kwonly_params]
        known = {name for name, _ in (*named, *by_name)}
        rest = [(name, True) for name in keywords if name not in known] if params.star_kwarg is not None else []
        return [*named, *more, *by_name, *rest]
    called = differentiable_function(function.value if isinstance(function, Const) else function)
    keys: tuple[str, ...] = ()  # after a star, what is given by name is taken by name
    if is_open(called):
        called, keys = closed(called, count, keywords), keywords
    found = parameters_of(called)
    return [(param.name, param.kind is param.KEYWORD_ONLY or param.name in keys) for param in found]


def wanted(target: Target, argnums: Any, node: Any) -> tuple[str, ...]:
    """Return with respect to which of the arguments that were given it is differentiated."""
    try:
        names = chosen(argnums, target.names, target.function.__name__)
    except ArgumentError as error:
        raise Unsupported(str(error), node) from None
    for name in names:
        if name not in target.values:
            raise Unsupported(f"the argument {name!r} is no float: it has no derivative", node)
    return names


def movable(lowerer: Any, target: Target, node: Any) -> tuple[str, ...]:
    """Return the arguments that have a derivative: all floats."""
    passed = [name for name in target.names if name in target.values]
    return tuple(name for name in passed if differentiable(lowerer.as_expr(target.values[name], node).type))


# --- its generated function -------------------------------------------------------------------------------------------
def run(
    lowerer: Any, target: Target, how: How, wrt: tuple[str, ...], extra: list[Any], node: Any
) -> tuple[Any, dict[str, Type]]:
    """Call the generated function of a derivative; return what it gives, and the types of its arguments."""
    exprs = {name: lowerer.as_expr(value, node) for name, value in target.values.items()}
    for name, expr in exprs.items():
        if expr in lowerer.unit.optional:
            raise Unsupported(f"{name!r} may be None where the function is differentiated", node, "ask for it before")
    compiled, kinds = compiled_for(lowerer, target, exprs, how, wrt, node)
    check_apart(lowerer, compiled, list(exprs.items()), node)
    lowerer.unit.reached[f"derivative:{id(compiled)}"] = compiled
    values = [target.values[name] for name in exprs]
    values += [lowerer.outside(where[2], fetch(where), where) for where in compiled.captured]
    for where in compiled.watched:  # what the code around is generated from as well
        lowerer.outside(where[2], fetch(where), where)
    return lowerer.call_user(compiled.function, [*values, *extra], {}, node), kinds


def compiled_for(
    lowerer: Any, target: Target, exprs: dict[str, Expr], how: How, wrt: tuple[str, ...], node: Any
) -> tuple[Compiled, dict[str, Type]]:
    """Generate a derivative for the types of arguments; once for all attempts at lowering the code around.

    What these find out about the generated function must stay known.
    """
    knowledge, cached = Knowledge(), lowerer.unit.knowledge.nested
    while True:
        canonical = Canonical(recursive=False, fixed=False)
        kinds = {name: canonical(expr, lowerer.unit.knowledge) for name, expr in exprs.items()}
        for name in knowledge.static:
            fix(name.rpartition(".")[2], exprs, kinds, node)
        request = Request(target.function, tuple(kinds.items()), wrt, how.mode, how.has_aux)
        key = (request.function, request.args, wrt, how.mode, how.has_aux)
        try:
            if key not in cached or not cached[key].fresh():
                cached[key] = compile_request(request, knowledge)
            return cached[key], kinds
        except StaticNeeded:
            continue
        except ArgumentError as error:
            raise Unsupported(str(error), node) from None
        except UnsupportedError as error:
            lowerer.unit.problems.extend(error.problems)
            raise Poisoned from None


def fix(name: str, exprs: dict[str, Expr], kinds: dict[str, Type], node: Any) -> None:
    """Make the type of an int its value, as it decides a type."""
    type_ = kinds.get(name)
    if not isinstance(type_, Scalar) or type_.kind != "int":
        return
    size = exprs[name].type.size  # type: ignore[attr-defined]
    if size is None or size.value is None:
        raise Unsupported(f"the int {name!r} decides a type, and is not known when code is generated", node)
    kinds[name] = Static(size.value)


def check_apart(lowerer: Any, compiled: Compiled, exprs: list[tuple[str, Expr]], node: Any) -> None:
    """Refuse a function that writes what it is given, where something else may be the same memory."""
    memory = [places_of(lowerer, expr) for _, expr in exprs]
    for i in compiled.written:
        for j in range(len(exprs)):
            if i < len(exprs) and i != j and may_share(memory[i], memory[j]):
                raise Unsupported(
                    f"the function that is differentiated here writes {exprs[i][0]!r}, which may be the same memory as "
                    f"{exprs[j][0]!r}",
                    node,
                    f"let it work on a copy of {exprs[i][0]}",
                )


Places = set[tuple[Any, ...]]  # an argument of the function around, and the fields that lead to a part of it


def places_of(lowerer: Any, expr: Expr) -> Places | None:
    """Return what a value is a part of: nothing if it is new, None if that is not known.

    Arguments of the function around are apart: that is checked at each call of a function that writes them.
    """
    if not isinstance(expr.type, Array | ListOf | Structure):
        return set()
    made = lowerer.builder.definitions.get(expr) if isinstance(expr, Var) else expr
    if made is None:
        return None if getattr(expr, "join", True) else {(expr,)}
    if not isinstance(made, Op):
        return None
    if made.name == "field":
        inside = places_of(lowerer, made.args[0])
        key = made.attrs["key"].value  # type: ignore[attr-defined]
        return None if inside is None else {(*place, key) for place in inside}
    viewed = made.name in ("getitem", "pop", "build", "list", "tuple") or view_kind(made) is not None
    parts = [places_of(lowerer, arg) for arg in made.args] if viewed else []
    return None if None in parts else set().union(*(part for part in parts if part is not None))


def may_share(one: Places | None, other: Places | None) -> bool:
    """Return whether two values may be parts of one thing."""
    if one is None or other is None:
        return one != set() and other != set()
    return any(a[: len(b)] == b[: len(a)] for a in one for b in other)


# --- what it gives ----------------------------------------------------------------------------------------------------
def like(lowerer: Any, given: Value, value: Value, what: str, node: Any) -> Value:
    """Return a cotangent or tangent with the structure, shape and dtype of its value."""
    from s2sad.frontend import prelude

    if isinstance(value, Struct):
        fields = lowerer.fields(value)
        parts = lowerer.fields(given) if isinstance(given, Struct) else {}
        if list(parts) != list(fields):
            raise Unsupported(f"the {what} has another structure than its value", node)
        made = {key: like(lowerer, parts[key], item, what, node) for key, item in fields.items()}
        return lowerer.struct(value.kind, made, cls=value.cls)
    expr, type_ = lowerer.as_expr(given, node), lowerer.as_expr(value, node).type
    if not differentiable(type_):
        return Const(None)
    if numeric_kind(expr.type) == "complex" and numeric_kind(type_) != "complex":
        raise Unsupported(f"the {what} is complex, its value is real", node)
    if isinstance(type_, Scalar):
        if not isinstance(expr.type, Scalar):
            raise Unsupported(f"the {what} is no number, but its value is one", node, "give a number")
        same = type_.kind in (expr.type.kind, "complex")
        return expr if same else lowerer.call_function(Const(float, Static(float)), [expr], {}, node)
    if not isinstance(expr.type, Array) or expr.type.ndim != type_.ndim:
        raise Unsupported(f"the {what} has another rank than its value", node, "give one of the shape of the value")
    if expr.type.shape != type_.shape:
        expr = lowerer.call_user(prelude.of_shape_of, [expr, value], {}, node)
    return expr if expr.type.dtype == type_.dtype else lowerer.builder.op("astype", expr, dtype=Const(type_.dtype))


def with_classes(how: How, lowerer: Any, kinds: list[Any], found: Any) -> Any:
    """Return a result whose gradients have the classes of their arguments: generated code makes dicts and tuples."""
    whole = Structure("tuple", tuple(range(len(kinds))), tuple(kinds)) if len(kinds) > 1 else kinds[0]
    if how.mode == "grad" and not how.has_aux:
        return with_class(lowerer, whole, found)
    if not isinstance(whole, Structure):
        return found
    first, second = lowerer.fields(found).values()
    pair = (first, with_class(lowerer, whole, second))
    if how.mode == "grad":
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


def as_tuple(how: How, lowerer: Any, found: Any) -> Any:
    """Return a result whose one gradient is a tuple, as `argnums` was: as `Derivative` does at a call."""

    def pair(*items: Any) -> Any:
        return lowerer.struct("tuple", dict(enumerate(items)))

    if how.mode == "grad" and not how.has_aux:
        return pair(found)
    first, second = lowerer.fields(found).values()
    return pair(first, pair(second)) if how.mode == "value_and_grad" else pair(pair(first), second)
