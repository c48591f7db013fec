"""Lowering of `with`: modes of libraries, the user's own context managers by their source; and of `finally`.

A mode of a library (`np.errstate`, `warnings.catch_warnings`) changes no value. It is noted with each statement that
runs in it, and the emitter writes `with` around those, in the derivative as in the primal.

A manager of the user's is what it does: `__enter__`, the body, `__exit__`; of a generator with `@contextmanager` what
stands before and after its `yield`. What leaves the body stands behind `finally` if it changes anything but names.
"""

from __future__ import annotations

import contextlib
import inspect
import types
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import libcst as cst
import numpy as np

from s2sad.frontend.exits import has_return, leaves_loop, returns_at_tail_of
from s2sad.frontend.inside import names_read
from s2sad.frontend.prelude import standing_for
from s2sad.frontend.values import POISON, UNKNOWN, Generator, Struct, Unsupported, Value
from s2sad.frontend.writes import is_new
from s2sad.ir.nodes import Assign, Block, Const, Context, Effect, Op, SetField, Store, reads, targets_of, walk
from s2sad.ir.types import Static
from s2sad.rules.core import is_pure

MODES = {np.errstate: "np", np.printoptions: "np", warnings.catch_warnings: "warnings"}
SET_MODES = {warnings.simplefilter: "warnings.simplefilter", warnings.filterwarnings: "warnings.filterwarnings"}
AFTER = "return after the `with`"


@dataclass(eq=False, slots=True)
class Manager:
    """What a function with `@contextmanager` returns: its generator, not yet entered."""

    function: Value
    args: list[Any]
    kwargs: dict[str, Any]


@dataclass(eq=False, slots=True)
class Final:
    """What is done when a body is left: the function and the loops and modes it stands in."""

    frame: Any
    loops: int
    contexts: int
    close: Callable[[], None]
    node: Any


