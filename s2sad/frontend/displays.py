"""Lowering of what makes containers: tuples, lists, sets and dicts that are written out; comprehensions of dicts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import libcst as cst

from s2sad.frontend.expressions import FEW, bound_names
from s2sad.frontend.models import is_ours
from s2sad.frontend.tables import is_table
from s2sad.frontend.values import (
    UNKNOWN,
    Iteration,
    RangeValue,
    Struct,
    Unsupported,
    Value,
    spelled_items,
)
from s2sad.ir.nodes import Const, Expr
from s2sad.ir.types import (
    Array,
    Shape,
    list_of,
)
from s2sad.rules.builder import constant_expr, number


class Displays:
    """Lowering of displays."""

    def site(self: Any, node: Any) -> Any:
        """Return the key of the place where a list is made."""
        span = self.span(node)
        if span is None:
            return None
        parsed = self.frame.parsed
        inside = parsed.positions.start(node) if is_ours(parsed.source.file) else None
        what = f"{type(node).__name__}{self.factory}"
        # what a function makes that calls itself is one thing, whatever the types that it is lowered for
        name = self.unit.active[-1][0].__name__ if self.calls_itself() else self.name
        return (name, span.file, span.line, span.column, what, inside)

    def expr_Tuple(self: Any, node: cst.Tuple) -> Value:
        return self.display("tuple", self.elements(node), node)

    def elements(self: Any, node: Any) -> list[Value]:
        """Lower the elements of a display, with stars."""
        values: list[Value] = []
        for element in node.elements:
            value = self.expression(element.value)
            if isinstance(element, cst.StarredElement):
                values.extend(self.starred(value, element))
            else:
                values.append(value)
        return values

    def starred(self: Any, value: Value, node: Any) -> list[Value]:
        """Return the items of a value that is starred."""
        items = self.items_of_star(value, node)
        if items is None:
            hint = "give it a tuple or list of known length, or the sequence itself"
            raise Unsupported("only a sequence of known length can be starred here", node, hint)
        return items

    def items_of_star(self: Any, value: Value, node: Any) -> list[Value] | None:
        """Return the items of a value that is starred; None if how many there are is not known."""
        value = self.listed(self.iterator_of(self.apart(value, "item"), node, drained=True), node)
        if isinstance(value, Struct):
            return list(self.iterated(value, node))
        if isinstance(value, Expr) and isinstance(value.type, Shape):
            return [self.get(value, number(i)) for i in range(len(value.type.sizes))]
        type_ = value.type if isinstance(value, Expr) else None
        count = type_.shape[0].value if isinstance(type_, Array) and type_.ndim else None
        if count is not None and count <= FEW:
            return [self.get(value, number(i)) for i in range(count)]
        items = self.fixed_items(value)
        return None if items is None else list(items)

    def expr_Set(self: Any, node: cst.Set) -> Value:
        """A set of items that are written out."""
        values = self.elements(node)
        return self.set_of(self.struct("tuple", dict(enumerate(values))), node)

    def expr_DictComp(self: Any, node: cst.DictComp) -> Value:
        """A dict whose keys are known when code is generated."""
        saved, made = dict(self.state.names), {}
        iterable = self.iterator_of(self.expression(node.for_in.iter), node.for_in)
        if self.site(node) in self.unit.knowledge.dynamic:
            table = self.table_of_comprehension(node, iterable)
            self.restore(bound_names(node.for_in), saved)
            return table

        def add() -> None:
            key = self.known(self.expression(node.key))
            if key is UNKNOWN:
                raise self.make_dynamic_at(self.site(node))
            made[key] = self.expression(node.value)

        if not self.over_known(node.for_in, iterable, add):
            raise self.make_dynamic_at(self.site(node))
        bound = bound_names(node.for_in)
        self.restore(bound, saved)
        self.check_late(list(made.values()), bound, node)
        return self.dict_made(made, node)

    def restore(self: Any, names: list[str], saved: dict[str, Value]) -> None:
        """Bind names to what they were bound to before a comprehension."""
        for name in names:
            self.state.names.pop(name, None)
        self.state.names.update({name: value for name, value in saved.items() if name in names})

    def over_known(self: Any, clause: cst.CompFor, iterable: Value, body: Any) -> bool:
        """Go over the items of comprehension clauses; return whether they are known when code is generated."""
        items = self.known_items(self.listed(iterable, clause))
        if items is None:
            return False
        for item in items:
            self.assign(clause.target, item)
            tests = [self.test(part.test) for part in clause.ifs]
            if not all(isinstance(test, bool) for test in tests):
                return False
            if all(tests) and clause.inner_for_in is None:
                body()
            elif all(tests):
                inner: Any = clause.inner_for_in
                if not self.over_known(inner, self.iterator_of(self.expression(inner.iter), inner), body):
                    return False
        return True

    def known_items(self: Any, value: Value) -> list[Value] | None:
        """Return the items of an iterable whose length is known; None for others."""
        value = self.apart(value, "item")
        if isinstance(value, Struct):
            return list(self.iterated(value, None))
        if isinstance(value, RangeValue):
            ends = [self.known(end) for end in (value.start, value.stop, value.step)]
            return [number(i) for i in range(*ends)] if all(isinstance(end, int) for end in ends) else None
        if isinstance(value, Const):
            return spelled_items(value)
        if isinstance(value, Iteration) and value.kind in ("zip", "enumerate", "reversed"):
            groups = self.beside_fixed(value) if value.kind == "zip" else None
            if groups is not None:
                return list(self.fixed_iteration(value, groups))
            parts = [self.known_items(part) for part in value.parts]
            return None if None in parts else list(self.fixed_iteration(value, parts))
        return None

    def expr_List(self: Any, node: cst.List) -> Value:
        """A list; one with a star of any length grows item by item."""
        items: list[Value] = []
        grown: Expr | None = None
        for element in node.elements:
            value = self.expression(element.value)
            starred = isinstance(element, cst.StarredElement)
            if starred:
                value = self.listed(self.iterator_of(self.apart(value, "item"), element, drained=True), element)
            more = self.items_of_star(value, element) if starred else [value]
            if more is not None and grown is None:
                items += more
                continue
            grown = self.new_list(items, self.site(node)) if grown is None else grown
            if more is None:
                self.list_method(grown, "extend", [value], node)
            for item in more or ():
                self.list_method(grown, "append", [item], node)
        return self.display("list", items, node) if grown is None else grown

    def display(self: Any, kind: str, values: list[Value], node: Any) -> Value:
        """Make a tuple or list of these values; one that must be so has no fixed length."""
        site = self.site(node)
        if kind in ("list", "tuple") and site in self.unit.knowledge.dynamic:
            return self.born(self.as_kind(kind, self.new_list(values, site)), node)
        return self.born(self.struct(kind, dict(enumerate(values)), site=site), node)

    def named_tuple(self: Any, cls: Any, given: dict[str, Value], node: Any) -> Struct:
        """Make a named tuple: a tuple whose class is known."""
        for name, default in self.member(cls, "_field_defaults").items() if len(given) < len(cls._fields) else ():
            if name not in given and not isinstance(default, int | float | str | type(None)):
                raise Unsupported(f"the default of {name!r} is not a number", node, f"pass {name}")
            given.setdefault(name, constant_expr(default))
        if set(given) != set(cls._fields):
            raise Unsupported(f"{cls.__name__} takes the fields {', '.join(cls._fields)}", node)
        return self.struct("tuple", {i: given[name] for i, name in enumerate(cls._fields)}, cls=cls)

    def new_list(self: Any, values: list[Value], site: Any = None) -> Expr:
        """Make a list of unknown length."""
        values = [self.as_object(self.bound_name(value), None) for value in values]
        self.as_places_of_tables(values)
        items = [self.materialize(value) for value in values]
        if list_of([item.type for item in items]) is None:
            self.as_places(*values)
        for value in values:
            self.hold(value, set() if site is None else {site})
        made = self.builder.op("list", *items)
        if site is not None:
            self.made_at(site, made)
        if any(item in self.unit.optional for item in items):
            made.type = replace(made.type, optional=True)
        return made

    def expr_Dict(self: Any, node: cst.Dict) -> Value:
        """A dict that is written out: of known keys, as long as that will do."""
        if self.site(node) in self.unit.knowledge.dynamic:
            return self.table_written_out(node)
        fields: dict[Any, Value] = {}
        for element in node.elements:
            if isinstance(element, cst.StarredDictElement):
                inner = self.expression(element.value)
                if is_table(inner):
                    raise self.make_dynamic_at(self.site(node))
                if not isinstance(inner, Struct):
                    raise Unsupported("only a dict of known keys can be starred", element)
                fields.update(self.fields(inner))
                continue
            assert isinstance(element, cst.DictElement)
            key = self.known(self.expression(element.key))
            if key is UNKNOWN:
                raise self.make_dynamic_at(self.site(node))
            fields[key] = self.expression(element.value)
        return self.dict_made(fields, node)
