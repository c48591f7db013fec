"""Activity: what depends on the differentiated inputs (varied) and what the result depends on (useful)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from s2sad.analysis.alias import Aliases
from s2sad.analysis.shifts import cancelled_shifts
from s2sad.ir.nodes import (
    Assign,
    Call,
    Effect,
    Expr,
    Function,
    Move,
    Op,
    Return,
    Stmt,
    Store,
    Var,
    variables,
    walk,
)
from s2sad.ir.types import differentiable
from s2sad.rules.core import TABLE

CONTAINERS = {"list", "tuple", "build", "field", "pop", "getitem", "append", "to_list", "repeat_list"}
CONTAINERS |= {"sum_list", "add_lists", "to_tuple"}


@dataclass(eq=False, repr=False)
class Activity:
    """Varied and useful variables; for written memory the whole component counts."""

    aliases: Aliases
    varied: set[Var] = field(default_factory=set)
    useful: set[Var] = field(default_factory=set)
    cancelled: set[Var] = field(default_factory=set)  # shifts on which the result does not depend
    known: bool = True  # whether it was asked which are; if not, all are taken for active

    def active(self, var: Var) -> bool:
        """Return whether a variable has a cotangent."""
        return var in self.varied and var in self.useful

    def is_varied(self, expr: Expr) -> bool:
        """Return whether an expression depends on the differentiated inputs through operations with a derivative."""
        return any(var in self.varied for var in active_reads(expr))


def active_reads(expr: Expr) -> list[Var]:
    """Return the variables an expression depends on differentiably."""
    if isinstance(expr, Var):
        return [expr] if differentiable(expr.type) else []
    if isinstance(expr, Call):
        return [v for arg in expr.args for v in active_reads(arg)]
    if isinstance(expr, Op):
        if expr.name in CONTAINERS:
            parts = expr.args[:1] if expr.name == "getitem" else expr.args
            return [v for arg in parts for v in active_reads(arg)]
        rule = TABLE.rules.get(expr.name)
        if rule is None or rule.constant:
            return []
        if rule.definition is not None:  # whose attributes may move, too
            return [v for value in (*expr.args, *expr.attrs.values()) for v in active_reads(value)]
        if rule.is_elementwise:
            return [v for arg, d in zip(expr.args, rule.partials, strict=False) if d for v in active_reads(arg)]
        if rule.variadic or len(rule.pulls) < len(expr.args):
            return [v for arg in expr.args for v in active_reads(arg)]
        return [v for arg, pull in zip(expr.args, rule.pulls, strict=False) if pull for v in active_reads(arg)]
    return []


def find_activity(
    function: Function, aliases: Aliases, wrt: set[Var], written: Sequence[Var] = (), *, everything: bool = False
) -> Activity:
    """Return the activity of a function differentiated with respect to some parameters."""
    result = Activity(aliases, set(wrt), set(), cancelled_shifts(function, aliases) if not everything else set())
    stmts = list(walk(function.body))
    if everything:
        every = {v for v in [*aliases.places.defs, *function.params] if differentiable(v.type)}
        result.varied, result.useful, result.known = set(every), set(every), False
        return result
    _fixpoint(stmts, result.varied, lambda stmt: _forward(stmt, result))
    for param in written:  # the caller reads what they hold at the end
        _spread(result, param, result.useful)
    for stmt in stmts:
        if isinstance(stmt, Return):
            for var in active_reads(stmt.value):
                _spread(result, var, result.useful)
    _fixpoint(stmts[::-1], result.useful, lambda stmt: _backward(stmt, result))
    return result


def _fixpoint(stmts: list[Stmt], found: set[Var], step: object) -> None:
    while True:
        before = len(found)
        for stmt in stmts:
            step(stmt)  # type: ignore[operator]
        if len(found) == before:
            return


def _spread(result: Activity, var: Var, found: set[Var]) -> None:
    """Memory that is written shares its activity among all names that may reach it."""
    found.add(var)
    aliases = result.aliases
    if aliases.written(var):
        found.update(v for v in aliases.members.get(aliases.root(var), ()) if differentiable(v.type))


def _forward(stmt: Stmt, result: Activity) -> None:
    match stmt:
        case Assign():
            wanted = differentiable(stmt.target.type) and stmt.target not in result.cancelled
            if wanted and result.is_varied(stmt.value):
                _spread(result, stmt.target, result.varied)
        case Move():
            for target, source in zip(stmt.targets, stmt.sources, strict=True):
                if differentiable(target.type) and result.is_varied(source):
                    _spread(result, target, result.varied)
        case Store():
            if result.is_varied(stmt.value) and isinstance(stmt.base, Var):
                _spread(result, stmt.base, result.varied)
        case Effect(value=Op(name="append")):
            target, item, *_ = stmt.value.args  # type: ignore[attr-defined]
            if result.is_varied(item):
                _spread(result, target, result.varied)
    if isinstance(stmt, Assign | Effect) and isinstance(stmt.value, Call):
        _call_forward(stmt.value, result)


def _call_forward(call: Call, result: Activity) -> None:
    from s2sad.analysis.alias import summary

    if result.is_varied(call):
        for i in summary(call.function).writes:
            for var in variables(call.args[i]):
                if differentiable(var.type):
                    _spread(result, var, result.varied)


def _backward(stmt: Stmt, result: Activity) -> None:
    useful = result.useful
    match stmt:
        case Assign():
            if stmt.target in useful:
                for var in active_reads(stmt.value):
                    _spread(result, var, useful)
        case Move():
            for target, source in zip(stmt.targets, stmt.sources, strict=True):
                if target in useful:
                    for var in active_reads(source):
                        _spread(result, var, useful)
        case Store():
            if stmt.base in useful:
                for var in active_reads(stmt.value):
                    _spread(result, var, useful)
        case Effect(value=Op(name="append")):
            target, item, *_ = stmt.value.args  # type: ignore[attr-defined]
            if target in useful:
                for var in active_reads(item):
                    _spread(result, var, useful)
    if isinstance(stmt, Assign | Effect) and isinstance(stmt.value, Call):
        _call_backward(stmt.value, result)


def _call_backward(call: Call, result: Activity) -> None:
    from s2sad.analysis.alias import summary

    written = [var for i in summary(call.function).writes for var in variables(call.args[i])]
    if any(var in result.useful for var in written):
        for var in active_reads(call):
            _spread(result, var, result.useful)
