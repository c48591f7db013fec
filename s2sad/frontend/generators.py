"""Generators: what consumes one is lowered where it yields, in the midst of its statements.

    for u in steps(x):                    t = x
        s = s + u                         for i in range(3):
                               ->             t = np.sin(t)
    def steps(t):                             u = t
        for i in range(3):                    s = s + u
            t = np.sin(t)
            yield t

So what the one changes the other sees, item by item, as it is with generators. While the statements of one function
are lowered, the names of the other are suspended: branches and loops join and carry both.
"""

from __future__ import annotations

import ast
import builtins
import functools
import itertools
import math
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from s2sad.frontend.exits import breaks, has_return, returns_at_tail
from s2sad.frontend.inside import blocks
from s2sad.frontend.scopes import changed_in, free_names, names_in, syntax
from s2sad.frontend.values import UNKNOWN, Generator, Iteration, Relower, State, Struct, Unsupported, Value
from s2sad.ir.nodes import Const, Expr
from s2sad.ir.types import Array, ListOf
from s2sad.rules.builder import number

DRAIN = (list, tuple, sum, min, max, sorted, any, all, dict, set, frozenset, math.fsum, math.prod, deque)
NESTED = 40  # generators in generators


@dataclass(eq=False, slots=True)
class Consumed:
    """A loop over a generator, while its body is lowered at a `yield`: the frames and loops of both."""

    generator: Any
    consumer: Any
    loops: list[Any]
    last: bool  # whether the `yield` is the last statement of the last loop
    only: bool  # whether that loop is all that is left to do
    before_next: list[Callable[[], None]] = field(default_factory=list)  # what is asked before the next item is made


