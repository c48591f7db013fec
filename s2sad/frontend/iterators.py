"""Iterators that are values: what `map(f, xs)`, `zip(xs, ys)` and `(f(x) for x in xs)` give.

Each is gone through once, and computes its items only then, from what names and arrays hold by then. So it is kept as
what is still to be done, and done where something goes through it:

    ys = (k * x for x in xs)
    k = 2.0
    total = sum(ys)          # with k = 2.0; after it nothing is left of ys
"""

from __future__ import annotations

import ast
import builtins
import functools
import itertools
from collections.abc import Callable
from typing import Any

import libcst as cst
import numpy as np

from s2sad.frontend import iteration
from s2sad.frontend.expressions import bound_names
from s2sad.frontend.generators import yields_in_one_loop
from s2sad.frontend.inside import walrus_in
from s2sad.frontend.scopes import changed_in, free_names, names_in, syntax
from s2sad.frontend.values import Deferred, Generator, LocalFunction, Relower, Unsupported, Value
from s2sad.frontend.writes import changes_anything
from s2sad.ir.nodes import Const, Var
from s2sad.ir.types import Scalar

EAGER = (functools.reduce,)  # of what `iteration` is written for
MAKERS = {id(function) for function in iteration.GIVEN if function not in EAGER}
MAKERS |= {id(function) for function in (builtins.zip, builtins.enumerate, itertools.chain)}
MAKERS |= {id(function) for function in (itertools.count, itertools.cycle)}
MAKERS |= {id(function) for function in iteration.OF_SOME}
BY_ITEM = (builtins.zip, builtins.enumerate, itertools.repeat, itertools.count, itertools.cycle, np.ndindex)
ASKING = (isinstance, type, hasattr, callable, id, hash, repr, str, bool, print, len, getattr)
ITEMS = "_iterated"  # the name of what a generator expression goes over first
WHY_ONCE = "make a list of it: list(...)"


