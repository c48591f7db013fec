"""Dicts whose keys are known only when the program runs: a list of the values, and the place of each key.

    d = {}                                places, values = {}, []
    d[int(v)] = v * v             ->      at = places.setdefault(int(v), len(values)); ...

The places are an object of the program, with nothing active in it; the values are a list like any other. What a dict
does is written in Python, in `collected.dictionary`, with the steps that stand here.
"""

from __future__ import annotations

from typing import Any

import libcst as cst

from s2sad.errors import Problem
from s2sad.frontend import collected
from s2sad.frontend.containers import is_int
from s2sad.frontend.values import Iteration, Pending, RangeValue, Relower, Struct, Value
from s2sad.ir.nodes import Const, Expr, Var
from s2sad.ir.types import BOOL, INT, NOT_YET, ListOf, Opaque, SetOf

THINNED = "keys are taken out of dicts"


def is_table(value: Value) -> bool:
    """Return whether a value is a dict whose keys are not known."""
    return isinstance(value, Struct) and value.cls is dict


def named(made: Expr, name: str) -> Expr:
    """Return a variable under the name that it is to have."""
    assert isinstance(made, Var)
    made.name = name
    return made


class Tables:
    """Making dicts of keys that are not known, and the steps of what they do."""

    def new_table(self: Any, fields: dict[Any, Value], node: Any) -> Struct:
        """Make a dict of keys that are not known, with these items."""
        made: Struct = self.struct("object", {}, cls=dict)
        self.call_user(collected.dictionary.__init__, [made], {}, node)
        for key, value in fields.items():
            self.set_in_table(made, self.as_known(key, {}), value, node)
        return self.apart(self.born(made, node), "table")

    def set_in_table(self: Any, table: Struct, key: Value, value: Value, node: Any) -> None:
        self.call_user(collected.dictionary.__setitem__, [table, key, value], {}, node)

    def as_places_of_tables(self: Any, values: list[Value]) -> None:
        """A dict of keys that are not known is no value that a list could hold: it is in a pool."""
        for value in values:
            if is_table(value) and value.place is None:
                self.tell_apart(value.births)

    def dict_made(self: Any, fields: dict[Any, Value], node: Any) -> Value:
        """Return the dict that is made at a place: of known keys, as long as that will do."""
        site = self.site(node)
        if site in self.unit.knowledge.dynamic:
            return self.new_table(fields, node)
        return self.born(self.struct("dict", fields, site=site), node)

    def waits_for_ints(self: Any, key: Value) -> bool:
        """Return whether a key may still be known: when the ints that a loop around or the key depends on are."""
        unit, found = self.unit, self.sources(key)
        entry, names = unit.entry
        if {f"{entry}.{name}" for name in names} <= unit.knowledge.begun and unit.places <= unit.knowledge.static:
            return False
        for index, iterable, _ in self.counters:
            if index in found and isinstance(iterable, RangeValue):
                found |= {part for end in (iterable.start, iterable.stop) for part in self.sources(end)}
        given = (part for part in found if isinstance(part, Var) and part not in self.builder.definitions)
        return any(is_int(part) and part.user and not part.join for part in given if part not in self.indices())

    def indices(self: Any) -> set[Var]:
        """Return the counters of the loops around."""
        return {index for index, _, _ in self.counters}

    def as_table(self: Any, struct: Struct, key: Value = None) -> None:
        """Lower again with keys that are not known, if that can be: where the dict was made, of values of one kind."""
        if key is not None and self.waits_for_ints(key):
            return
        dynamic = self.unit.knowledge.dynamic
        items = list(self.fields(struct).values())
        if struct.kind == "dict" and struct.ref is not None:
            self.lend(struct)
            self.inline_caller()
        if struct.kind != "dict" or struct.site is None or struct.site in dynamic or struct.ref is not None:
            return
        if not self.holds_function(struct) and (not items or self.uniform(items)):
            dynamic.add(struct.site)
            raise Relower

    def table_written_out(self: Any, node: cst.Dict) -> Struct:
        """`{k: v, **other}` of keys that are not known."""
        made = self.new_table({}, node)
        for element in node.elements:
            if isinstance(element, cst.StarredDictElement):
                other = self.expression(element.value)
                self.call_user(collected.dictionary.update, [made, other], {}, node)
            else:
                key, value = self.expression(element.key), self.expression(element.value)  # type: ignore[attr-defined]
                self.set_in_table(made, key, value, node)
        return made

    def table_of(self: Any, others: list[Value], node: Any) -> Struct:
        """Return a new dict of what is in others."""
        made = self.new_table({}, node)
        for other in others:
            self.call_user(collected.dictionary.update, [made, other], {}, node)
        return made

    def table_of_comprehension(self: Any, node: cst.DictComp, iterable: Value) -> Value:
        """`{k: v for ...}` of keys that are not known."""
        name = f".table{id(node)}"
        self.state.names[name] = self.new_table({}, node)

        def add() -> None:
            key, value = self.expression(node.key), self.expression(node.value)
            self.set_in_table(self.state.names[name], key, value, node)

        self.clauses(node.for_in, iterable, add)
        return self.state.names.pop(name)

    # --- steps ------------------------------------------------------------------------------------------------
    def new_places(self: Any, node: Any) -> Expr:
        return self.made_at(self.site(node), self.opaque("dict", [], SetOf("dict")))

    def place_for(self: Any, places: Expr, key: Value, count: Expr, node: Any) -> Expr:
        """Return the place of a key, which is the next one if it has none."""
        item = self.as_item(key, node)
        self.learn_item(places, item, node)
        return self.opaque(".setdefault", [places, item, self.as_expr(count, node)], INT)

    def place_of(self: Any, places: Expr, key: Value, node: Any) -> Expr:
        return named(self.opaque("item", [places, self.as_item(key, node)], INT), "place")

    def has_place(self: Any, places: Expr, key: Value, node: Any) -> Expr:
        return named(self.opaque("infix in", [self.as_item(key, node), places], BOOL), "known")

    def keys_of_places(self: Any, places: Expr, node: Any) -> Value:
        return self.items_of_set(places, node)

    def pairs_of_table(self: Any, places: Expr, values: Expr, node: Any) -> Value:
        return Iteration("zip", [self.items_of_set(places, node), values])

    def place_taken(self: Any, places: Expr, key: Value, node: Any) -> Expr:
        """Take out a key; return the place that it had."""
        self.thins_out(node)
        return named(self.opaque(".pop", [places, self.as_item(key, node)], INT), "place")

    def all_taken(self: Any, places: Expr, node: Any) -> Value:
        self.thins_out(node)
        self.opaque(".clear", [places], Opaque("None"))
        return Const(None)

    def thins_out(self: Any, node: Any) -> None:
        """Not all values of a dict are there any more: it is asked which."""
        if THINNED not in self.unit.knowledge.dynamic:
            self.unit.knowledge.dynamic.add(THINNED)
            raise Relower

    def values_there(self: Any, places: Expr, values: Value, node: Any) -> Value:
        """Return the values of the keys that are there, in their order."""
        if THINNED not in self.unit.knowledge.dynamic:
            return values
        order = self.opaque("list", [self.opaque(".values", [places], Opaque("places"))], ListOf(INT))
        return self.call_user(collected.picked, [values, order], {}, node)

    def count_there(self: Any, places: Expr, values: Value, node: Any) -> Value:
        if THINNED not in self.unit.knowledge.dynamic:
            return self.call_object(len, [values], {}, node)
        return self.opaque("len", [places], INT)

    def value_at(self: Any, values: Value, place: Expr, node: Any) -> Value:
        """Return a value of a dict. Where nothing is known of the values yet, what is put there later tells."""
        if isinstance(values, Struct):
            self.lend(values)
            raise self.make_dynamic(values, node)
        assert isinstance(values.type, ListOf)
        if values.type.item == NOT_YET:
            self.early(values)
            hint = "put something into it first"
            self.unit.unread.append(Problem("a dict is read, and it is not known what is in it", self.span(node), hint))
            if not self.trying:  # what is behind the body of a `try` is lowered as well
                raise Pending
        return self.load(self.get(values, place), "item")