class Generators:
    """Lowering of generator functions."""

    def loop_now(self: Any) -> Any:
        """Return the innermost loop that is being lowered; None outside of loops."""
        return self.loops[-1] if self.loops else None

    def generator(self: Any, function: Any, parsed: Any, node: Any, names: dict[str, Value], outer: Any) -> Generator:
        """Return what a call of a generator function gives."""
        return Generator(function, parsed, node, names, outer, self.loop_now())

    def consume(self: Any, generator: Generator, action: Callable[[Value], None], node: Any) -> Value:
        """Run a generator, and an action with each item; return what it returns."""
        if generator.spent or generator.loop is not self.loop_now():
            raise Unsupported(
                "a generator is gone through once, where it was made", node, "make a list of it: list(...)"
            )
        generator.spent = True
        consumer, outer_loops, block = self.frame, self.loops, self.builder.block
        last, only = yields_last(generator.node), yields_in_one_loop(generator.node)

        def at_yield(value: Value) -> None:
            frame, loops = self.frame, self.loops
            self.switch(consumer)
            self.loops = [*outer_loops, ("generated", Consumed(frame, consumer, loops, last, only))]
            try:
                self.guarded(node, lambda: action(value))
            finally:
                self.loops = loops
                self.switch_back(frame, consumer)

        return self.run_generator(generator, at_yield, block, node)

    def lazily(self: Any, iterable: Value) -> bool:
        """Return whether the items of an iterable are those of a generator, be they counted, paired or the first."""
        if isinstance(iterable, Iteration) and iterable.kind in ("enumerate", "zip", "islice"):
            return any(map(self.lazily, iterable.parts))
        return isinstance(iterable, Generator)

    def each(self: Any, iterable: Value, action: Callable[[Value], None], node: Any) -> Value:
        """Do an action with each item of an iterable whose items are those of a generator; return what that returns."""
        if isinstance(iterable, Generator):
            return self.consume(iterable, action, node)
        lazy = [part for part in iterable.parts if self.lazily(part)]
        if len(lazy) > 1:
            return self.each_of_several(iterable, action, node)
        if iterable.strict:
            raise Unsupported("zip(strict=True) of a generator is not accepted", node, "make a list of it: list(...)")
        before = list(itertools.takewhile(lambda part: part is not lazy[0], iterable.parts))
        counts = [iterable.start] if iterable.kind == "islice" else [self.count_of(part, node) for part in before]
        asked = [count for count in counts if count is not None]
        self.unless_empty(asked, lambda: self.each_of(iterable, lazy[0], asked, action, node))
        return Const(None)

    def each_of(
        self: Any, iterable: Iteration, lazy: Value, counts: list[Expr], action: Callable[[Value], None], node: Any
    ) -> None:
        """Do an action with the items of a generator, which are counted, paired or the first."""
        name = f".count{id(iterable)}"
        self.state.names[name] = number(0)

        def one(item: Value) -> None:
            at = self.state.names[name]
            self.state.names[name] = self.builder.op("add", at, number(1))
            if any(self.is_reached(count, at) for count in counts):
                message = "a generator that yields in straight lines has more items than are taken"
                raise Unsupported(message, node, "take them from a list: list(...)[:n]")

            def ask() -> None:
                for count in counts:
                    self.stop_at(self.state.names[name], count, node)

            self.loops[-1][1].before_next.append(ask)
            if iterable.kind == "islice":
                action(item)
            elif iterable.kind == "enumerate":
                action(self.struct("tuple", {0: self.from_start(iterable, at), 1: item}))
            elif not any(self.is_over(part, at) for part in iterable.parts if part is not lazy):
                action(self.struct("tuple", dict(enumerate(self.together(iterable.parts, lazy, item, at, node)))))
            if not self.state.ended:
                ask()

        self.each(lazy, one, node)
        self.state.names.pop(name, None)

    def unless_empty(self: Any, counts: list[Expr], action: Callable[[], None]) -> None:
        """Do an action if none of these is 0."""
        if not counts:
            action()
            return
        count, known = counts[0], self.known(counts[0])
        if known is UNKNOWN:
            more, rest = self.builder.op("greater", count, number(0)), counts[1:]
            self.branch(more, lambda: self.unless_empty(rest, action), lambda: None, self.builder.origin)
        elif known > 0:
            self.unless_empty(counts[1:], action)

    def count_of(self: Any, part: Value, node: Any) -> Expr | None:
        """Return how many items a sequence has; None if they never end."""
        fixed = self.known_items(part)
        if fixed is not None:
            return number(len(fixed))
        start, stop, step, _ = self.counted(part, node)
        if stop is None or self.known(step) == 1:
            return stop if stop is None or self.known(start) == 0 else self.builder.op("subtract", stop, start)
        raise Unsupported("a range that goes through together with a generator has step 1", node)

    def each_of_several(self: Any, iterable: Iteration, action: Callable[[Value], None], node: Any) -> Value:
        """Do an action with each item of a zip of generators."""
        made = self.zip_ahead(iterable, node)
        if self.lazily(made):
            return self.each(made, action, node)
        name = self.unused("item")
        self.loop_over(made, node, lambda: action(self.state.names[name]), cst.Name(name))
        self.state.names.pop(name, None)
        return Const(None)

    def zip_ahead(self: Any, iterable: Value, node: Any) -> Value:
        """Return a zip with the generators in it made ahead, but for one without an end; anything else as it is."""
        if not isinstance(iterable, Iteration) or iterable.kind != "zip":
            return iterable
        lazy = [part for part in iterable.parts if self.lazily(part)]
        if not lazy or (len(lazy) == 1 and isinstance(node, cst.For)):
            return iterable  # what the loop changes the generator sees
        endless = [part for part in lazy if any(has_no_end(made.node) for made in self.generators_in(part))]
        hint = "make a list of one: list(...)"
        if len(endless) > 1:
            raise Unsupported("two generators without an end are gone through together", node, hint)
        if isinstance(node, cst.For) and self.changes_what_is_read(lazy, node):
            message = "two generators are gone through together, and the loop changes what they read"
            raise Unsupported(message, node, hint)

        def made(at: int, part: Value) -> Value:
            return self.listed(part, node, at) if part in lazy and part not in endless else part

        parts = self.ahead(lambda: [made(at, part) for at, part in enumerate(iterable.parts)], node)
        return Iteration("zip", parts, strict=iterable.strict)

    def generators_in(self: Any, iterable: Value) -> list[Generator]:
        """Return the generators that an iterable goes through."""
        if isinstance(iterable, Iteration):
            return [made for part in iterable.parts for made in self.generators_in(part)]
        return [iterable] if isinstance(iterable, Generator) else []

    def changes_what_is_read(self: Any, lazy: list[Value], node: cst.For) -> bool:
        """Return whether the body of a loop may change what generators read."""
        loop = self.frame.parsed.positions.node(node)
        if not isinstance(loop, ast.For):
            return True
        changed = changed_in(loop.body)
        read = {name for part in lazy for made in self.generators_in(part) for name in free_names(syntax_of(made))}
        return bool(read & changed) or any(map(self.is_shared, (self.state.names.get(name) for name in changed)))

    def is_shared(self: Any, value: Value) -> bool:
        """Return whether a value is one that can be changed: a generator may have been given it under another name."""
        if isinstance(value, Struct):
            return bool(value.mutable)
        return isinstance(value, Expr) and isinstance(value.type, Array | ListOf)

    def is_over(self: Any, part: Value, at: Expr) -> bool:
        """Return whether it is known that a sequence has no item at a place."""
        fixed, known = self.known_items(part), self.known(at)
        return fixed is not None and known is not UNKNOWN and known >= len(fixed)

    def is_reached(self: Any, count: Expr, at: Expr) -> bool:
        """Return whether it is known that so many items have been taken."""
        known = self.known(count), self.known(at)
        return UNKNOWN not in known and known[1] >= known[0]

    def together(self: Any, parts: list[Value], lazy: Value, item: Value, at: Expr, node: Any) -> list[Value]:
        """Return the items at a place of what is paired with a generator; after its item the parts behind it end."""
        made: list[Value] = []
        behind = False
        for part in parts:
            behind = behind or part is lazy
            if behind and part is not lazy and (count := self.count_of(part, node)) is not None:
                self.stop_at(at, count, node)
            made.append(item if part is lazy else self.beside(part, at, node))
        return made

    def beside(self: Any, part: Value, at: Expr, node: Any) -> Value:
        """Return the item of a sequence that is gone through together with a generator."""
        fixed, known = self.known_items(part), self.known(at)
        if fixed is not None and known is not UNKNOWN:
            return fixed[known]
        start, _, step, element = self.counted(part, node)
        steps = self.times(at, step, node)
        return element(self.builder.op("add", start, steps) if self.known(start) != 0 else steps)

    def stop_at(self: Any, at: Expr, count: Expr, node: Any) -> None:
        """Leave the loop over a generator after so many items."""
        if self.known(at) is not UNKNOWN and self.known(count) is not UNKNOWN:
            return  # a generator in straight lines: it is known which items are taken
        test = self.builder.op("greater_equal", at, count)
        self.branch(
            test, lambda: self.leave_generator(self.loops[-1][1], "break", node), lambda: None, self.builder.origin
        )

    def names_of(self: Any, frame: Any) -> dict[str, Value]:
        """Return what the names of a function are bound to, be they suspended or not."""
        for above in reversed(self.frames):
            if frame in above.state.suspended:
                names: dict[str, Value] = above.state.suspended[frame]
                return names
            if above is frame:
                break
        return frame.state.names

    def switch(self: Any, consumer: Any) -> None:
        """Go on in the function that consumes what the one on top yields, whose names are suspended."""
        frame = self.frames.pop()
        state = frame.state
        suspended = {**state.suspended, frame: state.names}
        names = suspended.pop(consumer)
        consumer.state = State(names, state.heap, suspended=suspended)

    def switch_back(self: Any, frame: Any, consumer: Any) -> None:
        """Go on in the generator."""
        state = consumer.state
        suspended = {**state.suspended, consumer: state.names}
        names = suspended.pop(frame)
        frame.state = State(names, state.heap, state.ended, suspended)
        self.frames.append(frame)

    def run_generator(
        self: Any, generator: Generator, at_yield: Callable[[Value], None], block: Any, node: Any
    ) -> Value:
        """Lower the body of a generator function in place; `at_yield` is what is done with what it yields."""
        from s2sad.frontend.lower import Frame

        consumer, origin = self.frame, self.builder.origin
        body, function = generator.node, generator.function
        if sum(frame.at_yield is not None for frame in self.frames) > NESTED:
            raise Unsupported("this generator goes through itself without an end", node)
        if not returns_at_tail(body) and not returns_in_last_loop(body):
            hint = "leave the loops by `break`"
            raise Unsupported("a generator returns in a loop, and would have more to do behind it", node, hint)
        state = consumer.state
        suspended = {**state.suspended, consumer: state.names}
        state = State(generator.names, state.heap, suspended=suspended)
        frame = Frame(
            generator.parsed, function, state, outer=generator.outer, inline=True, place=self.span(node), origin=origin
        )
        frame.at_yield, frame.block = at_yield, block
        self.frames.append(frame)
        self.open_cells(body, generator.parsed)
        loops, self.loops = self.loops, []
        try:
            returned = self.inline_block(list(body.body.body))
        finally:
            self.frames.pop()
            self.loops = loops
        self.builder.origin = origin
        suspended = dict(frame.state.suspended)
        names = suspended.pop(consumer)
        consumer.state = State(names, frame.state.heap, frame.state.ended, suspended)
        return returned

    def listed(self: Any, value: Value, node: Any, at: int = 0) -> Value:
        """Return the list of what a generator yields, one of several made at a place; anything else as it is."""
        if not self.lazily(value):
            return value
        found = self.listed_of(value, lambda item: [item], node, at)
        if found is not None:
            return found
        name = f".list{id(node)}"
        self.state.names[name] = self.new_list([], ("generator", *self.site(node), at))
        self.each(value, lambda item: self.append_to(self.state.names[name], item, name), node)
        return self.state.names.pop(name)

    def listed_of(
        self: Any, value: Value, made: Callable[[Value], list[Value]], node: Any, at: int = 0
    ) -> Value | None:
        """Return the list of what is made of each item; None where its length is not known."""
        site = ("generator", *self.site(node), at)
        if site in self.unit.knowledge.dynamic:
            return None
        items: list[Value] = []
        block = self.builder.block

        def add(item: Value) -> None:
            if self.builder.block is not block:
                raise self.make_dynamic_at(site)
            items.extend(made(item))

        self.each(value, add, node)
        return self.display("list", items, node)

    def make_dynamic_at(self: Any, site: Any) -> Exception:
        """Return what to raise so that a list made at a place is lowered as one of unknown length."""
        self.unit.knowledge.dynamic.add(site)
        return Relower()

    def drained(self: Any, value: Value, function: Any, node: Any) -> Value:
        """Return the list of what a generator yields where a function goes through all of it before anything else."""
        if self.lazily(value) and function not in DRAIN:
            name = getattr(function, "__name__", "this")
            if function is functools.reduce:
                return self.ahead(lambda: self.listed(value, node), node)
            raise Unsupported(
                f"{name} goes through a generator step by step", node, "give it list(...) of the generator"
            )
        return self.listed(value, node)

    def expr_Yield(self: Any, node: cst.Yield) -> Value:
        """What is done with what is yielded."""
        at_yield = self.frame.at_yield
        if at_yield is None:
            message = f"the expression `{self.code(node)}` (Yield) is not accepted"
            raise Unsupported(message, node, "append to a list and return it")
        if not isinstance(node.value, cst.From):
            at_yield(Const(None) if node.value is None else self.expression(node.value))
            return Const(None)
        iterable = self.expression(node.value.item)
        if self.lazily(iterable):
            return self.each(iterable, at_yield, node)
        name = self.unused("item")
        self.loop_over(iterable, node, lambda: at_yield(self.state.names[name]), cst.Name(name))
        self.state.names.pop(name, None)
        return Const(None)

    def leave_generator(self: Any, consumed: Consumed, how: str, node: Any) -> None:
        """`break` or `continue` in a loop over a generator: it leaves, or goes on with, the loop that yields."""
        kind = consumed.loops[-1][0] if consumed.loops else None
        if kind != "loop" or not (consumed.only if how == "break" else consumed.last):
            message = f"`{how}` leaves a loop over a generator, which would have more to do after its `yield`"
            raise Unsupported(message, node, "loop over list(...) of it")
        for ask in consumed.before_next if how == "continue" else ():
            ask()
        frame, loops = consumed.generator, self.loops
        self.switch_back(frame, consumed.consumer)
        self.loops = consumed.loops
        try:
            self.leave_loop(how)
        finally:
            self.loops = loops
            self.switch(consumed.consumer)
            consumed.consumer.state.ended = True