def made_manager(lowerer: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Manager:
    """Call a nested function with `@contextmanager`."""
    return Manager(args[0], args[1:], kwargs)


MADE_MANAGER = standing_for("contextmanager", made_manager)


class Contexts:
    """Lowering of statements that do something before and after others."""

    def stmt_With(self: Any, node: cst.With) -> None:
        if node.asynchronous is not None:
            raise Unsupported("`async with` is not accepted", node, "enter the context around the call")
        returned = self.inside_with(list(node.items), list(node.body.body), node)
        if returned is not None:
            self.emit_return(returned)

    def inside_with(self: Any, items: list[Any], body: list[Any], node: Any) -> Any:
        """Lower what stands below some managers; return what the body returns, if the function ends with it."""
        if not items:
            return self.body_of(body)
        inside: Callable[[], Any] = lambda: self.inside_with(items[1:], body, node)  # noqa: E731
        item, name = items[0].item, items[0].asname
        mode = self.mode(item, body, node)
        if mode is not None:
            if name is not None:
                raise Unsupported("the name of a mode of a library is not accepted", name)
            return self.in_mode(mode, inside)
        if isinstance(item, cst.Call) and isinstance(item.func, cst.Name | cst.Attribute):
            called = self.known(self.expression(item.func))
            if called is contextlib.suppress and name is None and len(items) == 1:
                return self.suppressed([arg.value for arg in item.args], body, node)
            if called is contextlib.nullcontext:
                value = self.expression(item.args[0].value)
                if name is not None:
                    self.assign(name.name, value)
                return inside()
        manager = self.expression(item)
        target = None if name is None else name.name
        if isinstance(manager, Manager):
            self.check_jumps(body, node)
            return self.in_generator(manager, target, inside, node)
        if isinstance(manager, Struct) and manager.kind == "object":
            return self.in_object(manager, target, inside, item, self.is_left(body))
        raise Unsupported("this context manager is not followed", item, "enter it around the call of the derivative")

    def body_of(self: Any, body: list[Any]) -> Value | None:
        """Lower the statements in the middle; return what they return, which is handed on after what follows them."""
        if not any(map(has_return, body)):
            self.lower_block(body)
            return None
        if not self.guards or not self.guards[-1]:
            self.lower_block(body)
            return None
        if self.finals and self.finals[-1].frame is self.frame and not self.frame.inline:
            self.lower_block(body)
            return None
        if not returns_at_tail_of(body):
            where = next(statement for statement in body if has_return(statement))
            raise Unsupported("a return that leaves only some paths through this body is not accepted", where, AFTER)
        return self.inline_block(body)

    def suppressed(self: Any, classes: list[Any], body: list[Any], node: Any) -> None:
        """`with contextlib.suppress(...)`: a `try` whose handler does nothing."""
        errors = tuple(self.error_form(self.error_class(self.expression(cls), node), node) for cls in classes)
        self.tried(node.body, errors, lambda: None, None, node)

    # --- modes of libraries -----------------------------------------------------------------------------------
    def mode(self: Any, item: Any, body: list[Any], node: Any) -> Context | None:
        """Return the mode of a library that a manager sets; None for other managers."""
        if not isinstance(item, cst.Call):
            return None
        called = self.known(self.expression(item.func))
        if called is contextlib.nullcontext and not item.args:
            return Context("mode")
        if called is contextlib.nullcontext or called is contextlib.suppress:
            return None
        if called not in MODES:
            return None
        words = [self.word(arg) for arg in item.args]
        name = f"{MODES[called]}.{called.__name__}"
        lines: list[str] = []
        while called is warnings.catch_warnings and body and (line := self.filter_line(body[0])):
            lines.append(line)
            body.pop(0)
        comments = tuple(line.comment.value for line in node.leading_lines if line.comment is not None)
        return Context("mode", f"{name}({', '.join(words)})", MODES[called], tuple(lines), comments)

    def word(self: Any, arg: cst.Arg) -> str:
        """Return the text of a constant argument."""
        value = self.known(self.expression(arg.value))
        if value is UNKNOWN or arg.star:
            raise Unsupported("the arguments of a mode must be known when code is generated", arg)
        if arg.keyword is not None and arg.keyword.value == "record" and value:
            raise Unsupported("warnings that are recorded are not accepted", arg, "catch them around the call")
        plain = isinstance(arg.value, cst.SimpleString) or isinstance(value, type)
        text = self.code(arg.value) if plain else repr(value)
        return text if arg.keyword is None else f"{arg.keyword.value}={text}"

    def filter_line(self: Any, statement: Any) -> str | None:
        """Return a statement that sets a filter of warnings as text."""
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            return None
        call = statement.body[0].value if isinstance(statement.body[0], cst.Expr) else None
        if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute | cst.Name):
            return None
        called = self.known(self.expression(call.func))
        if called not in SET_MODES:
            return None
        return f"{SET_MODES[called]}({', '.join(map(self.word, call.args))})"

    def in_mode(self: Any, mode: Context, inside: Callable[[], Any]) -> Any:
        """Lower statements that run in a mode."""
        if not mode.text:
            return inside()
        self.contexts.append(mode)
        try:
            return inside()
        finally:
            self.contexts.pop()

    # --- managers of the user's -------------------------------------------------------------------------------
    def in_object(self: Any, manager: Struct, target: Any, inside: Callable[[], Any], node: Any, is_left: bool) -> Any:
        """`__enter__`, the body, `__exit__`."""
        enter, leave = (self.member(manager.cls, name) for name in ("__enter__", "__exit__"))
        if not isinstance(enter, types.FunctionType) or not isinstance(leave, types.FunctionType):
            raise Unsupported("this object is no context manager that can be followed", node)
        self.check_unasked(leave, node)
        given = self.call_function(enter, [manager], {}, node)
        if target is not None:
            self.assign(target, given)

        def close() -> None:
            swallows = self.call_function(leave, [manager, Const(None), Const(None), Const(None)], {}, node)
            if self.known(swallows) not in (None, False):
                raise Unsupported(
                    "this context manager may swallow an exception: what its __exit__ returns is not None", node
                )

        return self.left(inside, close, node) if is_left else self.between(inside, close, node)

    def check_unasked(self: Any, leave: types.FunctionType, node: Any) -> None:
        """Refuse an `__exit__` that asks for the exception: what it does then is not what it does without one."""
        from s2sad.frontend.lower import parse

        code = leave.__code__
        count = code.co_argcount + bool(code.co_flags & inspect.CO_VARARGS)
        if set(code.co_varnames[1:count]) & set(names_read(parse(leave).node.body)):
            raise Unsupported("the __exit__ of this context manager asks for the exception", node, "use try and except")

    def managed(self: Any, function: types.FunctionType, args: list[Value], kwargs: dict[str, Value]) -> Manager | None:
        """Return the manager that a function with `@contextmanager` makes; None for other functions."""
        if function.__code__.co_filename != contextlib.__file__ or not hasattr(function, "__wrapped__"):
            return None
        wrapped = function.__wrapped__
        return Manager(Const(wrapped, Static(wrapped)), args, kwargs)

    def in_generator(self: Any, manager: Manager, target: Any, inside: Callable[[], Any], node: Any) -> Any:
        """What stands before the `yield`, the body, what stands after it."""
        found: list[Any] = []
        consumer, outer_loops, block = self.frame, self.loops, self.builder.block

        def at_yield(value: Value) -> None:
            if found:
                raise Unsupported("the generator of this context manager yields more than once", node)
            if self.builder.block is not block:
                raise Unsupported("a context manager that yields in a branch or loop is not accepted", node)
            frame, loops = self.frame, self.loops
            self.switch(consumer)
            self.loops = outer_loops
            try:
                if target is not None:
                    self.assign(target, value)
                value = self.guarded(node, inside)
                found.append(None if value is POISON else value)
            finally:
                self.loops = loops
                self.switch_back(frame, consumer)

        generator = self.call_function(manager.function, manager.args, manager.kwargs, node)
        if not isinstance(generator, Generator):
            raise Unsupported("this context manager is not made by a generator", node)
        self.run_generator(generator, at_yield, block, node)
        if not found:
            raise Unsupported("the generator of this context manager yields on some paths only", node)
        return found[0]

    # --- finally ----------------------------------------------------------------------------------------------
    def between(self: Any, inside: Callable[[], Any], close: Callable[[], None], node: Any) -> Any:
        """Lower a body and what is done when it is left, be it by an exception."""
        body, final = Context(""), Context("")
        begin = len(self.builder.block)
        self.contexts.append(body)
        self.guards.append(True)
        try:
            value = inside()
        finally:
            self.guards.pop()
            self.contexts.pop()
        if self.state.ended:
            raise Unsupported("every path through this body leaves it by an exception", node)
        start = len(self.builder.block)
        self.contexts.append(final)
        try:
            self.builder.origin = self.origin(node, "")
            close()
        finally:
            self.contexts.pop()
        if changes_more_than_names(self.builder.block[start:]):
            self.check_final(self.builder.block[begin:start], self.builder.block[start:], node)
            body.kind, final.kind, final.partner = "try", "finally", body
        self.builder.origin = self.origin(node, self.code(node).split("\n")[0])
        return value

    def is_left(self: Any, body: list[Any]) -> bool:
        """Return whether a `break` or `continue` leaves a body, or a `return` on some paths through it."""
        partly = any(map(has_return, body)) and not returns_at_tail_of(body)
        return any(map(leaves_loop, body)) or (partly and not self.frame.inline)

    def left(self: Any, inside: Callable[[], Any], close: Callable[[], None], node: Any) -> Any:
        """Lower a body that jumps leave, and what is done then: before each jump, and at its end."""
        outer, final = self.finals, Final(self.frame, len(self.loops), len(self.contexts), close, node)
        self.finals = [*outer, final]
        self.guards.append(True)
        try:
            value = inside()
        finally:
            self.guards.pop()
            self.finals = outer
        if not self.state.ended:
            self.closed(final)
        return value

    def leave_bodies(self: Any, loops: int) -> None:
        """Before a jump: do what is done when the bodies are left that this function entered in so many loops."""
        finals, origin = self.finals, self.builder.origin
        try:
            while self.finals and self.finals[-1].frame is self.frame and self.finals[-1].loops >= loops:
                *self.finals, final = self.finals
                if not self.state.ended:
                    self.closed(final)
        finally:
            self.finals, self.builder.origin = finals, origin

    def closed(self: Any, final: Final) -> None:
        """Lower what is done when a body is left. Where the body raises it is not done: nobody may see that."""
        start, contexts = len(self.builder.block), self.contexts
        self.contexts = contexts[: final.contexts]
        self.builder.origin = self.origin(final.node, "")
        try:
            final.close()
        finally:
            self.contexts = contexts
        if any(map(self.is_seen, walk(self.builder.block[start:]))):
            jumps = "a `break`, `continue` or `return`"
            message = f"what is done when this body is left is seen outside, and {jumps} leaves it"
            raise Unsupported(message, final.node, "set a flag, and leave after it")

    def is_seen(self: Any, stmt: Any) -> bool:
        """Return whether an effect is seen when the function has raised: what it made itself is gone."""
        value = getattr(stmt, "value", None)
        if isinstance(value, Op) and value.name in ("append", "pop"):
            return not self.sites_of(value.args[0])
        if isinstance(stmt, Store):
            made = self.builder.definitions.get(stmt.base)
            return not (self.sites_of(stmt.base) or (made is not None and is_new(made, set())))
        return changes_more_than_names([stmt])

    def check_final(self: Any, body: Block, final: Block, node: Any) -> None:
        """Refuse what is done at the end if it reads what the body binds: that may have another value if it raises."""
        made = {target for stmt in walk(body) for target in targets_of(stmt)}
        found = next((var for stmt in walk(final) for var in reads(stmt) if var in made), None)
        if found is not None:
            message = f"what is done when this body is left reads {found.name!r}, which the body assigns"
            raise Unsupported(f"{message}: what it is if the body raises is not known", node, "do it after the body")

    def check_jumps(self: Any, body: Any, node: Any) -> None:
        """Refuse a body that a `break` or `continue` leaves."""
        if any(map(leaves_loop, body)):
            raise Unsupported("a `break` or `continue` that leaves this body is not accepted", node, "set a flag")


def changes_more_than_names(block: Block) -> bool:
    """Return whether statements have an effect that is seen where their names are not."""
    return any(
        isinstance(stmt, Store | SetField | Effect) or (isinstance(stmt, Assign) and not is_pure(stmt.value))
        for stmt in walk(block)
    )
