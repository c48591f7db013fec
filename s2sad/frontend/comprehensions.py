"""Lowering of list comprehensions, and lists that grow."""

from __future__ import annotations

from typing import Any

from s2sad.frontend.control import RESIZED, THROUGH_A_COPY, leaves, sources_of, target_names
from s2sad.frontend.pools import is_list, unwrapped
from s2sad.frontend.values import (
    FUNCTIONS,
    ITERABLES,
    OfNothing,
    Struct,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Const, Expr, Op, Var
from s2sad.ir.types import (
    ListOf,
    Static,
)


class Comprehensions:
    """Lowering of comprehensions."""

    def comprehension(self: Any, node: Any, element: Any, iterable: Value = None) -> Value:
        """A list comprehension is a loop that appends."""
        clause = node.for_in
        iterable = self.iterator_of(self.expression(clause.iter) if iterable is None else iterable, clause)
        saved = dict(self.state.names)
        for target in target_names(clause):
            self.state.names.pop(target, None)
        if self.lazily(iterable) and clause.inner_for_in is None:
            found = self.listed_each(iterable, clause, element, node)
            if found is not None:
                self.restore_names(clause, saved)
                self.check_late([found], target_names(clause), node)
                return found
        fixed = self.fixed_items(iterable)
        if ("spell", self.site(node)) in self.unit.knowledge.cures:
            fixed = self.few_items(iterable) or fixed
        if fixed is not None and clause.ifs and clause.inner_for_in is None:
            fixed = self.picked(fixed, clause)
        if fixed is not None and clause.inner_for_in is None:
            values = []
            for item in fixed:
                self.assign(clause.target, item)
                values.append(self.expression(element))
            self.restore_names(clause, saved)
            self.check_late(values, target_names(clause), node)
            return self.display("list", values, node)
        result = self.new_list([], self.site(node))
        assert isinstance(result, Var)
        name = f".list{id(node)}"
        self.state.names[name] = result
        self.comprehension_loop(clause, iterable, element, name)
        made = self.state.names.pop(name)
        self.restore_names(clause, saved)
        return self.born(made, node)

    def listed_each(self: Any, iterable: Value, clause: Any, element: Any, node: Any) -> Value | None:
        """A comprehension over a generator that yields in straight lines: a list of known length; else None."""

        def made(item: Value) -> list[Value]:
            self.assign(clause.target, item)
            tests = [self.test(test.test) for test in clause.ifs]
            if not all(isinstance(test, bool) for test in tests):
                raise self.make_dynamic_at(("generator", *self.site(node), 0))
            return [self.expression(element)] if all(tests) else []

        return self.listed_of(iterable, made, node)

    def picked(self: Any, items: list[Value], clause: Any) -> list[Value] | None:
        """Return the items that pass the tests of a clause; None if that is not known when code is generated."""
        before, mark = self.state.copy(), len(self.builder.block)
        found = []
        for item in items:
            self.assign(clause.target, item)
            tests = [self.test(test.test) for test in clause.ifs]
            if not all(isinstance(test, bool) for test in tests):
                del self.builder.block[mark:]
                self.state = before
                return None
            found += [item] if all(tests) else []
        return found

    def comprehension_loop(self: Any, clause: Any, iterable: Value, element: Any, name: str) -> None:
        """Append what a comprehension makes to a list."""
        self.clauses(clause, iterable, lambda: self.append_to(self.state.names[name], self.expression(element), name))

    def clauses(self: Any, clause: Any, iterable: Value, body: Any) -> None:
        """Lower the loops and tests of a comprehension, with something done inside."""

        def innermost() -> None:
            if clause.inner_for_in is not None:
                inner = clause.inner_for_in
                self.clauses(inner, self.expression(inner.iter), body)
                return
            body()

        def guarded(tests: list[Any]) -> None:
            if not tests:
                innermost()
                return
            test = self.test(tests[0].test)
            if isinstance(test, bool):
                if test:
                    guarded(tests[1:])
                return
            self.branch(test, lambda: guarded(tests[1:]), lambda: None, self.builder.origin)

        def each() -> None:
            try:
                guarded(list(clause.ifs))
            except OfNothing as problem:  # it makes nothing yet
                self.note_nothing(problem, clause)

        self.loop_over(iterable, clause, each, clause.target)

    def restore_names(self: Any, clause: Any, saved: dict[str, Value]) -> None:
        """The names of a comprehension are its own."""
        for name in target_names(clause):
            if name in saved:
                self.state.names[name] = saved[name]
            else:
                self.state.names.pop(name, None)

    def changes_list(self: Any, target: Value) -> None:
        """Note that a list changes; one that is an item of another would have to change there as well."""
        if is_list(target):
            return
        self.unit.grown.add(target)
        self.lend(target)
        self.check_held(target, target in self.unit.held or self.is_item(target))

    def resizes_list(self: Any, target: Value) -> None:
        """Note that a list grows or shrinks: not while a loop goes through it, which would have to see that."""
        self.changes_list(target)
        for _, iterable, written_out in self.counters:
            if iterable is target:
                self.cure(("live", written_out[1]))
            if target in sources_of(iterable):
                raise Unsupported(RESIZED, None, THROUGH_A_COPY)

    def check_held(self: Any, value: Value, changes: bool) -> None:
        """Refuse a list that changes while it is an item of another list; in a pool it may."""
        if changes:
            self.tell_apart(self.births_of(value))
            self.inline_caller()
            message = "a list changes after it was put into another list"
            raise Unsupported(message, None, "put it there when it is complete, or put a copy: list(xs)")

    def check_item(self: Any, value: Value) -> None:
        """Refuse a function or an iterator as an item of a list that grows."""
        kept = value.value if isinstance(value, Const) else self.as_name(unwrapped(value))
        if isinstance(kept, FUNCTIONS | ITERABLES):
            what = "a function" if isinstance(value, Const | FUNCTIONS) else "an iterator"
            raise Unsupported(f"{what} becomes an item of a list that grows", None, "write the list out: [f, g]")

    def hold(self: Any, value: Value, sites: set[Any]) -> None:
        """A value becomes an item of a list (made at these places): what can be assigned in it is not, from now on."""
        value = unwrapped(value)
        self.note_contents(value, sites)
        self.hold_parts(value)

    def hold_parts(self: Any, value: Value) -> None:
        """What can be assigned in a value, or in a part of it, is not any more."""
        self.check_item(value)
        if isinstance(value, Struct) and value.place is None:
            value.item = value.item or value.mutable
            for part in self.fields(value).values():
                self.hold_parts(part)
        elif isinstance(value, Var) and isinstance(value.type, ListOf):
            self.unit.held.add(value)
            older = any(value in leaves(loop.entry).values() for loop in self.going_around)
            self.check_held(value, older and value in self.unit.grown)

    def keep_spelled(self: Any, site: Any) -> None:
        """Functions are put into a list: lower it item by item, and write out the loop around, if that can be done."""
        if site is None:
            return
        self.cure(("spell", site))
        for _, iterable, written_out in self.counters:
            if self.few_items(iterable) and written_out not in self.unit.knowledge.cures:
                self.unit.knowledge.dynamic.discard(site)
                self.cure(written_out)

    def append_to(self: Any, target: Value, value: Value, name: str, at: Expr | None = None) -> None:
        """Append to a list of unknown length, or insert at a place; the first item decides the type of its items."""
        from s2sad.ir.nodes import Effect

        if is_list(target):
            self.resizes_list(target)
            self.append_to_row(target, value, at)
            return
        assert isinstance(target, Var) and isinstance(target.type, ListOf)
        value = self.bound_name(value)
        if self.holds_function(value):
            self.keep_spelled(self.unit.list_sites.get(target))
        value = self.as_item_of_list(target, value)
        self.hold(value, self.sites_of(target))
        expr = self.materialize(value)
        self.resizes_list(target)
        target.type = self.list_type(target, expr, None)
        made = Op("append", (target, expr) if at is None else (target, expr, at), Static(None))
        self.builder.block.append(Effect(made, self.builder.origin))