def syntax_of(generator: Generator) -> ast.AST:
    """Return the syntax tree of what a generator runs."""
    return syntax(generator.node, generator.parsed)


def has_no_end(node: Any) -> bool:
    """Return whether there is a `while True` in a function that nothing leaves."""
    if isinstance(node, cst.While) and isinstance(node.test, cst.Name | cst.Integer):
        return not has_return(node) and not breaks(node.body)
    return not isinstance(node, cst.Lambda) and any(map(has_no_end, node.children))


def takes_next(tree: ast.AST, name: str) -> bool:
    """Return whether a function asks for `next(name)`."""
    calls = (part for part in ast.walk(tree) if isinstance(part, ast.Call) and part.args)
    asked = (call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "next")
    return any(isinstance(arg, ast.Name) and arg.id == name for arg in asked)


def names_given(tree: ast.AST, name: str) -> set[str]:
    """Return the names in what a name is bound to."""
    return {other for part in ast.walk(tree) if binds(part, name) for other in names_in(part.value)}  # type: ignore[attr-defined]


def binds(part: ast.AST, name: str) -> bool:
    """Return whether a statement binds a name."""
    return isinstance(part, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in part.targets)


def unsettled(tree: Any, own: set[ast.AST]) -> tuple[set[str], set[str]]:
    """Return the names of a function that may hold something else later: bound twice, or in a loop, or written in.

    And those that functions of the user's are given, but for what makes the items that are asked for.
    """
    loops = [part for part in ast.walk(tree) if isinstance(part, ast.For | ast.While)]
    changed = {other for loop in loops for other in changed_in([loop])}
    given: set[str] = set()
    bound = Counter(arg.arg for arg in (*tree.args.args, *tree.args.posonlyargs, *tree.args.kwonlyargs))
    for part in (part for statement in tree.body for part in ast.walk(statement)):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            bound[part.id] += 1
        elif isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            changed |= names_in(part)
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            changed |= names_in(part.value)
        elif isinstance(part, ast.Call) and part not in own and not is_builtin(part.func):
            given |= {arg.id for arg in part.args if isinstance(arg, ast.Name)}
    return changed | {other for other, count in bound.items() if count > 1}, given


