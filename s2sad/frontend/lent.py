"""What functions that call themselves are lent: lists that each call changes, and those of pools.

The lists are arguments of each call, and so are their cotangents in the sweep back. A dict of keys that are made when
the program runs is handed on as its parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from s2sad.frontend.pools import unwrapped
from s2sad.frontend.sets import is_known_set
from s2sad.frontend.tables import is_table
from s2sad.frontend.values import (
    Relower,
    Struct,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import (
    Assign,
    Call,
    Expr,
    Var,
    exprs_of,
    variables,
    walk,
)
from s2sad.ir.types import (
    NOT_YET,
    ListOf,
    SetOf,
    Type,
    join,
    same_type,
)
from s2sad.rules.core import is_pure

OF_TABLE = "."  # between the name of a dict and that of a part of it, in what a function is given


class Lent:
    """Lists, dicts and sets that calls change."""

    def argument(self: Any, function: Any, name: str, type_: Type) -> Var:
        """Return a parameter of a function; what is in a list that it changes is known of all its calls."""
        knowledge, site = self.unit.knowledge, ("lent", function, name)
        lent = name in knowledge.lent.get(function, ()) and isinstance(type_, ListOf | SetOf)
        known = self.joined_list(knowledge.items.get(site, type_), type_) if lent else type_
        made = Var(name.replace(OF_TABLE, "_"), known, user=True)
        self.arguments[made] = name
        if lent:
            self.unit.list_sites[made] = site
        return made

    def lend_lists(self: Any, function: Any, values: dict[str, Value], exprs: dict[str, Expr], node: Any) -> None:
        """A function that calls itself changes lists that it is given: they are of any length, and change here."""
        for name in sorted(self.unit.knowledge.lent.get(function, set()) & set(values)):
            value = unwrapped(values[name])
            if isinstance(value, Struct) and value.kind in ("list", "dict"):
                self.lend(value)
                if value.kind == "list":
                    raise self.make_dynamic(value, node)
                self.as_table(value)
            if is_known_set(value):
                self.changes_set(value, node)
            if isinstance(exprs[name], Var) and isinstance(exprs[name].type, ListOf):
                self.resizes_list(exprs[name])

    def lend(self: Any, value: Value) -> None:
        """A function that calls itself changes a list, dict or set that it is given, or hands it on to be changed."""
        name = self.arguments.get(value.ref if isinstance(value, Struct) else value)
        if name is None or not self.calls_itself():
            return
        if self.unit.knowledge.note_lent(self.unit.active[-1][0], {name}):
            raise Relower

    def with_parts_of_tables(self: Any, values: dict[str, Value]) -> dict[str, Value]:
        """Return arguments with the parts of dicts that are made when the program runs as arguments of their own."""
        found: dict[str, Value] = {}
        for name, value in values.items():
            if is_table(value) and value.place is None:
                found |= {f"{name}{OF_TABLE}{key}": part for key, part in self.fields(value).items()}
            else:
                found[name] = value
        return found

    def with_tables(self: Any, values: dict[str, Value]) -> None:
        """Make the dicts again whose parts a function is given."""
        for name in [name for name in values if OF_TABLE in name]:
            whole, _, key = name.partition(OF_TABLE)
            if whole not in values:
                values[whole] = self.struct("object", {}, cls=dict, name=whole)
            self.fields(values[whole])[key] = values.pop(name)

    def check_lent(self: Any, function: Any, made: Any, exprs: dict[str, Expr]) -> None:
        """Lists that are handed to and fro hold the same in all calls."""
        for param in made.params:
            given = next((expr for name, expr in exprs.items() if name.replace(OF_TABLE, "_") == param.name), None)
            if param not in made.lent or not isinstance(given, Var) or not isinstance(given.type, ListOf | SetOf):
                continue
            if not same_type(param.type, given.type):
                sites = self.sites_of(given)
                if not sites:
                    raise Unsupported(f"the list {param.name!r} holds something else in this call", None)
                self.learn_lists(sites, self.joined_list(param.type, given.type))

    def captured_in(self: Any, made: Any) -> list[Expr]:
        """Globals and closure cells that a called function reads are arguments of the call."""
        values = [self.captured_value(made, var, where) for var, where in made.captured]
        if any(value in self.borrowed and not self.as_loaded(value) for value in values):
            self.unit.knowledge.dynamic.add(("inline", made.python))  # it was lowered for what the list held before
            raise Relower
        return [self.materialize(value) for value in values]

    def captured_value(self: Any, made: Any, var: Var, where: Any) -> Value:
        """Return what a called function reads of a place outside of it: in the module, or a list of a pool."""
        if where[0] != "pool":
            return self.reached(var.name, var.type, where)
        _, reference, key = where
        given = self.pool_behind(reference).lists[key]
        if var in made.params and not same_type(var.type, given.type):  # else it is being lowered
            self.learn_lists([self.unit.list_sites[given]], self.joined_list(var.type, given.type))
        self.unit.grown.add(given)
        return given

    def joined_list(self: Any, one: Any, other: Any) -> Any:
        """Return the type of a list or set of which two functions know different things."""
        if NOT_YET in (one.item, other.item):
            item = other.item if one.item == NOT_YET else one.item
        elif isinstance(one.item, ListOf) and isinstance(other.item, ListOf):
            item = self.joined_list(one.item, other.item)
        else:
            item = join(one.item, other.item)
        if item is None:
            raise Unsupported("the items of one list are of unlike kinds in two functions", None)
        if isinstance(one, ListOf):
            return replace(one, item=item, optional=one.optional or other.optional)
        return replace(one, item=item)


def used_in(function: Any, itself: Any) -> set[Var]:
    """Return what a function does anything with but hand it on to itself, or read what nobody asks for."""
    statements, own = list(walk(function.body)), {var for var, _ in function.captured}
    while True:
        used = {var for stmt in statements for expr in exprs_of(stmt) for var in read_by(expr, itself, own)}
        left = [s for s in statements if not isinstance(s, Assign) or s.target in used or not is_pure(s.value)]
        if len(left) == len(statements):
            return used
        statements = left


def read_by(expr: Expr, itself: Any, own: set[Var]) -> Iterator[Var]:
    """Yield what an expression reads; but not what a function has of its own if it is what is called."""
    handed = isinstance(expr, Call) and expr.function is itself
    return (var for var in variables(expr) if not (handed and var in own))
