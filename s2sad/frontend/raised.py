"""Handlers that ask what an exception holds: `except Negative as e: s += e.value`.

What it holds may depend on what is differentiated, so it is a value of the program. Where the exception is raised is
known then: the handler stands there, and what is left of the body in the other arm.

    try:
        if v < 0.0:                          if v < 0.0:
            raise Negative("low", v * v)         value = v * v
        s += v                        ->         s += value
    except Negative as e:                    else:
        s += e.value                             s += v

All else that raises such an exception has to be refused, or known not to be there.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import libcst as cst

from s2sad.frontend.exits import SIMPLE
from s2sad.frontend.values import Struct, Unsupported, Value
from s2sad.ir.nodes import Call, Const, Function, Raise, exprs_of, subexpressions, walk

MAY_RAISE = cst.Call | cst.Subscript | cst.Divide | cst.DivideAssign | cst.FloorDivide | cst.FloorDivideAssign
MAY_RAISE |= cst.Modulo | cst.ModuloAssign | cst.Power | cst.PowerAssign | cst.For | cst.With | cst.Assert | cst.Await

INSIDE = "an exception is raised in a function that is called here, and a handler asks what it holds"


@dataclass(eq=False, slots=True)
class Catcher:
    """A `try` that is being lowered: the function it stands in, its handlers, the classes each of them catches."""

    frame: Any
    handlers: list[Any]
    classes: list[tuple[type, ...]]


class Raised:
    """Lowering of `try` whose handlers ask what an exception holds."""

    def is_asked(self: Any, node: cst.Try) -> bool:
        """Return whether a handler asks what the exception holds, and it is known where it is raised."""
        if not any(asks(handler) for handler in node.handlers):
            return False
        own = all(is_own(cls) for group in self.caught_classes(node) for cls in group)
        body = list(node.body.body)
        again = any(map(raises_again, node.handlers))
        return raises_plainly(body) and not again and (own or not any(map(may_raise, body)))

    def caught_classes(self: Any, node: cst.Try) -> list[tuple[type, ...]]:
        """Return the classes that each handler catches."""
        found = []
        for handler in node.handlers:
            value = Const(BaseException) if handler.type is None else self.expression(handler.type)
            items = list(self.fields(value).values()) if isinstance(value, Struct) else [value]
            found.append(tuple(self.error_class(item, handler) for item in items))
        return found

    def attempt_apart(self: Any, node: cst.Try) -> None:
        """Lower a body with the handlers where exceptions are raised in it."""
        outer = self.catchers
        catcher = Catcher(self.frame, list(node.handlers), self.caught_classes(node))
        orelse = () if node.orelse is None else node.orelse.body.body

        def rest() -> None:
            self.uncaught(outer, lambda: self.lower_block(orelse))

        self.uncaught([*outer, catcher], lambda: self.up_to_raise(list(node.body.body), rest))

    def uncaught(self: Any, catchers: list[Catcher], action: Callable[[], None]) -> None:
        """Lower what is behind a `try`: with what may catch there."""
        before, self.catchers = self.catchers, catchers
        try:
            action()
        finally:
            self.catchers = before

    def up_to_raise(self: Any, statements: list[Any], rest: Callable[[], None]) -> None:
        """Lower statements, and what comes after them unless they raise."""
        for i, statement in enumerate(statements):
            if not has_raise(statement):
                self.lower_statement(statement)
                if self.state.ended:
                    return
                continue
            if isinstance(statement, cst.If):
                self.split_at(statement, lambda body: self.up_to_raise(body, rest), statements[i + 1 :])
                return
            *before, last = statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]
            for small in before:
                self.simple(small)
            self.builder.origin = self.origin(statement, self.code(last))
            self.guarded(last, lambda: self.caught_here(last))  # noqa: B023
            return
        rest()

    def caught_here(self: Any, node: cst.Raise) -> None:
        """Make the exception that is raised, and lower the first handler that catches it."""
        called = node.exc if isinstance(node.exc, cst.Call) else None
        cls = self.error_class(self.expression(node.exc if called is None else called.func), node)
        *outer, catcher = self.catchers
        at = next((i for i, classes in enumerate(catcher.classes) if issubclass(cls, classes)), None)
        if at is None:
            self.uncaught(outer, lambda: self.small_Raise(node))
            return
        args, kwargs = ([], {}) if called is None else self.call_arguments(called)
        made = self.made_error(cls, args, kwargs, node)
        handler = catcher.handlers[at]
        name = None if handler.name is None else handler.name.name.value

        def handle() -> None:
            if name is not None:
                self.state.names[name] = made
            self.lower_block(handler.body.body)
            if name is not None:
                self.state.names.pop(name, None)

        self.uncaught(outer, handle)

    def made_error(self: Any, cls: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Struct:
        """Make an exception: its arguments, then what its `__init__` does."""
        made: Struct = self.struct("object", {}, cls=cls)
        self.fields(made)["args"] = self.struct("tuple", dict(enumerate(args)))
        if isinstance(cls.__init__, types.FunctionType):
            self.initialise(cls.__init__, made, args, kwargs, node)
        return made

    def check_caught(self: Any, node: Any, made: Function | None = None) -> None:
        """Refuse what may raise in a called function where a handler asks what the exception holds."""
        if not self.catchers or (made is not None and not raises(made, set())):
            return
        if made is not None or self.catchers[-1].frame is not self.frame:
            raise Unsupported(INSIDE, node, "raise it in the body of the `try`, or return a value that says so")


def raises(function: Function, seen: set[Function]) -> bool:
    """Return whether a lowered function, or one that it calls, raises."""
    if function in seen:
        return False
    seen.add(function)
    for stmt in walk(function.body):
        called = [part.function for e in exprs_of(stmt) for part in subexpressions(e) if isinstance(part, Call)]
        if isinstance(stmt, Raise) or any(raises(inner, seen) for inner in called):
            return True
    return False


def is_own(cls: type) -> bool:
    """Return whether an exception is of the user's: nothing but `raise` raises it."""
    return cls.__module__ != "builtins"