def is_builtin(function: ast.expr) -> bool:
    """Return whether what is called is a built-in function, or of NumPy or math: it changes nothing it is given."""
    if isinstance(function, ast.Attribute):
        return isinstance(function.value, ast.Name) and function.value.id in ("np", "numpy", "math")
    return isinstance(function, ast.Name) and hasattr(builtins, function.id)


@functools.lru_cache(maxsize=4096)
def is_generator(node: Any) -> bool:
    """Return whether a nested function yields; of another its code knows."""
    return isinstance(node, cst.FunctionDef) and _yields(node.body)


def _yields(node: Any) -> bool:
    if isinstance(node, cst.Yield):
        return True
    return not isinstance(node, cst.FunctionDef | cst.Lambda) and any(map(_yields, node.children))


def yields_last(node: Any) -> bool:
    """Return whether the last statement of a function is a loop that ends in `yield`, and nothing else yields."""
    loop = loop_that_yields(node)
    return loop is not None and _yields_at_end(loop.body.body)


def yields_in_one_loop(node: Any) -> bool:
    """Return whether the last statement of a function is a loop, in which it yields outside of other loops."""
    loop = loop_that_yields(node)
    return loop is not None and all(map(_yields_plainly, loop.body.body))


def loop_that_yields(node: Any) -> cst.For | cst.While | None:
    """Return the loop that a function ends with, if all that it yields is in it."""
    *before, last = node.body.body
    if any(map(_yields, before)) or not isinstance(last, cst.For | cst.While) or last.orelse is not None:
        return None
    return last