class Iterators:
    """Lowering of iterators that are values."""

    def deferred(self: Any, make: Callable[[bool], Value], node: Any, by_item: bool = False) -> Value:
        made = Deferred(make, node, self.frame, self.loop_now(), by_item, site=self.site(node))
        return self.with_position(made) if ("stepped", made.site) in self.unit.knowledge.cures else made

    def expr_GeneratorExp(self: Any, node: cst.GeneratorExp) -> Value:
        iterable = self.expression(node.for_in.iter)
        frame = self.frame

        def make(between: bool) -> Value:
            if self.frame is frame and not between:
                return self.comprehension(node, node.elt, iterable)
            if walrus_in(node):
                raise Unsupported("`:=` in an iterator that is gone through elsewhere", node, WHY_ONCE)
            function = written_out(node, frame.parsed.positions)
            return self.generator(frame.function, frame.parsed, function, {ITEMS: iterable}, frame)

        made = self.deferred(make, node)
        if isinstance(made, Deferred):
            made.over = iterable
        return made

    def begun(self: Any, value: Value, node: Any, drained: bool = False, between: bool = False) -> Value:
        """Return what an iterator goes over, now that something goes through it; anything else as it is.

        drained: all items are asked for, and nothing else is done before the last one is made.
        between: what is done between the items changes what they are made of.
        """
        if not isinstance(value, Deferred):
            return value
        self.spend(value, node)
        late = ("late", self.site(value.node))
        affected = isinstance(node, cst.For) and value.frame is self.frame and self.is_affected(value, node)
        if between or affected or drained or late in self.unit.knowledge.dynamic:
            return self.begun(value.make(not drained), node, drained, between)
        made, changed = self.watched(lambda: self.begun(value.make(False), node))
        if changed:  # what comes after each item may see it
            self.unit.knowledge.dynamic.add(late)
            raise Relower
        return made

    def spend(self: Any, value: Deferred, node: Any) -> None:
        """Note that something goes through an iterator, which it does once."""
        if value.spent:
            raise Unsupported("an iterator is gone through again, when nothing is left of it", node, WHY_ONCE)
        if value.loop is not self.loop_now():
            raise Unsupported("an iterator is gone through in a loop that it was not made in", node, WHY_ONCE)
        value.spent = True

    def decided(self: Any, word: str, iterable: Value, node: Any) -> Value:
        """`any` or `all` of an iterator: no item is made after the one that decides it."""
        if isinstance(iterable, Deferred) and iterable.over is not None and iterable.frame is self.frame:
            self.spend(iterable, node)
            return self.decided_by(word, iterable.node, iterable.over)
        iterable = self.begun(iterable, node)
        if not isinstance(iterable, Generator) or not yields_in_one_loop(iterable.node):
            iterable, changed = self.watched(lambda: self.listed(iterable, node))
            if changed:
                message = f"{word} may stop before the last item, and making an item changes something"
                raise Unsupported(message, node, "write a loop that makes the items and stops")
        return self.decided_by(word, items_of(node, self.frame.parsed.positions), iterable)

    def decided_by(self: Any, word: str, node: cst.GeneratorExp, iterable: Value) -> Value:
        """Lower `any` or `all` of a generator expression as a loop that is left by `break`."""
        positions, saved, origin = self.frame.parsed.positions, dict(self.state.names), self.builder.origin
        found = self.unused("found", names_in(positions.node(node)))
        loop = deciding(node, word, found, positions)
        bound = bound_names(node.for_in)
        for name in bound:
            self.state.names.pop(name, None)
        self.state.names[found] = Const(word == "all", Scalar("bool"))
        over = lambda: self.loop_over(iterable, loop, lambda: self.lower_block(loop.body.body), loop.target)  # noqa: E731
        self.with_else(loop, over)
        self.builder.origin = origin
        for name in bound:
            self.state.names.pop(name, None)
        self.state.names.update({name: value for name, value in saved.items() if name in bound})
        return self.state.names.pop(found)

    def ahead(self: Any, make: Callable[[], Value], node: Any) -> Value:
        """Return what all items of iterators are, of which a part may be asked for: making them changes nothing."""
        made, changed = self.watched(make)
        if changed:
            message = "this may stop before the last item, and making an item changes something"
            raise Unsupported(message, node, "write a loop that makes the items and stops")
        return made

    def watched(self: Any, make: Callable[[], Value]) -> tuple[Value, bool]:
        """Return what is made, and whether making it changes something that was there before."""
        before, grown, mark = self.state.copy(), set(self.unit.grown), len(self.builder.block)
        made = make()
        changed = (self.unit.grown - grown) & {part for part in before.names.values() if isinstance(part, Var)}
        writes = changes_anything(self.builder.block[mark:])
        return made, bool(changed) or writes or not self.state.binds_as(before)

    def is_affected(self: Any, value: Deferred, node: cst.For) -> bool:
        """Return whether the body of a loop may change what the next item of an iterator is made of."""
        positions = self.frame.parsed.positions
        loop = positions.node(node)
        if not isinstance(loop, ast.For):  # of a generator expression, whose body is a `yield`
            return False
        made = loop.iter if value.node is node.iter else positions.node(value.node)
        if value.by_item and not has_functions(made):
            return False
        return bool(self.names_read(made, self.frame) & changed_in(loop.body))

    def names_read(self: Any, made: ast.AST, frame: Any) -> set[str]:
        """Return the names that an expression reads, and those that the functions it names do."""
        read = set(names_in(made))
        for function in [self.names_of(frame).get(name) for name in names_in(made)]:
            if isinstance(function, LocalFunction):
                read |= free_names(syntax(function.node, function.scope.parsed))
        return read

    def extending(self: Any, base: Value, value: Value, node: Any) -> Value:
        """Return what a list is extended by, item by item if these are made of what is in the list by then."""
        if not isinstance(value, Deferred):
            return value
        read, frame, between = self.names_read(syntax(value.node, value.frame.parsed), value.frame), value.frame, False
        while frame is not None:
            bound = [known for name, known in self.names_of(frame).items() if name in read]
            between = between or any(part is base for known in bound for part in self.inside_of(known))
            frame = frame.outer
        return self.begun(value, node, drained=not between, between=between)

    def call_maker(
        self: Any, function: Any, args: list[Value], kwargs: dict[str, Value], between: bool, node: Any
    ) -> Value:
        """Return what an iterator goes over: item by item if statements may change what the next one is made of."""
        late = iteration.LATE.get(function, {}).get(len(args) + len(kwargs))
        if between and late is not None:
            return self.call_user(late, args, kwargs, node)
        if between and function in (builtins.enumerate, builtins.zip):
            return self.call_known(function, [self.begun(value, node, between=True) for value in args], kwargs, node)
        if between:
            message = (
                "what is done between the items of this iterator may change what it reads, or read what it changes"
            )
            raise Unsupported(message, node, WHY_ONCE)
        return self.call_known(function, args, kwargs, node)

    def check_late(self: Any, values: list[Value], names: list[str], node: Any) -> None:
        """Refuse functions and iterators that a comprehension hands out, if they read its names: all read the last."""
        for part in (part for value in values for part in self.inside_of(value)):
            if isinstance(part, LocalFunction) and part.scope is self.frame:
                read = free_names(syntax(part.node, part.scope.parsed))
            elif isinstance(part, Deferred) and not part.spent and part.frame is self.frame:
                read = names_in(syntax(part.node, part.frame.parsed))
            else:
                continue
            for name in sorted(read & set(names)):
                message = f"what is made in this comprehension reads {name!r} when it is used: then it is the last one"
                raise Unsupported(message, node, f"give it as a default: lambda v, {name}={name}: ...")

    def arguments_begun(self: Any, function: Any, args: list[Value], node: Any) -> list[Value]:
        """Return the arguments of a function that goes through the iterators it is given."""
        if not any(isinstance(value, Deferred) for value in args):
            return args
        name = getattr(function, "__name__", "this")
        if any(function is one for one in ASKING):
            raise Unsupported(f"{name} is asked about an iterator", node, WHY_ONCE)
        of_numpy = isinstance(function, np.ufunc) or getattr(function, "__module__", None) == "numpy"
        if of_numpy and function not in (np.sum, np.fromiter):
            raise Unsupported(f"np.{name} does not go through an iterator", node, WHY_ONCE)
        by_step = id(function) in MAKERS or function is next or function in EAGER
        return [self.begun(value, node, drained=not by_step) for value in args]


