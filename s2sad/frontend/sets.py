"""Sets that change, and the places in which a dict has its keys: objects of the program, with nothing active in them.

    seen = set()
    for v in x:                      A set is made, asked and changed when the program runs, each time once and where it
        if int(v) not in seen:       stands, like any call that is not differentiated. What it is asked is a bool or an
            seen.add(int(v))         int, and kept for the reverse sweep.

Of what is in it the type is known, so that a loop can go through it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import libcst as cst

from s2sad.frontend.arguments import bound
from s2sad.frontend.values import Relower, Struct, Unsupported, Value
from s2sad.ir.nodes import Const, Expr, Op, Var
from s2sad.ir.types import BOOL, NOT_YET, Array, ListOf, Opaque, Scalar, SetOf, Static, Structure, Type, join, name_of
from s2sad.rules import infer
from s2sad.rules.builder import number

MAKING = ("union", "intersection", "difference", "symmetric_difference", "copy")
ASKING = ("issubset", "issuperset", "isdisjoint")
CHANGING = {"add": 1, "discard": 1, "remove": 1, "update": 1, "clear": 0, "pop": 0, "difference_update": 1}
CHANGING |= {"intersection_update": 1, "symmetric_difference_update": 1}
OF_SETS = {"bitwise_or": "union", "bitwise_and": "intersection", "subtract": "difference"}
OF_SETS |= {"bitwise_xor": "symmetric_difference"}
IN_PLACE = {"bitwise_or": "update", "bitwise_and": "intersection_update", "subtract": "difference_update"}
IN_PLACE |= {"bitwise_xor": "symmetric_difference_update"}
INFIX = {"in": "in", "equal": "==", "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">="}
UNLIKE = "the items of a set, or the keys of a dict, are of unlike kinds"


def is_known_set(value: Value) -> bool:
    """Return whether a value is a set of what is known when code is generated."""
    return isinstance(value, Const) and isinstance(value.value, set | frozenset)


class Sets:
    """Sets as values of the program."""

    def built_set(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """A set of what is known, as long as it does not change; or one that is made when the program runs."""
        found = bound("set", "iterable?", args, kwargs, node)
        return self.set_of(self.iterator_of(found["iterable"], node, drained=True) if found else None, node)

    def set_of(self: Any, items: Value, node: Any) -> Value:
        """Return the set of the items of an iterable, of none if that is None."""
        known = frozenset() if items is None else self.known_set(items)
        site = self.site(node)
        if known is not None and site not in self.unit.knowledge.dynamic:
            made = Const(known, Static(known))
            self.unit.list_sites[made] = site
            return made
        if known is not None:
            return self.made_at(site, self.running_set(known, node))
        if isinstance(items, Expr) and isinstance(items.type, SetOf):
            return self.made_at(site, self.opaque("set", [items], items.type))
        if not isinstance(items, Expr) or not isinstance(items.type, Array | ListOf):
            items = self.built_list([items], {}, node)
        if isinstance(items, Struct):
            items = self.new_list(list(self.fields(items).values()))
        type_ = infer.getitem((items, number(0)), {}, "")
        return self.made_at(site, self.opaque("set", [items], SetOf("set", self.item_of_set(type_, node))))

    def running_set(self: Any, known: frozenset[Any], node: Any) -> Expr:
        """Return a set of what is known that is made when the program runs."""
        items = [self.materialize(self.as_known(item, {})) for item in sorted(known, key=repr)]
        types = [self.item_of_set(item.type, node) for item in items]
        made = types[0] if types else NOT_YET
        for type_ in types[1:]:
            joined = join(made, type_)
            if joined is None:
                raise Unsupported(UNLIKE, node)
            made = joined
        given = [self.materialize(self.struct("tuple", dict(enumerate(items))))] if items else []
        found: Expr = self.opaque("set", given, SetOf("set", made))
        return found

    def expr_SetComp(self: Any, node: cst.SetComp) -> Value:
        """A set of what a comprehension gives."""
        return self.set_of(self.comprehension(node, node.elt), node)

    def item_of_set(self: Any, type_: Type, node: Any) -> Type:
        """Return the type that an item of a set has, whatever its size."""
        name = name_of(type_)
        if name is not None:
            return name
        if isinstance(type_, Scalar):
            return Scalar(type_.kind, type_.dtype)
        if isinstance(type_, Structure) and type_.kind == "tuple":
            return replace(type_, items=tuple(self.item_of_set(item, node) for item in type_.items))
        if isinstance(type_, Opaque) and not isinstance(type_, SetOf):
            return type_
        raise Unsupported("a set, or the keys of a dict, are accepted of numbers, strings and tuples of them", node)

    def changes_set(self: Any, base: Value, node: Any) -> None:
        """A set of what is known changes: it is made when the program runs."""
        site = self.unit.list_sites.get(base)
        if site is None:
            self.lend(base)
            self.inline_caller()
        if site is None or site in self.unit.knowledge.dynamic:
            raise Unsupported("a set from outside is changed", node, "copy it first: set(s)")
        self.unit.knowledge.dynamic.add(site)
        raise Relower

    def learn_item(self: Any, base: Expr, value: Expr, node: Any) -> None:
        """Something becomes an item of a set: lower again if its type is new."""
        have: Any = base.type
        new = self.item_of_set(value.type, node)
        made = new if have.item == NOT_YET else join(have.item, new)
        if made is None:
            raise Unsupported(UNLIKE, node)
        if made == have.item:
            return
        sites = self.sites_of(base)
        held = self.builder.definitions.get(base) if isinstance(base, Var) else None
        if not sites and isinstance(held, Op) and held.name == "getitem":  # of an object that is one of many
            lists = self.sites_of(held.args[0])
            self.unit.knowledge.items.update(dict.fromkeys(lists, ListOf(replace(have, item=made))))
            if lists:
                raise Relower
        if not sites:
            self.lend(base)
            self.inline_caller()
            raise Unsupported("a set from outside is changed", node, "copy it first: set(s)")
        self.unit.knowledge.items.update(dict.fromkeys(sites, replace(have, item=made)))
        raise Relower

    def set_method(self: Any, base: Any, name: str, args: list[Value], node: Any) -> Value:
        """A method of a set."""
        if is_known_set(base):
            others = [self.known_set(self.iterator_of(arg, node, drained=True)) for arg in args]
            if None not in others:
                return self.known_method(base.value, name, others, node)
            base = self.running_set(base.value, node)
        have: Any = base.type
        if name not in (*MAKING, *ASKING, *CHANGING):
            raise Unsupported(f"the method {name!r} of a set is not accepted", node)
        if name in MAKING:
            sets = [self.as_set(arg, node) for arg in args]
            made = self.made_at(self.site(node), self.opaque(f".{name}", [base, *sets], have))
            for other in sets:
                self.learn_items(made, other, node)
            return made
        if name in ASKING:
            return self.opaque(f".{name}", [base, *(self.as_set(arg, node) for arg in args)], BOOL)
        if len(args) != CHANGING[name]:
            raise Unsupported(f"the method {name!r} of a set is given {len(args)} arguments", node)
        if name in ("add", "discard", "remove"):
            items = [self.as_item(arg, node) for arg in args]
            if name == "add":
                self.learn_item(base, items[0], node)
        else:
            items = [self.as_set(arg, node) for arg in args]
            if name in ("update", "symmetric_difference_update"):
                self.learn_items(base, items[0], node)
        if name == "pop":
            return self.load(self.opaque(".pop", [base], have.item), "item")
        self.opaque(f".{name}", [base, *items], Opaque("None"))
        return Const(None)

    def known_method(self: Any, known: frozenset[Any], name: str, others: list[Any], node: Any) -> Value:
        """A method of a set of what is known that is given such sets."""
        made = getattr(known, name)(*others)
        return number(made) if isinstance(made, bool) else self.set_of(Const(made, Static(made)), node)

    def as_item(self: Any, value: Value, node: Any) -> Expr:
        """Return what becomes an item of a set, or is asked for."""
        expr: Expr = self.materialize(value)
        self.item_of_set(expr.type, node)
        return expr

    def as_set(self: Any, value: Value, node: Any) -> Expr:
        """Return a set that is given to a method or operator of another one."""
        if not isinstance(value, Expr) or not isinstance(value.type, SetOf):
            value = value if is_known_set(value) else self.set_of(self.iterator_of(value, node, drained=True), node)
        return self.running_set(value.value, node) if is_known_set(value) else value

    def learn_items(self: Any, base: Expr, other: Expr, node: Any) -> None:
        """The items of one set become those of another."""
        item = other.type.item if isinstance(other.type, SetOf) else None
        if item is not None and item != NOT_YET:
            self.learn_item(base, Var("item", item), node)

    def operate_running_sets(self: Any, name: str, a: Value, b: Value, node: Any) -> Value | None:
        """`|`, `&`, `-` and `^` of sets of which one is made when the program runs; None for anything else."""
        running = [isinstance(value, Expr) and isinstance(value.type, SetOf) for value in (a, b)]
        if not any(running) or name not in OF_SETS:
            return None
        return self.set_method(self.as_set(a, node), OF_SETS[name], [b], node)

    def compare_running_sets(self: Any, name: str, a: Value, b: Value, node: Any) -> Expr | None:
        """A comparison of sets, or the question whether something is in one, when the program runs; else None."""
        sets = [isinstance(value, Expr) and isinstance(value.type, SetOf) for value in (a, b)]
        turned = {"not_in": "in", "not_equal": "equal"}.get(name)
        asked = turned or name
        if not (sets[1] if asked == "in" else any(sets)) or asked not in INFIX:
            return None
        left = self.as_item(a, node) if asked == "in" else self.as_set(a, node)
        found: Expr = self.opaque(f"infix {INFIX[asked]}", [left, b if asked == "in" else self.as_set(b, node)], BOOL)
        return self.turned(found) if turned else found

    def items_of_set(self: Any, value: Expr, node: Any) -> Value:
        """Return what a loop goes through: the list of what is in a set now."""
        assert isinstance(value.type, SetOf)
        if value.type.item == NOT_YET:
            self.unit.early.add(value)
            return self.struct("tuple", {})
        made = self.opaque("list", [value], ListOf(value.type.item))
        made.name = "items" if value.type.what == "set" else "keys"
        return made
