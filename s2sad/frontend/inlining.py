"""Functions that are lowered where they are called: which, and how."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from s2sad.errors import SourceError
from s2sad.frontend.exits import SIMPLE, has_return, is_guarded, returns_at_tail
from s2sad.frontend.models import MAKING, is_ours
from s2sad.frontend.values import (
    Relower,
    State,
    Struct,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import (
    Const,
    Expr,
    Origin,
    Var,
)
from s2sad.rules.builder import number
from s2sad.rules.core import TABLE

SMALL = 6  # statements of a function that is inlined
INLINED = 12  # statements it may come to with the small functions that it calls
ONCE = 3  # how much longer a function may be that is called from one place only
DEEPEST = 40  # functions lowered in place, one in the other
DESCENTS = 256  # calls of itself that are lowered in place, in a function whose ints must be known


class Inlining:
    """Lowering the body of a function in place."""

    def should_inline(self: Any, function: types.FunctionType, node: Any, names: dict[str, Value]) -> bool:
        knowledge = self.unit.knowledge
        if function in knowledge.recursive:
            return False
        if ("inline", function) in knowledge.dynamic:
            return True
        if function in MAKING:
            return True
        of_ours = is_ours(function.__code__.co_filename)
        if any(self.holds_function(value) or self.holds_library(value, not of_ours) for value in names.values()):
            return True
        if is_small(node) and self.weight(function) <= INLINED:
            return True
        once = is_small(node, ONCE * SMALL) and self.calls_of(function) == 1
        return once and self.weight(function, limit=ONCE * SMALL) <= ONCE * INLINED

    def calls_of(self: Any, function: types.FunctionType) -> int:
        """Return from how many places a function is called, in all functions that can be reached."""
        from s2sad.frontend.lower import parse

        unit = self.unit
        if unit.calls is None:
            unit.calls = {}
            seen, stack = {unit.function}, [unit.function]
            while stack:
                try:
                    parsed = parse(caller := stack.pop())
                except SourceError:
                    continue
                for called in called_functions(caller, parsed.source.node):
                    unit.calls[called] = unit.calls.get(called, 0) + 1
                    if called not in seen and not self.is_library(called) and TABLE.lookup(called) is None:
                        seen.add(called)
                        stack.append(called)
        return unit.calls.get(function, 0)

    def weight(self: Any, function: types.FunctionType, depth: int = 0, limit: int = SMALL) -> int:
        """Return the statements that come of inlining a function: its own, and those of the small ones it calls."""
        from s2sad.frontend.lower import parse

        weights: dict[types.FunctionType, int] = self.unit.weights
        if function in weights:
            return weights[function]
        if depth > INLINED:
            return 2 * ONCE * INLINED
        parsed = parse(function)
        if isinstance(parsed.node, cst.Lambda) or not is_small(parsed.node, limit):
            return 0 if depth else 1
        weights[function] = 2 * ONCE * INLINED  # of a function that calls itself
        total = len(parsed.node.body.body)
        for called in called_functions(function, parsed.source.node):
            if total <= ONCE * INLINED and not self.is_library(called) and TABLE.lookup(called) is None:
                total += self.weight(called, depth + 1)
        weights[function] = total
        return total

    def inline(
        self: Any, body: Any, names: dict[str, Value], parsed: Any, function: Any, outer: Any, node: Any
    ) -> Value:
        """Lower the body of a function in place."""
        from s2sad.frontend.lower import Frame

        key = body
        if body in self.unit.knowledge.lifted:
            return self.lifted_call(body, names, parsed, function, outer, node)
        around = [frame for frame in self.frames if getattr(frame, "body", None) is key]
        if around and not self.descends(body, names, around):
            self.note_recursive(body, function, outer)
        if len(self.frames) > DEEPEST:
            bodies = [frame.body for frame in self.frames if hasattr(frame, "body")]
            often = next(frame for frame in self.frames if getattr(frame, "body", None) is most_common(bodies))
            self.note_recursive(often.body, often.function, often.outer)
        whole = any(self.holds_library(value, False) for value in names.values())  # which no call can hand on
        if not returns_at_tail(body, tries=whole) and ("in place", body) not in self.unit.knowledge.dynamic:
            return self.lifted_call(body, names, parsed, function, outer, node)
        caller = self.frame
        state = State(names, caller.state.heap)
        place, origin = self.span(node), self.builder.origin
        frame = Frame(parsed, function, state, outer=outer, inline=True, place=place, origin=origin)
        frame.body, frame.given = key, names.copy()  # type: ignore[attr-defined]
        self.frames.append(frame)
        self.open_cells(body, parsed)
        loops, self.loops = self.loops, []
        try:
            if isinstance(body, cst.Lambda):
                self.builder.origin = self.origin_of_lambda(body, origin)
                value = self.expression(body.body)
            else:
                value = self.inline_block(list(body.body.body))
        finally:
            self.frames.pop()
            self.loops = loops
        self.builder.origin = origin
        caller.state.heap = frame.state.heap
        return value

    def origin_of_lambda(self: Any, body: cst.Lambda, around: Any) -> Any:
        """What a lambda does belongs to the statement that calls it, and stands on a line of its own, perhaps."""
        span = self.span(body)
        if span is None or around is None or around.span is None or span.line == around.span.line:
            return around
        return Origin(around.text, span, (), around.contexts)

    def note_recursive(self: Any, body: Any, function: Any, outer: Any) -> None:
        """A function that calls itself is no longer lowered in place."""
        if isinstance(function, types.FunctionType) and outer is None:
            self.unit.knowledge.note_recursive({function})
        else:
            self.unit.knowledge.lifted.add(body)
        raise Relower

    def descends(self: Any, body: Any, names: dict[str, Value], around: list[Any]) -> bool:
        """Return whether a function that calls itself is at another object, one that is known from end to end.

        So it goes down a tree, to whose nodes it does what each needs. Where the ints that it is given must be known,
        it goes down these.
        """
        if body in self.unit.knowledge.descending:
            here = [self.known(value) for value in names.values()]
            known = [value for value in here if isinstance(value, int)]
            given = ([self.known(value) for value in frame.given.values()] for frame in around)
            self.unit.descents += 1
            return bool(known) and self.unit.descents <= DESCENTS and here not in given
        first = next(iter(names.values()), None)
        if not isinstance(first, Struct) or first.kind != "object" or first.ref is not None or first.item is True:
            return False
        return all(next(iter(frame.given.values()), None) is not first for frame in around)

    def inline_block(self: Any, statements: list[Any]) -> Value:
        """Lower statements up to their return; return the value."""
        for i, statement in enumerate(statements):
            rest = statements[i + 1 :]
            if isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[-1], cst.Return):
                for small in statement.body[:-1]:
                    self.simple(small)
                returned = statement.body[-1]
                self.builder.origin = self.origin(statement, self.code(returned))
                return Const(None) if returned.value is None else self.expression(returned.value)
            if isinstance(statement, cst.If) and has_return(statement):
                return self.inline_if(statement, rest)
            if isinstance(statement, cst.For | cst.While) and has_return(statement):
                return self.inline_loop(statement, rest)
            if isinstance(statement, cst.With) and has_return(statement):
                return self.inline_with(statement)
            if isinstance(statement, cst.Try) and has_return(statement):
                self.builder.origin = self.origin(statement, "try:")
                return self.guarded_value(statement) if is_guarded(statement) else self.attempted_value(statement)
            if isinstance(statement, cst.Return):
                self.builder.origin = self.origin(statement, self.code(statement))
                return Const(None) if statement.value is None else self.expression(statement.value)
            self.lower_statement(statement)
            if self.state.ended:
                return Const(None)
        return Const(None)

    def inline_with(self: Any, statement: cst.With) -> Value:
        """A body that ends in a return."""
        self.builder.origin = self.origin(statement, self.code(statement).split("\n")[0])
        self.guards.append(True)
        try:
            return self.inside_with(list(statement.items), list(statement.body.body), statement)
        finally:
            self.guards.pop()

    def inline_if(self: Any, statement: cst.If, rest: list[Any]) -> Value:
        """`if c: return a` followed by more is `if c: return a else: more`."""
        origin = self.origin(statement, f"if {self.code(statement.test)}:")
        self.builder.origin = origin
        test = self.test(statement.test)
        orelse = statement.orelse
        other = [] if orelse is None else [orelse] if isinstance(orelse, cst.If) else list(orelse.body.body)
        then = list(statement.body.body) + rest
        other = other + rest
        if isinstance(test, bool):
            return self.inline_block(then if test else other)
        return self.either(test, lambda: self.inline_block(then), lambda: self.inline_block(other), statement)

    def inline_loop(self: Any, statement: Any, rest: list[Any]) -> Value:
        """A `return` in a loop leaves it with what is returned; what follows the loop is done where none did."""
        left = Exit(self.unused("done"), self.unused("found"))
        self.state.names[left.done] = number(False)
        self.frame.exits.append(left)
        self.lower_statement(statement)
        self.frame.exits.pop()
        if self.state.ended:
            return Const(None)
        test = self.truth(self.state.names.pop(left.done), statement)
        found = self.state.names.pop(left.found, None)
        if test is False:
            return self.inline_block(rest)
        returned = left.returned(found)
        if returned is None:
            raise Unsupported("the returns in this loop give values of unlike kinds", statement, "return one kind")
        return self.either(test, lambda: returned, lambda: self.inline_block(rest), statement)

    def either(self: Any, test: Expr, then: Any, orelse: Any, statement: Any) -> Value:
        """Return what one of two ways through a function returns."""
        name = ".returned"

        def arm(act: Any) -> Any:
            def run() -> None:
                value = act()
                if not self.state.ended:
                    self.state.names[name] = value

            return run

        self.branch(test, arm(then), arm(orelse), self.builder.origin)
        if self.state.ended:
            return Const(None)
        value = self.usable(self.state.names.pop(name), "the result of this call", statement)
        if isinstance(value, Var) and value.name.startswith("."):
            value.name, value.user = "result", False
        return value


@dataclass(eq=False)
class Exit:
    """How a return leaves a loop of a function that is lowered in place: two names, for whether and what it gave."""

    done: str
    found: str
    constants: list[Const] = field(default_factory=list)  # what it gives that is known

    def returned(self, found: Value) -> Value | None:
        """Return what the returns give: a value, or one constant; None if they are unlike."""
        known = {repr(constant.value) for constant in self.constants}
        if found is not None:
            return None if known else found
        return self.constants[0] if len(known) == 1 else None


def most_common(bodies: list[Any]) -> Any:
    """Return the body that is there most often."""
    return max(bodies, key=lambda body: sum(other is body for other in bodies))


def called_functions(function: types.FunctionType, tree: ast.AST) -> Iterator[types.FunctionType]:
    """Yield the Python functions that a function calls by name, with repetition."""
    around = inspect.getclosurevars(function)
    names = {**around.builtins, **around.globals, **around.nonlocals}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        path: list[str] = []
        called: Any = node.func
        while isinstance(called, ast.Attribute):
            path.append(called.attr)
            called = called.value
        found = names.get(called.id) if isinstance(called, ast.Name) else None
        for name in reversed(path):
            found = getattr(found, name, None) if isinstance(found, types.ModuleType) else None
        if isinstance(found, types.FunctionType):
            yield found


def is_small(node: Any, limit: int = SMALL) -> bool:
    """Return whether a function is a few straight lines that end in a return."""
    if isinstance(node, cst.Lambda):
        return True
    statements = list(node.body.body)
    if len(statements) > limit:
        return False
    return all(isinstance(statement, SIMPLE) or asks_for_class(statement) for statement in statements)


def asks_for_class(statement: Any) -> bool:
    """Return whether a statement is `if isinstance(...)` and a line: which way it goes is known."""
    if not isinstance(statement, cst.If) or statement.orelse is not None:
        return False
    test = statement.test.expression if isinstance(statement.test, cst.UnaryOperation) else statement.test
    called = test.func if isinstance(test, cst.Call) else None
    known = isinstance(called, cst.Name) and called.value in ("isinstance", "issubclass", "callable", "hasattr")
    return known and len(statement.body.body) == 1 and isinstance(statement.body.body[0], SIMPLE)