def returns_in_last_loop(node: Any) -> bool:
    """Return whether all returns of a generator stand in the loop that it ends with, and in no loop inside of that."""
    *before, last = node.body.body
    if any(map(has_return, before)) or not isinstance(last, cst.For | cst.While) or last.orelse is not None:
        return False
    return not any(map(returns_in_a_loop, last.body.body))


def returns_in_a_loop(statement: Any) -> bool:
    """Return whether there is a return in a loop, or with a value, in a statement."""
    if isinstance(statement, cst.For | cst.While | cst.With):
        return has_return(statement)
    if isinstance(statement, cst.Return):
        return statement.value is not None
    if isinstance(statement, cst.FunctionDef | cst.BaseExpression):
        return False
    return any(map(returns_in_a_loop, statement.children))


def _yields_plainly(statement: Any) -> bool:
    """Return whether a statement yields in itself or in a branch, if it does."""
    if isinstance(statement, cst.If):
        return all(_yields_plainly(inner) for arm in blocks(statement) for inner in arm)
    return isinstance(statement, cst.SimpleStatementLine | cst.BaseSmallStatement) or not _yields(statement)


def _yields_at_end(statements: Any) -> bool:
    """Return whether nothing follows a `yield` among statements."""
    *before, last = statements
    if any(map(_yields, before)):
        return False
    if isinstance(last, cst.If):
        return all(not any(map(_yields, arm)) or _yields_at_end(arm) for arm in blocks(last))
    if not isinstance(last, cst.SimpleStatementLine) or not isinstance(last.body[-1], cst.Expr):
        return False
    value = last.body[-1].value
    return isinstance(value, cst.Yield) and not isinstance(value.value, cst.From)
