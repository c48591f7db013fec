"""Lowering of `try`: which arm is taken is known when the body has raised, or has not.

The body may stop anywhere. So the handler, and what follows it, may read nothing that the body has bound or written:
it is as if a body that raises had not begun. A program for which this is not so is refused.
"""

from __future__ import annotations

import builtins
import contextlib
import sys
from typing import Any

import libcst as cst

from s2sad.frontend.control import append_moves, leaves, put
from s2sad.frontend.exits import has_return, leaves_loop
from s2sad.frontend.inside import bound_names, walrus_in
from s2sad.frontend.values import BESIDE, HALFWAY, Poisoned, Relower, State, Struct, Unjoinable, Unsupported, Value
from s2sad.frontend.writes import changes_anything, does_more, is_new, is_write, writes_outside
from s2sad.ir.nodes import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Continue,
    Effect,
    Expr,
    Function,
    Move,
    Op,
    Raise,
    Return,
    Stmt,
    Try,
    Var,
    blocks_of,
    exprs_of,
    subexpressions,
    walk,
)
from s2sad.ir.types import Opaque, Scalar, Static

# what raises nothing
TOTAL = {"field", "build", "tuple", "list", "shape", "len", "copy", "to_tuple", "stop_gradient", "caught"}
SUMS = {"add", "subtract", "multiply", "negative", "positive", "absolute", "not"}
SUMS |= {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}
OVERFLOWS = {"OverflowError", "FloatingPointError", "ArithmeticError", "Exception", "BaseException"}
QUIET = Move | Return | Break | Continue | Raise
LEAVING = Return | Break | Continue | Raise


