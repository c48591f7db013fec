"""Items of dicts by keys that are not known, and changes in the midst of lists of any length."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from s2sad.frontend import iteration
from s2sad.frontend.models import is_ours
from s2sad.frontend.pools import is_list, path
from s2sad.frontend.values import UNKNOWN, Chosen, Struct, Unsupported, Value
from s2sad.ir.nodes import Assign, Const, Expr, Op, Store
from s2sad.ir.types import NOT_YET, ListOf, Name, Scalar, Static
from s2sad.rules.builder import constant_expr, number
from s2sad.rules.core import is_pure
from s2sad.rules.infer import is_slice

KEYS = 16  # of a dict that are compared with one that is not known


def is_int(expr: Expr) -> bool:
    """Return whether a value is an int."""
    return isinstance(expr.type, Scalar) and expr.type.kind == "int"


def same_place(value: Expr, base: Expr, index: Expr) -> bool:
    """Return whether a value is what a list holds at an index."""
    if not isinstance(value, Op) or value.name != "getitem" or value.args[0] is not base:
        return False
    pairs = [(value.args[1], index)]
    if isinstance(index, Op) and isinstance(value.args[1], Op) and index.name == value.args[1].name == "path":
        pairs = list(zip(value.args[1].args, index.args, strict=True))
    return all(a is b or (isinstance(a, Const) and isinstance(b, Const) and a.value == b.value) for a, b in pairs)


def is_just_made(value: Expr, stmt: Any) -> bool:
    """Return whether a statement has just computed a value that has no name."""
    return isinstance(stmt, Assign) and stmt.target is value and not stmt.target.user and isinstance(stmt.value, Op)


class Containers:
    """Dicts and lists."""

    def store_item(self: Any, base: Expr, index: Expr, value: Value, node: Any) -> None:
        """`xs[index] = value` of a list of any length, in a pool or not."""
        if isinstance(base.type, ListOf) and base.type.kind == "tuple":
            raise self.missing("TypeError", "", "the items of a tuple are not assigned", node, "make a list of it")
        self.changes_list(base)
        value = self.as_item_of_list(base, self.bound_name(value))
        expr, target, place = self.materialize(value), base, index
        if is_list(base):
            self.check_parts(expr.type, self.births_of(value))
            target, place = self.widen_row(base, expr, node), path(base, index)
        elif base.type.item != NOT_YET or base in self.unit.list_sites:  # type: ignore[attr-defined]
            base.type = self.list_type(base, expr, node)
        self.hold(value, self.sites_inside(base))
        expr, how = self.accumulated(target, place, expr)
        self.builder.block.append(Store(target, place, expr, how, self.builder.origin))

    def accumulated(self: Any, base: Expr, index: Expr, value: Expr) -> tuple[Expr, str]:
        """Return what is stored in a list, and how: of `xs[i] = xs[i] + e` e is added, if nothing comes between."""
        block = self.builder.block
        made: Any = block[-1] if block else None
        if not isinstance(value.type, Scalar) or not is_just_made(value, made):
            return value, "set"
        if made.value.name not in ("add", "subtract") or len(made.value.args) != 2:
            return value, "set"
        old, more = made.value.args
        read = [i for i, stmt in enumerate(block) if isinstance(stmt, Assign) and stmt.target is old]
        if not read or not isinstance(more.type, Scalar) or not same_place(block[read[0]].value, base, index):
            return value, "set"
        if value.type != old.type or not all(isinstance(s, Assign) and is_pure(s.value) for s in block[read[0] :]):
            return value, "set"
        block.pop()
        return more, made.value.name

    def length(self: Any, base: Expr) -> Expr:
        """Return how many items a list has."""
        found: Expr = self.builder.op("len", self.contents_of(base))
        return found

    def item_of_dict(self: Any, base: Struct, key: Value, node: Any) -> Value:
        """`d[key]`."""
        fields = self.fields(base)
        if isinstance(key, Chosen):
            arms = [lambda part=part: self.item_of_dict(base, part, node) for part in (key.then, key.orelse)]
            return self.chosen(key.test, *arms, "the item of this dict", node)
        known = self.known(key)
        if known is UNKNOWN:
            return self.item_by_key(base, self.as_expr(key, node), node)
        if known not in fields:
            hint = f"there is {', '.join(map(repr, fields)) or 'nothing'}"
            raise self.missing("KeyError", known, f"there is no item {known!r}", node, hint)
        return self.usable(fields[known], str(known), node)

    def item_by_key(self: Any, base: Struct, key: Expr, node: Any, default: Any = None) -> Value:
        """An item of a dict whose keys are known, by a key that is not: one comparison after the other."""
        fields = list(self.fields(base).items())
        self.find_out(key, node)
        if not 0 < len(fields) <= KEYS:
            raise self.make_dynamic(base, node, key)

        def item(i: int) -> Value:
            if i == len(fields):
                return default
            name, value = fields[i]
            if i == len(fields) - 1 and default is None:
                self.check_key(key, name, node)
                return value
            same = self.compare("equal", key, constant_expr(name), node)
            return self.chosen(same, lambda: value, lambda: item(i + 1), "the item of this dict", node)

        return item(0)

    def find_out(self: Any, key: Value, node: Any) -> None:
        """Lower again so that a key is known, if it can be; a name or int that only the data decide is compared."""
        expr = self.as_expr(key, node)
        self.write_out(key)
        chosen = isinstance(expr.type, Name) and not any(map(is_int, self.sources(expr)))
        if not is_int(expr) and not chosen:
            self.learn_ints()

    def check_key(self: Any, key: Expr, name: Any, node: Any) -> None:
        """Raise where a key that is not known is none that there is: the last of them is left."""
        other = self.compare("not_equal", key, constant_expr(name), node)
        self.raise_if(other, Op("exception", (key,), Static("exception"), {}, "KeyError"))

    def store_known(self: Any, base: Struct, key: Any, value: Value, node: Any) -> None:
        """`container[key] = value` for a key that is known."""
        if base.kind == "object" or key not in self.fields(base):
            self.new_item(base, key, node)
        self.set_field(base, key, value)

    def store_in_dict(self: Any, base: Struct, key: Value, value: Value, node: Any) -> None:
        """`d[key] = value`."""
        self.by_key(base, key, lambda known: self.store_known(base, known, value, node), node, grows=True)

    def augment_in_dict(self: Any, base: Struct, key: Value, node: Any, name: str) -> None:
        """`d[key] += value`."""
        known = self.known(key) is not UNKNOWN
        mark = len(self.builder.block)
        value = None if known else self.expression(node.value)
        if not all(isinstance(s, Assign) and is_pure(s.value) for s in self.builder.block[mark:]):
            raise Unsupported("what is added to an item of a dict writes itself", node, "bind it to a name before")

        def augment(key: Any) -> None:
            if key not in self.fields(base):
                raise Unsupported(f"there is no item {key!r} on every path", node, "set it before the branch")
            old = self.usable(self.fields(base)[key], str(key), node)
            new = self.augmented(old, self.expression(node.value) if known else value, name, node)
            if new is not old:
                self.set_field(base, key, new)

        self.by_key(base, key, augment, node)

    def by_key(self: Any, base: Struct, key: Value, act: Callable[[Any], None], node: Any, grows: bool = False) -> None:
        """Do something for a key of a dict; for one that is not known, for that of those there are which it is.

        If there may be others after it, the dict is lowered as one of keys that are not known, where that can be done.
        """
        if isinstance(key, Chosen):
            arms = [partial(self.by_key, base, part, act, node, grows) for part in (key.then, key.orelse)]
            self.branch(key.test, *arms, self.builder.origin)
            return
        known = self.known(key)
        if known is not UNKNOWN:
            act(known)
            return
        self.find_out(key, node)
        if grows and not isinstance(self.as_expr(key, node).type, Name):
            self.as_table(base, key)
        names = list(self.fields(base))
        unlike = is_int(self.as_expr(key, node)) and not any(isinstance(name, int) for name in names)
        if unlike or not 0 < len(names) <= KEYS:
            raise self.make_dynamic(base, node, key)
        origin = self.builder.origin

        def one_of(i: int) -> None:
            if i == len(names) - 1:
                self.check_key(self.as_expr(key, node), names[i], node)
                act(names[i])
                return
            same = self.compare("equal", key, constant_expr(names[i]), node)
            self.branch(same, lambda: act(names[i]), lambda: one_of(i + 1), origin)

        one_of(0)

    def place_of_insert(self: Any, base: Expr, index: Value, node: Any) -> Expr:
        """Return where `xs.insert(index, v)` puts an item, counted from the front."""
        at = self.as_expr(index, node)
        if self.known(at) == 0 or self.counts_from_front():
            return at
        return self.as_expr(self.call_user(iteration.place_in, [at, self.length(base)], {}, node), node)

    def counts_from_front(self: Any) -> bool:
        """Return whether this is a function of ours, whose places in lists are none that count from the end."""
        return is_ours(self.frame.parsed.source.file)

    def popped(self: Any, base: Expr, index: Value, node: Any) -> Value:
        """`xs.pop()` and `xs.pop(index)`."""
        self.resizes_list(base)
        known = -1 if index is None else self.known(index)
        at = [] if known == -1 else [self.as_expr(index, node)]
        if (known is UNKNOWN or known < -1) and not self.counts_from_front():
            at = [self.as_expr(self.call_user(iteration.item_in, [*at, self.length(base)], {}, node), node)]
        item = self.pop_from_row(base, at) if is_list(base) else self.read(self.builder.op("pop", base, *at), base)
        return self.load(item, "item")

    def delete_items(self: Any, base: Expr, index: Expr, node: Any) -> None:
        """`del xs[i]` and `del xs[i:j]` of a list of any length."""
        if is_slice(index):
            self.call_user(iteration.delete_slice, [base, *self.ends_of(base, index, node)], {}, node)
        else:
            self.popped(base, index, node)

    def replace_items(self: Any, base: Expr, index: Expr, new: Value, node: Any) -> None:
        """`xs[i:j] = new` of a list of any length."""
        self.call_user(iteration.replace_slice, [base, *self.ends_of(base, index, node), new], {}, node)

    def ends_of(self: Any, base: Expr, index: Expr, node: Any) -> list[Expr]:
        """Return the bounds of a slice of a list."""
        start, stop, step = index.args  # type: ignore[attr-defined]
        if self.known(step) not in (None, 1):
            raise Unsupported("a slice of a list that grows is accepted with step 1", node)
        return [
            number(0) if self.is_none(start) else start,
            self.length(base) if self.is_none(stop) else stop,
        ]
