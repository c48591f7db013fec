"""Functions that know names of another function: nested ones, and those that are given one.

Such a function is lowered in place where that is possible. Where it is not (it returns inside a loop, or calls
itself), it becomes a function of its own, and what it reads of the functions around it becomes further arguments of
the call. Names that it declares `nonlocal` are handed back with its result.

    def first(v):                     first(v, limit)
        for u in v:
            if u > limit:             # `limit` of the enclosing function is an argument now
                return u
"""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from s2sad.frontend.births import behind
from s2sad.frontend.scopes import free_names, nonlocals_of, shared_names, syntax
from s2sad.frontend.values import (
    Bound,
    Chosen,
    LocalFunction,
    Partial,
    Poisoned,
    Relower,
    State,
    Struct,
    Transformed,
    Unjoinable,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Const, Expr, Var
from s2sad.ir.types import Static, Type
from s2sad.rules.builder import number

ANEW = 4  # calls of a function, one in another, that is given other functions each time


@dataclass(frozen=True, repr=False)
class Template:
    """What a name stands for inside of a lifted function, by its kind and parts.

    passed (param): an argument of the call
    known (type): a value that is known when code is generated
    inner (name, node, scope, defaults): a nested function, with the number of the frame it was made in
    method (function, owner): a method of an object that is an argument
    given (function, args, kwargs): a function with some of its arguments
    derivative (function, mode, argnums, has_aux): what a transform made of a function
    chosen (test, then, orelse): one of two functions or names
    cell (name, content): a name that nested functions assign, and what it holds when the call is made
    """

    kind: str
    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Scope:
    """A frame that is read: whose it is, the frame around it, what its names stand for."""

    parsed: Any = field(compare=False)
    function: Any
    outer: int | None
    names: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Lifted:
    """A function with all that it reads: what takes the place of a Python function in the key of an instance."""

    node: Any
    function: types.FunctionType
    parsed: Any = field(compare=False)
    outer: int | None
    names: tuple[tuple[str, Any], ...]
    scopes: tuple[Scope, ...]
    given_back: tuple[tuple[int, str], ...]  # frames and names

    def __post_init__(self) -> None:
        names = {"__name__": self.name, "__qualname__": self.name, "__module__": self.function.__module__}
        self.__dict__.update(names)  # what a Python function has

    @property
    def name(self) -> str:
        """What a function of Python would be called."""
        return self.node.name.value if isinstance(self.node, cst.FunctionDef) else "<lambda>"


class LiftedCalls:
    """Calls of functions that are lowered on their own with what they capture."""

    def lifted_call(
        self: Any, node: Any, names: dict[str, Value], parsed: Any, function: Any, outer: Any, call: Any
    ) -> Value:
        """Call a function by its body, with these values for its parameters."""
        reader = _Reader(self, call)
        lifted, back = reader.lifted(node, names, parsed, function, outer)
        if ("inline", lifted) in self.unit.knowledge.dynamic:
            if node not in self.unit.knowledge.lifted and ("in place", node) not in self.unit.knowledge.dynamic:
                self.unit.knowledge.dynamic.add(("in place", node))
                raise Relower
            raise Unsupported(
                "a function that calls itself changes an object or a list of its caller's",
                call,
                "let it return what is new",
            )
        around = [active[0] for active in self.unit.active]
        if sum(1 for other in around if getattr(other, "node", None) is node and other != lifted) > ANEW:
            self.descend()
            raise Unsupported("every call of this function gives itself another function", call)
        result = self.instance_call(lifted, reader.values, call)
        if not back:
            return result
        if not isinstance(result, Struct):  # what is wrong in it has been noted
            raise Poisoned
        value, *given = self.fields(result).values()
        for (at, name), new in zip(back, given, strict=True):
            self.fields(reader.found[at][0].state.names[name])[name] = new
        return value

    def open_cells(self: Any, node: Any, parsed: Any) -> None:
        """The names of a function that functions inside of it assign are cells: every path and call sees them."""
        for name in sorted(shared_names(syntax(node, parsed))):
            content = {name: self.state.names[name]} if name in self.state.names else {}
            self.state.names[name] = self.struct("cell", content, name=name)

    def content(self: Any, value: Value, name: str, node: Any) -> Value:
        """Return what a name is bound to, through its cell if it is one."""
        if not isinstance(value, Struct) or value.kind != "cell":
            return value
        if name not in self.fields(value):
            raise Unsupported(f"{name!r} is read before it is assigned", node)
        return self.fields(value)[name]

    def rebuilt(self: Any, lifted: Lifted, params: dict[str, Value]) -> Any:
        """Return the frame of a lifted function whose arguments are these, inside of the frames that it reads."""
        from s2sad.frontend.lower import Frame

        frames = [Frame(scope.parsed, scope.function, State()) for scope in lifted.scopes]

        def value(template: Any) -> Value:
            if not isinstance(template, Template):
                return template
            match template.kind, *template.parts:
                case "passed", param:
                    return params[param]
                case "known", type_:
                    return number(type_.value) if type(type_.value) is int else Const(type_.value, type_)
                case "derivative", function, mode, argnums, has_aux:
                    return Transformed(value(function), mode, argnums, has_aux)
                case "chosen", *parts:
                    return Chosen(*map(value, parts))
                case "given", function, args, kwargs:
                    return Partial(value(function), tuple(map(value, args)), {key: value(item) for key, item in kwargs})
                case "method", function, owner:
                    return Bound(function, value(owner))
                case "cell", name, content:
                    return self.struct("cell", {} if content is None else {name: value(content)}, name=name)
                case "inner", name, node, scope, defaults:
                    return LocalFunction(name, node, frames[scope], {key: value(item) for key, item in defaults})
            raise AssertionError(template.kind)

        for frame, scope in zip(frames, lifted.scopes, strict=True):
            frame.outer = None if scope.outer is None else frames[scope.outer]
            frame.state.names.update((name, value(template)) for name, template in scope.names)
        names = {name: value(template) for name, template in lifted.names}
        outer = None if lifted.outer is None else frames[lifted.outer]
        made = Frame(lifted.parsed, lifted.function, State(names), outer=outer)
        made.body, made.given = lifted.node, names.copy()  # type: ignore[attr-defined]
        self.given_back = [(frames[number].state.names[name], name) for number, name in lifted.given_back]
        return made


class _Reader:
    """Finds what functions read of the frames around them."""

    def __init__(self, lowerer: Any, call: Any) -> None:
        self.lowerer = lowerer
        self.call = call
        self.apart: frozenset[str] = frozenset()  # arguments that are not what is read under another name
        self.values: dict[str, Value] = {}  # the arguments of the call
        self.numbers: dict[int, int] = {}  # of frames, by their identity
        self.found: list[tuple[Any, dict[str, Any]]] = []
        self.seen: list[tuple[Any, Any, Any]] = []
        self.waiting: list[tuple[Any, Any, Any]] = []

    def lifted(
        self, node: Any, names: dict[str, Value], parsed: Any, function: Any, outer: Any
    ) -> tuple[Lifted, tuple[tuple[int, str], ...]]:
        """Return a function with all that it reads, and the cells that it hands back."""
        templates = tuple((name, self.template(name, value)) for name, value in names.items())
        around = self.number(outer) if outer is not None else None
        if outer is not None:
            self.reads(node, outer, parsed)
        self.finish()
        back = self.assigned()
        return Lifted(node, function, parsed, around, templates, self.frames(), back), back

    def number(self, frame: Any) -> int:
        """Return the number of a frame."""
        if id(frame) not in self.numbers:
            self.numbers[id(frame)] = len(self.found)
            self.found.append((frame, {}))
            if frame.outer is not None:
                self.number(frame.outer)
        return self.numbers[id(frame)]

    def reads(self, node: Any, scope: Any, parsed: Any) -> None:
        """Note a function that is read, with the frame it was made in: a method of a class there is parsed apart."""
        if all(node is not known or scope is not at for known, at, _ in self.seen):
            self.seen.append((node, scope, parsed))
            self.waiting.append((node, scope, parsed))

    def finish(self) -> None:
        """Follow what is read until nothing new is found."""
        while self.waiting:
            node, scope, parsed = self.waiting.pop()
            for name in sorted(free_names(syntax(node, parsed))):
                frame = scope
                while frame is not None and name not in self.lowerer.names_of(frame):
                    frame = frame.outer
                if frame is None:
                    continue
                names = self.found[self.number(frame)][1]
                if name not in names:
                    names[name] = None  # a function may read itself
                    names[name] = self.template(name, self.lowerer.names_of(frame)[name])

    def template(self, name: str, value: Value) -> Any:
        """Return what a value is inside of the lifted function."""
        if isinstance(value, LocalFunction):
            self.reads(value.node, value.scope, value.scope.parsed)
            defaults = tuple((key, self.template(key, default)) for key, default in value.defaults.items())
            return Template("inner", (value.name, value.node, self.number(value.scope), defaults))
        if isinstance(value, Struct) and value.kind == "cell":
            fields = self.lowerer.fields(value)
            return Template("cell", (name, self.template(name, fields[name]) if name in fields else None))
        if isinstance(value, Partial):
            kwargs = tuple((key, self.template(key, item)) for key, item in value.kwargs.items())
            args = tuple(self.template(f"{name}_{i}", item) for i, item in enumerate(value.args))
            return Template("given", (self.template(name, value.function), args, kwargs))
        if isinstance(value, Bound):
            return Template("method", (value.function, self.template(name, value.self_value)))
        if isinstance(value, Unjoinable):
            return value
        if isinstance(value, Const) and isinstance(value.type, Static):
            return Template("known", (value.type,))
        if isinstance(value, Transformed):
            return Template("derivative", (self.template(name, value.function), *value.how))
        if isinstance(value, Chosen):
            return Template(
                "chosen", tuple(self.template(name, part) for part in (value.test, value.then, value.orelse))
            )
        if isinstance(value, Struct) and self.lowerer.holds_function(value):
            raise Unsupported(f"{name!r} holds functions, and is read by a function of its own", self.call)
        if not isinstance(value, Expr | Struct):
            raise Unsupported(f"{name!r} cannot be an argument of a function of its own", self.call)
        for param, known in self.values.items():
            if known is value and param not in self.apart:
                return Template("passed", (param,))
        param, n = name, 2
        while param in self.values:
            param, n = f"{name}_{n}", n + 1
        self.values[param] = value
        return Template("passed", (param,))

    def assigned(self) -> tuple[tuple[int, str], ...]:
        """Return the cells that the functions assign: (number of the frame, name)."""
        found: dict[tuple[int, str], None] = {}
        for node, scope, parsed in self.seen:
            for name in nonlocals_of(syntax(node, parsed), deep=True):
                frame = scope
                while frame is not None and name not in self.lowerer.names_of(frame):
                    frame = frame.outer
                if frame is not None:
                    found[self.number(frame), name] = None
        return tuple(found)

    def frames(self) -> tuple[Scope, ...]:
        """Return the frames that are read."""
        made = []
        for frame, names in self.found:
            outer = None if frame.outer is None else self.number(frame.outer)
            made.append(Scope(frame.parsed, frame.function, outer, tuple(names.items())))
        return tuple(made)


def lifted_apart(
    lowerer: Any, node: Any, names: dict[str, Value], parsed: Any, function: Any, outer: Any, call: Any
) -> tuple[Lifted, dict[str, Value]]:
    """Return a function with all that it reads, and its arguments, which are differentiated.

    They are variables of their own: in `grad(lambda u: x * u)(x)` the `x` that is read is not the argument.
    """
    reader = _Reader(lowerer, call)
    reader.apart = frozenset(names)
    lifted, back = reader.lifted(node, names, parsed, function, outer)
    if back:
        raise Unsupported(
            f"the function that is differentiated here assigns {back[0][1]!r} of the function around it",
            call,
            "let it return what is new, as `aux`",
        )
    return lifted, reader.values


def enter_lifted(lowerer: Any, lifted: Lifted, args: list[tuple[str, Type]], optional: frozenset[str]) -> list[Var]:
    """Enter the body of a lifted function; return its parameters."""
    from s2sad.frontend.lower import Frame, with_dynamic

    params: list[Var] = []
    values: dict[str, Value] = {}
    lowerer.frames.append(Frame(lifted.parsed, lifted.function, State()))
    for name, given in args:
        type_ = with_dynamic(given, (lowerer.name, name), lowerer.unit.knowledge.dynamic)
        var = lowerer.argument(lifted, name, type_)
        if name in optional:
            lowerer.unit.optional.add(var)
            values[name] = var
        elif isinstance(type_, Static):
            values[name] = number(type_.value) if type(type_.value) is int else Const(type_.value, type_)
        else:
            values[name] = lowerer.load(var, name, (lowerer.name, name))
        lowerer.note_births(values[name], behind(lowerer.unit.knowledge.given.get(lifted, {}), name))
        params.append(var)
    lowerer.with_tables(values)
    frame = lowerer.rebuilt(lifted, values)
    frame.state.heap = lowerer.state.heap
    lowerer.frames[-1] = frame
    lowerer.open_cells(lifted.node, lifted.parsed)
    return params