class Attempts:
    """Lowering of `try`, `except`, `else` and `finally`."""

    def stmt_Try(self: Any, node: cst.Try) -> None:
        if node.finalbody is None:
            self.attempt(node)
            return
        final = list(node.finalbody.body.body)
        if any(map(has_return, final)):
            raise Unsupported("a return behind `finally` swallows exceptions", node.finalbody, "return after the `try`")
        if any(map(leaves_loop, final)):
            raise Unsupported("a jump behind `finally` swallows exceptions", node.finalbody, "leave after the `try`")
        body = [node.with_changes(finalbody=None)] if node.handlers else list(node.body.body)
        lower = self.left if self.is_left(body) else self.between
        returned = lower(lambda: self.body_of(body), lambda: self.lower_block(final), node)
        if returned is not None:
            self.emit_return(returned)

    def attempt(self: Any, node: cst.Try) -> None:
        """`try` with its handlers."""
        if self.is_asked(node):
            self.attempt_apart(node)
            return
        errors = [self.errors_of(handler) for handler in node.handlers]
        forms = tuple(dict.fromkeys(form for group in errors for form in group))
        orelse = None if node.orelse is None else node.orelse.body.body
        self.tried(node.body, forms, lambda: self.handlers(list(node.handlers), errors), orelse, node)

    def guarded_value(self: Any, node: cst.Try) -> Value:
        """A `try` whose body returns, with a `finally`, in a function that is lowered in place."""
        body, final = list(node.body.body), list(node.finalbody.body.body)  # type: ignore[union-attr]
        return self.between(lambda: self.inline_block(body), lambda: self.lower_block(final), node)

    def attempted_value(self: Any, node: cst.Try) -> Value:
        """A `try` of which every arm returns or raises, in a function that is lowered in place."""
        errors = [self.errors_of(handler) for handler in node.handlers]
        forms = tuple(dict.fromkeys(form for group in errors for form in group))
        name = ".returned"

        def returned(statements: Any) -> None:
            value = self.inline_block(list(statements))
            if not self.state.ended:
                self.state.names[name] = value

        self.tried(node.body, forms, lambda: self.handlers(list(node.handlers), errors, returned), None, node, returned)
        if self.state.ended:
            return Const(None)
        return self.usable(self.state.names.pop(name), "the result of this call", node)

    def tried(
        self: Any, body: Any, forms: tuple[str, ...], handle: Any, orelse: Any, node: Any, lower: Any = None
    ) -> None:
        """Lower a body, what is done if it raises one of some errors, and what is done if it does not."""
        self.follow_attempts()
        if self.raises_nothing(body, lower):
            if orelse is not None and not self.state.ended:
                self.lower_block(orelse)
            return
        origin = self.origin(node, "try:")
        flag = Var("succeeded", Scalar("bool"), join=True)
        before, after_body, after_handler = leaves(self.state), State(), State()

        def attempted() -> None:
            nonlocal after_body
            self.builder.block.append(Move((flag,), (Const(True, Scalar("bool")),), origin))
            self.trying += 1
            try:
                (lower or self.lower_block)(body.body)
            finally:
                self.trying -= 1
            after_body = self.state.copy()
            self.mark_tried(self.builder.block)
            self.check_writes(self.builder.block, forms, node)
            if orelse is not None and not self.state.ended:
                self.lower_block(orelse)

        def handled() -> None:
            nonlocal after_handler
            self.builder.block.append(Move((flag,), (Const(False, Scalar("bool")),), origin))
            self.forget_halfway(body, before, after_body)
            handle()
            after_handler = self.state

        self.branch(flag, attempted, handled, origin)
        made = self.builder.block.pop()
        self.builder.block.append(Try(flag, forms, made.then, made.orelse, origin))
        if not (after_body.ended or after_handler.ended):
            self.tell_outcome(self.builder.block[-1], after_body, after_handler)

    def follow_attempts(self: Any) -> None:
        """See to it that it is known from the start that exceptions are caught."""
        if "attempts" not in self.unit.knowledge.followed:
            self.unit.knowledge.followed.add("attempts")
            raise Relower

    def raises_nothing(self: Any, body: Any, lower: Any) -> bool:
        """Lower a body in place if nothing in it can raise, as where the key of a dict is known; return whether."""
        if calls_something(body):
            return False
        before, problems = self.state.copy(), list(self.unit.problems)
        self.trying += 1
        try:
            block = self.in_block(lambda: (lower or self.lower_block)(body.body))
        finally:
            self.trying -= 1
        quiet = not any(isinstance(s, Raise) or (isinstance(s, Assign) and may_raise(s.value)) for s in walk(block))
        if quiet and self.unit.problems == problems:
            self.builder.block.extend(block)
            return True
        self.state = before
        self.unit.problems[:] = problems
        return False

    def tell_outcome(self: Any, stmt: Try, body: State, handler: State) -> None:
        """What the body has bound is what it was where a name is asked that it sets to True, and the handler to False.

        That is how the derivative of a `try` asks.
        """
        for name, value in self.state.names.items():
            left, right = body.names.get(name), handler.names.get(name)
            if isinstance(left, Const) and left.value is True and isinstance(right, Const) and right.value is False:
                self.unit.outcomes[value] = stmt.flag
            if isinstance(value, Unjoinable) and isinstance(right, Unjoinable) and right.why == HALFWAY:
                if isinstance(left, Expr) and not isinstance(left.type, Static):
                    made = Var(name, left.type, join=True, user=True)
                    self.unit.partial.add(made)
                    if left in self.unit.outcomes:
                        self.unit.outcomes[made] = self.unit.outcomes[left]
                    append_moves(stmt.then, [(made, left)], stmt.origin)
                    left = made
                self.state.names[name] = Unjoinable(HALFWAY, value=left, outcome=stmt.flag, hint=BESIDE)

    def errors_of(self: Any, handler: cst.ExceptHandler) -> tuple[str, ...]:
        """Return how generated code names the classes that a handler catches."""
        if handler.type is None:
            return ("BaseException",)
        value = self.expression(handler.type)
        found = list(self.fields(value).values()) if isinstance(value, Struct) else [value]
        return tuple(self.error_form(self.error_class(item, handler.type), handler.type) for item in found)

    def error_class(self: Any, value: Value, node: Any) -> Any:
        """Return a class of exceptions."""
        cls = self.known(value)
        if not isinstance(cls, type) or not issubclass(cls, BaseException):
            raise Unsupported("the class of an exception must be known when code is generated", node)
        return cls

    def error_form(self: Any, cls: Any, node: Any) -> str:
        """Return how generated code names a class of exceptions."""
        name: str = cls.__name__
        if getattr(builtins, name, None) is cls:
            return name
        form = self.importable(cls, node)
        if form is None and getattr(sys.modules.get("__main__"), name, None) is cls:
            return f"__main__:{name}"
        if form is None:
            raise Unsupported(
                f"generated code cannot import {cls.__name__}",
                node,
                "define the exception at the top level of a module",
            )
        return str(form)

    def forget_halfway(self: Any, body: Any, before: dict[Any, Value], after: State) -> None:
        """What the body may have bound is not known where it has raised."""
        found = leaves(after)
        names = {name for statement in before_the_end(list(body.body)) for name in bound_names(statement)}
        changed = {key for key in {**before, **found} if found.get(key) is not before.get(key)}
        for key in changed | names:
            if isinstance(key, tuple) and key[0] not in self.state.heap:
                continue  # of a structure that the body has made
            if isinstance(key, str) and key not in names:
                continue  # bound by what raised, or after it
            put(self.state, key, Unjoinable(HALFWAY, hint=BESIDE))

    def handlers(self: Any, clauses: list[Any], errors: list[tuple[str, ...]], lower: Any = None) -> None:
        """Lower the handlers: the first that names the class of the exception."""
        caught = Var("error", Opaque("an exception"))
        self.builder.block.append(Assign(caught, Op("caught", (), caught.type), self.builder.origin))

        def one(clause: Any) -> None:
            name = None if clause.name is None else clause.name.name.value
            if name is not None:
                self.state.names[name] = caught
                if not caught.user:
                    caught.name = name
            (lower or self.lower_block)(clause.body.body)
            if name is not None:
                self.state.names.pop(name, None)

        def first_of(at: int) -> None:
            if at == len(clauses) - 1:
                one(clauses[at])
                return
            test = Op("isinstance", (caught,), Scalar("bool"), {"errors": Const(errors[at])})
            arms = (lambda: one(clauses[at]), lambda: first_of(at + 1))
            self.branch(self.builder.bind(test, "is_error"), *arms, self.builder.origin)

        first_of(0)

    def tried_attribute(self: Any, value: Value, name: str, node: Any) -> tuple[Value, bool | None]:
        """Return an attribute that is computed, and whether it is there; None where that depends on data."""
        self.follow_attempts()
        before, problems, made = self.state.copy(), list(self.unit.problems), None

        def attempt() -> None:
            nonlocal made
            with contextlib.suppress(Poisoned):
                made = self.attribute(value, name, node)

        self.trying += 1
        try:
            block = self.in_block(attempt)
        finally:
            self.trying -= 1
        raised = [stmt for stmt in walk(block) if isinstance(stmt, Raise)]
        calls = [stmt for stmt in walk(block) if isinstance(stmt, Assign) and isinstance(stmt.value, Call)]
        if made is not None and not raised and not calls:
            self.builder.block.extend(block)
            return made, True
        never = self.state.ended and raised == block[-1:] and is_attribute_error(block[-1])
        self.state = before
        self.unit.problems[:] = problems
        return None, False if never and not changes_anything(block[:-1]) else None

    def missing(
        self: Any, error: str, key: Any, message: str, node: Any, hint: str = "", *, certain: bool = False
    ) -> Exception:
        """Return what to raise where an item is not there: the program's own exception, where it may be caught.

        It is `certain` that it is meant where the other arm of a test on a class has the item.
        """
        if not self.trying and not certain:
            return Unsupported(message, node, hint)
        value = Op("exception", (Const(key),), Static("exception"), {}, error)
        self.builder.block.append(Raise(value, self.builder.origin))
        self.state.ended = True
        return Poisoned()

    # --- the body ---------------------------------------------------------------------------------------------
    def mark_tried(self: Any, block: Block) -> None:
        """Mark the end of a body, and of each block in it: what it computes may raise, and so must be computed."""
        for stmt in block:
            for inner in blocks_of(stmt):
                self.mark_tried(inner)
        made = [s.target for s in block if isinstance(s, Assign) and may_raise(s.value)]
        at = len(block) - 1 if block and isinstance(block[-1], LEAVING) else len(block)
        block.insert(at, Effect(Op("tried", tuple(made), Static(None)), self.builder.origin))

    def check_writes(self: Any, block: Block, forms: tuple[str, ...], node: Any) -> None:
        """Refuse a body that writes what was there before it, and may raise then: how far it came is not known.

        A write is done as a whole, or not at all; so is a `pop`. What leaves the handlers aside leaves this function.
        """
        own: set[Any] = set()
        for stmt in walk(block):
            if isinstance(stmt, Assign) and is_new(stmt.value, own):
                own.add(stmt.target)
        if any(runs_at_last(stmt) and (writes_outside(stmt, own) or does_more(stmt)) for stmt in walk(block)):
            message = (
                "what is done behind `finally`, or when a context is left, writes what was there before this `try`"
            )
            raise Unsupported(f"{message}, also if the body raises", node, "write it after the `try`")
        at = next((i for i, stmt in enumerate(block) if writes_outside(stmt, own)), len(block))
        rest = block[at + 1 :] if at < len(block) and is_pop(block[at]) else block[at:]
        if not all(isinstance(stmt, QUIET) or is_write(stmt) or is_quiet(stmt, forms) for stmt in rest):
            raise Unsupported(
                "the body of this `try` writes what was there before it: how much of it, is not known if it raises",
                node,
                "compute in the body, and write behind `else`",
            )


