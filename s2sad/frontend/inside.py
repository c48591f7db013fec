"""What else is wrong inside a refused statement: its blocks are lowered for the problems in them, and dropped."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import libcst as cst

from s2sad.errors import Problem
from s2sad.frontend.values import POISON, Pending, Poisoned, Unsupported
from s2sad.ir.nodes import Const
from s2sad.rules.core import NotStatic, TypeProblem

CLAUSE = cst.Else | cst.Finally | cst.ExceptHandler | cst.ExceptStarHandler | cst.MatchCase
COMPOUND = cst.If | cst.For | cst.While | cst.Try | cst.TryStar | cst.With | cst.Match | cst.Else


REFUSED = cst.Try | cst.TryStar | cst.With | cst.Global | cst.Import | cst.ImportFrom


def has_refused(node: Any) -> bool:
    """Return whether a function has statements that few functions with a derivative have, or none."""
    found = _Refused()
    node.visit(found)
    return found.any


class _Refused(cst.CSTVisitor):
    any = False

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.any = self.any or isinstance(node, REFUSED)
        return not self.any


class Inside:
    """Looking inside refused statements."""

    def look_inside(self: Any, node: Any) -> None:
        """Lower the blocks of a refused statement for their problems; what it may bind is not known afterwards."""
        for call in calls_of(node):
            self.look_at_call(call)
        if not isinstance(node, COMPOUND):
            return
        before = self.state
        for name in bound_names(node):
            before.names[name] = POISON
        results = list(self.results)
        self.loops.append(("refused", None))
        for block in blocks(node):
            self.state = before.copy()
            with contextlib.suppress(Pending):
                self.in_block(lambda: self.lower_block(block))  # noqa: B023
        self.loops.pop()
        self.results[:] = results
        self.state = before

    def look_at_call(self: Any, call: cst.Call) -> None:
        """Note a call of a function without a rule: the statement it stands in may be refused for another reason."""
        if not isinstance(call.func, cst.Name | cst.Attribute):
            return
        try:
            function = self.expression(call.func)
            if isinstance(function, Const) and self.lacks_rule(function.value):
                self.refuse_missing(function.value, call)
        except Unsupported as problem:
            if problem.node is call:
                self.note(Problem(problem.message, self.span(call), problem.hint))
        except (Poisoned, NotStatic, TypeProblem):
            pass


def calls_of(node: Any) -> Iterator[cst.Call]:
    """Yield the calls in the expressions of a statement itself, not in its blocks, outer before inner."""
    if isinstance(node, cst.Call):
        yield node
    for child in node.children:
        if not isinstance(child, cst.BaseSuite | CLAUSE | cst.Lambda):
            yield from calls_of(child)


def blocks(node: Any) -> Iterator[Any]:
    """Yield the blocks nested directly in a compound statement."""
    for child in node.children:
        if isinstance(child, cst.IndentedBlock | cst.SimpleStatementSuite):
            yield child.body if isinstance(child, cst.IndentedBlock) else [cst.SimpleStatementLine(child.body)]
        elif isinstance(child, CLAUSE | cst.If):
            yield from blocks(child)


def bound_names(node: Any) -> Iterator[str]:
    """Yield the names that a statement may bind: assigned, looped over, imported, caught, matched, defined."""
    match node:
        case cst.AssignTarget() | cst.CompFor() | cst.For() | cst.NamedExpr() | cst.AugAssign() | cst.AnnAssign():
            yield from names_in(node.target)
        case cst.AsName():
            yield from names_in(node.name)
        case cst.MatchAs() | cst.MatchStar():
            yield from names_in(node.name)
        case cst.FunctionDef() | cst.ClassDef():
            yield node.name.value
            return
        case cst.Lambda():
            return
    for child in node.children:
        yield from bound_names(child)


def names_in(target: Any) -> Iterator[str]:
    """Yield the names in a target, of which a subscript or attribute binds none."""
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from names_in(element.value)


def names_read(node: Any) -> Iterator[str]:
    """Yield the names in a piece of a program."""
    if isinstance(node, cst.Name):
        yield node.value
    for child in node.children:
        yield from names_read(child)


def walrus_in(node: Any) -> bool:
    """Return whether an expression binds a name, which it may have done before it raises."""
    return isinstance(node, cst.NamedExpr) or any(map(walrus_in, node.children))