def asks(handler: cst.ExceptHandler) -> bool:
    """Return whether a handler reads an attribute of the exception."""
    name = None if handler.name is None else handler.name.name.value  # type: ignore[union-attr]
    return name is not None and reads_attribute(handler.body, name)


def reads_attribute(node: Any, name: str) -> bool:
    """Return whether an attribute of a name is read in a piece of a program."""
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name) and node.value.value == name:
        return True
    return any(reads_attribute(child, name) for child in node.children)


def has_raise(node: Any) -> bool:
    """Return whether there is a `raise` in a piece of a program."""
    if isinstance(node, cst.Raise):
        return True
    return not isinstance(node, cst.FunctionDef | cst.BaseExpression) and any(map(has_raise, node.children))


def raises_again(handler: Any) -> bool:
    """Return whether a handler raises what it has caught, or hands it on with another."""
    if isinstance(handler, cst.Raise):
        return handler.cause is not None or not isinstance(handler.exc, cst.Call)
    return not isinstance(handler, cst.FunctionDef | cst.BaseExpression) and any(map(raises_again, handler.children))


def raises_plainly(statements: list[Any]) -> bool:
    """Return whether all that is raised is raised in straight lines and branches."""
    for statement in statements:
        if not has_raise(statement) or isinstance(statement, SIMPLE):
            continue
        if not isinstance(statement, cst.If):
            return False
        orelse = statement.orelse
        other = [] if orelse is None else [orelse] if isinstance(orelse, cst.If) else list(orelse.body.body)
        if not raises_plainly([*statement.body.body, *other]):
            return False
    return any(map(has_raise, statements))


def may_raise(node: Any) -> bool:
    """Return whether a piece of a program may raise one of Python's own exceptions, but where it says `raise`."""
    if isinstance(node, cst.Raise):
        return any(map(may_raise, node.exc.args)) if isinstance(node.exc, cst.Call) else False
    return isinstance(node, MAY_RAISE) or any(map(may_raise, node.children))