def is_attribute_error(stmt: Stmt) -> bool:
    """Return whether a statement raises an AttributeError."""
    return isinstance(stmt, Raise) and isinstance(stmt.value, Op) and stmt.value.form == "AttributeError"


def before_the_end(statements: list[Any]) -> list[Any]:
    """Return the statements of a body after which something may raise, compound ones that may raise themselves too.

    A simple statement that raises binds nothing.
    """
    while statements and raises_nothing(statements[-1]):
        statements.pop()
    last = statements[-1] if statements else None
    if isinstance(last, cst.SimpleStatementLine) and len(last.body) == 1 and binds_at_once(last.body[0]):
        statements.pop()
    return statements


def calls_something(node: Any) -> bool:
    """Return whether there is a call or a loop in a piece of a program."""
    return isinstance(node, cst.Call | cst.For | cst.While) or any(map(calls_something, node.children))


def binds_at_once(small: Any) -> bool:
    """Return whether a simple statement that raises has bound nothing: it has one target, of names alone."""
    if walrus_in(small):
        return False
    if not isinstance(small, cst.Assign):
        return True
    target = small.targets[0].target
    parts = [element.value for element in target.elements] if isinstance(target, cst.Tuple | cst.List) else [target]
    plain = all(isinstance(part, cst.Name) for part in parts)
    return len(small.targets) == 1 and (plain or len(parts) == 1)