@functools.lru_cache(maxsize=1024)  # once for each expression: positions keep what is placed
def written_out(node: cst.GeneratorExp, positions: Any) -> cst.FunctionDef:
    """Return a generator expression as a generator function of what it goes over first."""
    yielded = placed(cst.SimpleStatementLine([cst.Expr(cst.Yield(node.elt))]), node.elt, positions)
    body = cst.IndentedBlock([loops(node, yielded, [], positions)])
    return placed(cst.FunctionDef(cst.Name("generated"), cst.Parameters(), body), node, positions)


@functools.lru_cache(maxsize=1024)
def deciding(node: cst.GeneratorExp, word: str, found: str, positions: Any) -> cst.For:
    """Return the loops of `any` or `all` of a generator expression, which are left when the answer is known.

    any(f(v) for v in xs)        ->    for v in xs:
                                           if f(v):
                                               found = True
                                               break
    """

    def turned(test: Any, like: Any) -> Any:
        return test if word == "any" else placed(cst.UnaryOperation(cst.Not(), in_brackets(test)), like, positions)

    answer = cst.Assign([cst.AssignTarget(cst.Name(found))], cst.Name("True" if word == "any" else "False"))
    lines = [cst.SimpleStatementLine([placed(small, node.elt, positions)]) for small in (answer, cst.Break())]
    leave = [placed(line, node.elt, positions) for line in lines]
    inner = cst.If(turned(placed(in_brackets(node.elt), node.elt, positions), node.elt), cst.IndentedBlock(leave))
    stop = cst.If(turned(cst.Name(found), node.elt), cst.IndentedBlock(leave[1:]))
    return loops(node, placed(inner, node.elt, positions), [placed(stop, node.elt, positions)], positions)


def loops(node: cst.GeneratorExp, inner: Any, after: list[Any], positions: Any) -> Any:
    """Return the loops of a generator expression around a statement, and what comes after each that is inside one."""
    clauses = []
    clause: Any = node.for_in
    while clause is not None:
        clauses.append(clause)
        clause = clause.inner_for_in
    body = [inner]
    for clause in reversed(clauses):
        for test in reversed(clause.ifs):
            body = [placed(cst.If(test.test, cst.IndentedBlock(body)), test.test, positions)]
        over = cst.Name(ITEMS) if clause is node.for_in else clause.iter
        loop = placed(cst.For(clause.target, over, cst.IndentedBlock(body)), clause.target, positions)
        body = [loop, *after]
    return loop


@functools.lru_cache(maxsize=1024)
def items_of(node: Any, positions: Any) -> cst.GeneratorExp:
    """Return a generator expression that gives what an iterator gives which a call is given."""
    item = placed(cst.Name("item"), node, positions)
    clause = placed(cst.CompFor(placed(cst.Name("item"), node, positions), cst.Name(ITEMS)), node, positions)
    return placed(cst.GeneratorExp(item, clause), node, positions)


def placed(made: Any, like: Any, positions: Any) -> Any:
    """Return a node that stands where another does."""
    positions.found[made] = positions.node(like)
    return made


def in_brackets(node: Any) -> Any:
    """Return an expression that an operator may stand before."""
    return node if node.lpar else node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def has_functions(tree: ast.AST) -> bool:
    """Return whether there is a lambda or a generator expression in an expression."""
    return any(isinstance(part, ast.Lambda | ast.GeneratorExp) for part in ast.walk(tree))
