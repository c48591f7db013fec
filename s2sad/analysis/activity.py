"""Activity: what depends on the differentiated inputs (varied) and what the result depends on (useful)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
    SetField,
    Stmt,
    Store,
    Var,
    variables,
    walk,
)
from s2sad.ir.types import ListOf, Recursive, Structure, Type, differentiable
from s2sad.rules.core import TABLE

CONTAINERS = {"list", "tuple", "build", "field", "pop", "getitem", "append", "to_list", "repeat_list"}
CONTAINERS |= {"sum_list", "add_lists", "to_tuple"}


Path = tuple[Any, ...]
Paths = frozenset[Path]
FOLLOWED = {"list", "tuple", "build", "field", "pop", "getitem", "copy", "add_lists"}  # by the keys of structures
ALL = object()  # at the end of a path: whatever is there
WHOLE: Paths = frozenset({(ALL,)})
DEPTH = 6  # keys of a path that are told apart


@dataclass(eq=False, repr=False)
class Activity:
    """Varied and useful variables; for written memory the whole component counts.

    Where it is asked for, structures of numbers count part by part: what leads to those that are varied are paths of
    keys, in which the items of a list are not told apart.
    """

    aliases: Aliases
    varied: set[Var] = field(default_factory=set)
    useful: set[Var] = field(default_factory=set)
    cancelled: set[Var] = field(default_factory=set)  # shifts on which the result does not depend
    known: bool = True  # whether it was asked which are; if not, all are taken for active
    by_parts: bool = False
    parts: dict[Var, Paths] = field(default_factory=dict)  # of varied structures of which not all is varied

    def active(self, var: Var) -> bool:
        """Return whether a variable has a cotangent."""
        return var in self.varied and var in self.useful

    def is_varied(self, expr: Expr) -> bool:
        """Return whether an expression depends on the differentiated inputs through operations with a derivative."""
        if self.by_parts and isinstance(expr, Op) and expr.name in FOLLOWED:
            return bool(self.paths(expr))
        return any(var in self.varied for var in active_reads(expr))

    def paths(self, expr: Expr) -> Paths:
        """Return what leads to the varied parts of a value."""
        if isinstance(expr, Var):
            return self.parts.get(expr, WHOLE) if expr in self.varied else frozenset()
        if not isinstance(expr, Op) or expr.name not in FOLLOWED:
            return WHOLE if self.is_varied(expr) else frozenset()
        if expr.name == "field":
            key = expr.attrs["key"].value  # type: ignore[attr-defined]
            inside = self.paths(expr.args[0])
            return frozenset(p if p[0] is ALL else p[1:] for p in inside if p[0] is ALL or p[0] == key)
        args = expr.args[:1] if expr.name in ("getitem", "pop") else expr.args
        if not isinstance(expr.type, Structure) or expr.name not in ("build", "tuple", "list"):
            return frozenset().union(*map(self.paths, args))
        keyed = zip(expr.type.keys, args, strict=True)
        return frozenset(shortened((key, *p)) for key, arg in keyed for p in self.paths(arg))

    def vary(self, var: Var, paths: Paths) -> None:
        """Note that a variable is varied, or parts of it are."""
        if not self.by_parts or ALL in {p[0] for p in paths} or not is_record(var.type) or self.aliases.written(var):
            _spread(self, var, self.varied)
            for other in self.varied if self.aliases.written(var) else (var,):
                self.parts.pop(other, None)
        elif var not in self.varied:
            self.varied.add(var)
            self.parts[var] = paths
        elif var in self.parts:
            self.parts[var] |= paths


def as_taken(paths: Paths, given: Type, taken: Type) -> Paths:
    """Return paths in what a function is given as those in what it takes: a list of known length may be one of any."""

    def taken_path(path: Path, have: Type, want: Type) -> Path:
        if path[0] is ALL:
            return path
        if isinstance(want, ListOf):
            inside = isinstance(have, ListOf)
            item, rest = (have.item, path) if inside else (have.item(path[0]), path[1:])  # type: ignore[attr-defined]
            return taken_path(rest, item, want.item)
        if isinstance(have, Structure) and isinstance(want, Structure) and path[0] in want.keys:
            return path[0], *taken_path(path[1:], have.item(path[0]), want.item(path[0]))
        return (ALL,)

    return frozenset(taken_path(path, given, taken) for path in paths)


def shortened(path: Path) -> Path:
    """Return a path of no more than so many keys."""
    return path if len(path) <= DEPTH else (*path[: DEPTH - 1], ALL)


def is_record(type_: Type) -> bool:
    """Return whether a value is a structure of numbers and arrays, or a list of such."""
    if isinstance(type_, ListOf):
        return is_record(type_.item)
    return isinstance(type_, Structure) and all(map(holds_no_list, type_.items))


def holds_no_list(type_: Type) -> bool:
    """Return whether there is no list of any length in a value, which might be given varied items, nor its own kind."""
    if isinstance(type_, Structure):
        return all(map(holds_no_list, type_.items))
    return not isinstance(type_, ListOf | Recursive)


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
    function: Function,
    aliases: Aliases,
    wrt: set[Var],
    written: Sequence[Var] = (),
    *,
    everything: bool = False,
    parts: Mapping[Var, Paths] | None = None,
) -> Activity:
    """Return the activity of a function differentiated with respect to some parameters, or parts of them."""
    result = Activity(aliases, set(wrt), set(), cancelled_shifts(function, aliases) if not everything else set())
    if parts is not None and not any(isinstance(stmt, SetField) for stmt in walk(function.body)):
        result.by_parts = True
        for param, paths in parts.items():
            if (ALL,) not in paths and is_record(param.type) and not aliases.written(param):
                result.parts[param] = paths
    stmts = list(walk(function.body))
    if everything:
        every = {v for v in [*aliases.places.defs, *function.params] if differentiable(v.type)}
        result.varied, result.useful, result.known = set(every), set(every), False
        return result
    extent = lambda: (len(result.varied), dict(result.parts))  # noqa: E731
    _fixpoint(stmts, extent, lambda stmt: _forward(stmt, result))
    for param in written:  # the caller reads what they hold at the end
        _spread(result, param, result.useful)
    for stmt in stmts:
        if isinstance(stmt, Return):
            for var in active_reads(stmt.value):
                _spread(result, var, result.useful)
    _fixpoint(stmts[::-1], lambda: len(result.useful), lambda stmt: _backward(stmt, result))
    return result


def _fixpoint(stmts: list[Stmt], size: Callable[[], object], step: object) -> None:
    while True:
        before = size()
        for stmt in stmts:
            step(stmt)  # type: ignore[operator]
        if size() == before:
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
                result.vary(stmt.target, result.paths(stmt.value))
        case Move():
            for target, source in zip(stmt.targets, stmt.sources, strict=True):
                if differentiable(target.type) and result.is_varied(source):
                    result.vary(target, result.paths(source))
        case Store():
            if result.is_varied(stmt.value) and isinstance(stmt.base, Var):
                result.vary(stmt.base, WHOLE)
        case Effect(value=Op(name="append")):
            target, item, *_ = stmt.value.args  # type: ignore[attr-defined]
            if result.is_varied(item):
                result.vary(target, result.paths(item))
    if isinstance(stmt, Assign | Effect) and isinstance(stmt.value, Call):
        _call_forward(stmt.value, result)


def _call_forward(call: Call, result: Activity) -> None:
    from s2sad.analysis.alias import summary

    if result.is_varied(call):
        for i in summary(call.function).writes:
            for var in variables(call.args[i]):
                if differentiable(var.type):
                    result.vary(var, WHOLE)


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