def raises_nothing(statement: Any) -> bool:
    """Return whether a statement does no more than count, or give a name to what has one."""
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    return all(_counts(small) for small in statement.body)


def _counts(small: Any) -> bool:
    plain = cst.Name | cst.BaseNumber | cst.SimpleString
    if isinstance(small, cst.Pass | cst.Break | cst.Continue):
        return True
    if isinstance(small, cst.AugAssign) and isinstance(small.target, cst.Name):
        additive = isinstance(small.operator, cst.AddAssign | cst.SubtractAssign | cst.MultiplyAssign)
        return additive and isinstance(small.value, cst.BaseNumber)
    if isinstance(small, cst.Assign) and all(isinstance(t.target, cst.Name) for t in small.targets):
        return isinstance(small.value, plain)
    return False


def may_raise(value: Expr) -> bool:
    """Return whether an exception may come of a value: if so, it is computed though nobody reads it."""
    return not isinstance(value, Op) or value.name not in TOTAL


def is_quiet(stmt: Stmt, forms: tuple[str, ...]) -> bool:
    """Return whether a statement computes, and raises none of these errors: sums of numbers overflow at most."""
    if not isinstance(stmt, Assign) or not isinstance(stmt.value, Op):
        return False
    parts = [part for part in subexpressions(stmt.value) if isinstance(part, Op)]
    if not all(isinstance(part.type, Scalar) and part.name in (*SUMS, *TOTAL) for part in parts):
        return False
    return not any(form in OVERFLOWS for form in forms)


def runs_at_last(stmt: Stmt) -> bool:
    """Return whether a statement is done when a body is left, be it by an exception."""
    return stmt.origin is not None and any(context.kind == "finally" for context in stmt.origin.contexts)


def is_pop(stmt: Stmt) -> bool:
    """Return whether a statement takes an item out of a list: there is one, or it raises."""
    value = stmt.value if isinstance(stmt, Assign | Effect) else None
    return isinstance(value, Op) and value.name == "pop"


def mark_unread(function: Function) -> None:
    """Mark what a function computes for nobody: that it raises may be all that is asked of it."""
    read = {var for stmt in walk(function.body) for expr in exprs_of(stmt) for var in subexpressions(expr)}
    _mark_unread(function.body, read)


def _mark_unread(block: Block, read: set[Any]) -> None:
    marks = []
    for i, stmt in enumerate(block):
        for inner in blocks_of(stmt):
            _mark_unread(inner, read)
        if isinstance(stmt, Assign) and stmt.target not in read and may_raise(stmt.value):
            marks.append((i + 1, Effect(Op("tried", (stmt.target,), Static(None)), stmt.origin)))
    for at, mark in reversed(marks):
        block.insert(at, mark)
