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
from s2sad.frontend.scopes import free_names, syntax
from s2sad.frontend.values import Deferred, LocalFunction, Unsupported, Value
from s2sad.ir.nodes import Var

EAGER = (functools.reduce,)  # of what `iteration` is written for
MAKERS = {id(function) for function in iteration.GIVEN if function not in EAGER}
MAKERS |= {id(function) for function in (builtins.zip, builtins.enumerate, itertools.chain, itertools.count)}
MAKERS |= {id(function) for function in iteration.OF_SOME}
BY_ITEM = (builtins.zip, builtins.enumerate, itertools.repeat, itertools.count, np.ndindex)
ASKING = (isinstance, type, hasattr, callable, id, hash, repr, str, bool, print, len, getattr)
ITEMS = "_iterated"  # the name of what a generator expression goes over first
WHY_ONCE = "make a list of it: list(...)"


class Iterators:
    """Lowering of iterators that are values."""

    def deferred(self: Any, make: Callable[[bool], Value], node: Any, by_item: bool = False) -> Deferred:
        return Deferred(make, node, self.frame, self.loop_now(), by_item)

    def expr_GeneratorExp(self: Any, node: cst.GeneratorExp) -> Value:
        iterable = self.expression(node.for_in.iter)
        frame = self.frame

        def make(between: bool) -> Value:
            if self.frame is frame and not between:
                return self.comprehension(node, node.elt, iterable)
            function = written_out(node, frame.parsed.positions)
            return self.generator(frame.function, frame.parsed, function, {ITEMS: iterable}, frame)

        return self.deferred(make, node)

    def begun(self: Any, value: Value, node: Any) -> Value:
        """Return what an iterator goes over, now that something goes through it; anything else as it is."""
        from s2sad.frontend.control import leaves_loop

        if not isinstance(value, Deferred):
            return value
        if value.spent:
            raise Unsupported("an iterator is gone through again, when nothing is left of it", node, WHY_ONCE)
        if value.loop is not self.loop_now():
            raise Unsupported("an iterator is gone through in a loop that it was not made in", node, WHY_ONCE)
        value.spent = True
        between = isinstance(node, cst.For) and value.frame is self.frame and self.is_affected(value, node)
        if isinstance(node, cst.For) and not between and leaves_loop(node.body):
            return self.ahead(lambda: self.begun(value.make(False), node), node)
        return self.begun(value.make(between), node)

    def ahead(self: Any, make: Callable[[], Value], node: Any) -> Value:
        """Return what all items of an iterator are, of which a part may be asked for: making them changes nothing."""
        before, grown = self.state.copy(), set(self.unit.grown)
        made = make()
        changed = (self.unit.grown - grown) & {part for part in before.names.values() if isinstance(part, Var)}
        if changed or not self.state.binds_as(before):
            message = "this may stop before the last item, and making an item changes something"
            raise Unsupported(message, node, "write a loop that makes the items and stops")
        return made

    def is_affected(self: Any, value: Deferred, node: cst.For) -> bool:
        """Return whether the body of a loop may change what the next item of an iterator is made of."""
        positions = self.frame.parsed.positions
        loop = positions.node(node)
        if not isinstance(loop, ast.For):  # of a generator expression, whose body is a `yield`
            return False
        made = loop.iter if value.node is node.iter else positions.node(value.node)
        if value.by_item and not has_functions(made):
            return False
        read = set(names_in(made))
        for function in [self.state.names.get(name) for name in names_in(made)]:
            if isinstance(function, LocalFunction):
                read |= free_names(syntax(function.node, function.scope.parsed))
        return bool(read & changed_in(loop.body))

    def call_maker(
        self: Any, function: Any, args: list[Value], kwargs: dict[str, Value], between: bool, node: Any
    ) -> Value:
        """Return what an iterator goes over: item by item if statements may change what the next one is made of."""
        if between and len(args) in iteration.LATE.get(function, ()) and not kwargs:
            return self.call_user(iteration.LATE[function][len(args)], args, {}, node)
        if between:
            raise Unsupported("the loop changes what the iterator it goes through may still read", node, WHY_ONCE)
        return self.call_known(function, args, kwargs, node)

    def check_late(self: Any, values: list[Value], names: list[str], node: Any) -> None:
        """Refuse functions and iterators that a comprehension hands out, if they read its names: all read the last."""
        for part in (part for value in values for part in self.inside_of(value)):
            if isinstance(part, LocalFunction):
                read = free_names(syntax(part.node, part.scope.parsed))
            elif isinstance(part, Deferred) and not part.spent:
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
        return [self.begun(value, node) for value in args]


@functools.lru_cache(maxsize=1024)  # once for each expression: positions keep what is placed
def written_out(node: cst.GeneratorExp, positions: Any) -> cst.FunctionDef:
    """Return a generator expression as a generator function of what it goes over first."""

    def placed(made: Any, like: Any) -> Any:
        positions.found[made] = positions.node(like)
        return made

    inner: Any = placed(cst.SimpleStatementLine([cst.Expr(cst.Yield(node.elt))]), node.elt)
    clauses = []
    clause: Any = node.for_in
    while clause is not None:
        clauses.append(clause)
        clause = clause.inner_for_in
    for clause in reversed(clauses):
        for test in reversed(clause.ifs):
            inner = placed(cst.If(test.test, cst.IndentedBlock([inner])), test.test)
        over = cst.Name(ITEMS) if clause is node.for_in else clause.iter
        inner = placed(cst.For(clause.target, over, cst.IndentedBlock([inner])), clause.target)
    return placed(cst.FunctionDef(cst.Name("generated"), cst.Parameters(), cst.IndentedBlock([inner])), node)


def has_functions(tree: ast.AST) -> bool:
    """Return whether there is a lambda or a generator expression in an expression."""
    return any(isinstance(part, ast.Lambda | ast.GeneratorExp) for part in ast.walk(tree))


def names_in(tree: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)}


def changed_in(statements: list[ast.stmt]) -> set[str]:
    """Return the names that statements bind, write in, or give to a call that does nothing else."""
    found: set[str] = set()
    for part in (part for statement in statements for part in ast.walk(statement)):
        if isinstance(part, ast.Name | ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            found |= names_in(part)
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
            found |= names_in(part.value)
    return found
