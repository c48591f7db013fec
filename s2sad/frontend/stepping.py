"""Iterators that are stepped by `next`: what they go over, and the position of the next item, a number like any other.

it = iter(xs)                         i = 0
first = next(it)              ->      first = xs[i]
rest = sum(it)                        i += 1
                                      rest = sum(xs[i:])
"""

from __future__ import annotations

import ast
from typing import Any

import libcst as cst

from s2sad.frontend import iteration
from s2sad.frontend.generators import (
    binds,
    has_no_end,
    names_given,
    syntax_of,
    takes_next,
    unsettled,
    yields_in_one_loop,
)
from s2sad.frontend.iterators import has_functions
from s2sad.frontend.pools import is_list, is_listlike
from s2sad.frontend.scopes import free_names, names_in
from s2sad.frontend.values import (
    UNKNOWN,
    Backwards,
    Deferred,
    Forwards,
    Generator,
    Iteration,
    RangeValue,
    Relower,
    Struct,
    Unjoinable,
    Unsupported,
    Value,
    is_fresh,
    is_stepped,
)
from s2sad.ir.nodes import Const, Expr, Op
from s2sad.ir.types import Array, ListOf, Static
from s2sad.rules.builder import number

GROUPS = {2: iteration.pairs_of_iterator, 3: iteration.triples_of_iterator}
USE_LOOP = "use a for loop"


class Stepping:
    """Lowering of `iter` and `next`."""

    # --- what is stepped ---------------------------------------------------------------------------------------
    def built_iter(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`iter(xs)`: the items, and a position; `iter(f, end)`: what f gives, one by one."""
        if len(args) == 2 and not kwargs:
            return self.call_user(iteration.called_until, args, {}, node)
        if len(args) == 1 and is_stepped(args[0]):
            return args[0]
        items = self.iterator_of(args[0], node) if len(args) == 1 else None
        if self.lazily(items):
            return items
        return self.iterator_over(items, node)

    def iterator_over(self: Any, items: Value, node: Any) -> Struct:
        """Return an iterator at its first item."""
        if not isinstance(items, Struct | RangeValue | Iteration | Expr):
            raise Unsupported("this cannot be iterated over", node)
        site = ("iter", self.site(node))
        if isinstance(items, Struct) and site in self.unit.knowledge.dynamic:
            items = self.of_one_kind(items, node)
        return self.struct("object", {"items": items, "at": number(0)}, cls=Forwards, site=site)

    def of_one_kind(self: Any, items: Struct, node: Any) -> Expr:
        """Return items that are written out as a list: any of them may be asked for."""
        if items.kind == "list" and items.site is not None:
            raise self.make_dynamic(items, node)
        each = self.iterated(items, node)
        if not self.uniform(each):
            message = "which item is the next is not known when code is generated, and they are of unlike kinds"
            raise Unsupported(message, node, USE_LOOP)
        return self.new_list(each)

    def stepped(self: Any, name: str, value: Value, node: Any) -> Value:
        """Return a generator whose items `next` takes as an iterator over the list of them; anything else as it is.

        They are made where the generator is. So nothing that it reads may change from there on.
        """
        if not isinstance(value, Generator) or self.frame.at_yield is not None:
            return value
        tree = self.frame.parsed.source.node
        if not takes_next(tree, name):
            return value
        if has_no_end(value.node):
            raise Unsupported("next is asked of a generator without an end", None, "loop over it")
        own = {inner for part in ast.walk(tree) if binds(part, name) for inner in ast.walk(part)}
        self.check_settled(free_names(syntax_of(value)) | names_given(tree, name), own, node)
        items = self.ahead(lambda: self.listed(value, node), node)
        return self.iterator_over(items, node)

    def check_settled(self: Any, read: set[str], own: set[ast.AST], node: Any) -> None:
        """Refuse items that are made before they are asked for, if what they are made of may change until then."""
        tree = self.frame.parsed.source.node
        changed, given = unsettled(tree, own)
        changed |= {other for other in given if self.is_shared(self.state.names.get(other))}
        if read & changed:
            raise Unsupported("next is asked of an iterator, and what it reads may change", node, USE_LOOP)

    def asked_by_step(self: Any, value: Deferred, node: Any) -> Exception:
        """Return what to raise so that an iterator has a position, of which `next` is asked more than once."""
        cure = ("stepped", value.site)
        if cure in self.unit.knowledge.cures or value.spent or cure[1] is None:
            return Unsupported("next is asked of this iterator", node, USE_LOOP)
        self.unit.knowledge.cures.add(cure)
        return Relower()

    def with_position(self: Any, value: Deferred) -> Value:
        """Return an iterator of which `next` is asked: its items are there, or made ahead."""
        node = value.node
        made = self.frame.parsed.positions.node(node)
        if not value.by_item or has_functions(made):
            bound = {
                name for part in ast.walk(made) if isinstance(part, ast.comprehension) for name in names_in(part.target)
            }
            self.check_settled(self.names_read(made, self.frame) - bound, set(ast.walk(made)), node)
        value.spent = True
        items = self.ahead(lambda: self.iterator_of(value.make(False), node), node)
        return self.iterator_over(self.listed(items, node), node)

    def settle_iterators(self: Any, names: dict[str, Value]) -> None:
        """See to it that iterators that a function of its own is given go over lists of any length."""
        for value in names.values():
            for part in self.inside_of(value):
                fixed = is_stepped(part) and isinstance(self.fields(part)["items"], Struct)
                if fixed and part.site not in self.unit.knowledge.dynamic:
                    raise self.make_dynamic_at(part.site)

    # --- next --------------------------------------------------------------------------------------------------
    def built_next(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The next item of an iterator."""
        iterator, default = args[0], args[1:]
        if is_stepped(iterator):
            return self.next_item(iterator, default, node)
        if isinstance(iterator, Struct) and iterator.cls is Backwards and not default:
            fields = self.fields(iterator)
            at = self.builder.op("subtract", self.usable(fields["at"], "the iterator", node), 1)
            fields["at"], fields["whole"] = at, number(False)
            return self.item_at(fields["items"], at)
        if isinstance(iterator, Generator):
            if default and yields_in_one_loop(iterator.node):
                return self.call_user(iteration.first_or, args, {}, node)
            if has_no_end(iterator.node):
                raise Unsupported("next is asked of a generator without an end", node, "loop over it")
            return self.first_of(self.ahead(lambda: self.listed(iterator, node), node), default, node)
        method = self.method_of(iterator, "__next__")
        if method is None and is_made_there(node):
            return self.first_of(iterator, default, node)
        if method is not None and not default:
            return self.call_user(method, [iterator], {}, node)
        message = "next is accepted on what iter(...) and reversed(...) give, and on a generator expression"
        raise Unsupported(message, node, USE_LOOP)

    def next_item(self: Any, iterator: Struct, default: list[Value], node: Any) -> Value:
        """The item at the position, which moves on."""
        fields = self.fields(iterator)
        items, at = fields["items"], self.usable(fields["at"], "the iterator", node)
        fixed, known = self.known_items(items), self.known(at)
        if fixed is not None and known is not UNKNOWN:
            if known >= len(fixed) and not default:
                raise self.missing("StopIteration", "", "there is no next item", node)
            fields["at"] = number(known + 1)
            return fixed[known] if known < len(fixed) else default[0]
        there, element = self.remaining(iterator, node)

        def step() -> Value:
            return self.taken(iterator, element)

        if there is None:
            return step()
        if default:
            return self.chosen(there, step, lambda: default[0], "what next gives", node)
        self.raise_if(self.builder.op("not", there), stop_iteration())
        return step()

    def remaining(self: Any, iterator: Struct, node: Any) -> tuple[Expr | None, Any]:
        """Return whether there is a next item, or None if there always is, and the item by its position."""
        fields = self.fields(iterator)
        items, at = fields["items"], self.usable(fields["at"], "the iterator", node)
        if isinstance(items, Struct):
            if iterator.site in self.unit.knowledge.dynamic:
                raise Unsupported("which item is the next is not known when code is generated", node, USE_LOOP)
            raise self.make_dynamic_at(iterator.site)
        if is_listlike(items) or (isinstance(items, Expr) and isinstance(items.type, Array)):
            count = self.builder.op("len", self.contents_of(items))
            return self.builder.op("less", at, count), lambda index: self.item_at(items, index)
        start, stop, step, element = self.counted_from_zero(items, node)
        if self.known(start) == 0 and self.known(step) == 1:
            return None if stop is None else self.builder.op("less", at, stop), element
        count = self.builder.op("range_len", start, stop, step)
        there = self.builder.op("less", at, count)
        return there, lambda index: element(self.operate("add", start, self.times(index, step, node), node))

    def taken(self: Any, iterator: Struct, element: Any) -> Value:
        """Return the item at the position, which moves on."""
        fields = self.fields(iterator)
        item = element(fields["at"])
        moved = self.builder.op("add", fields["at"], number(1))
        if is_fresh(moved):
            moved.name = "at"
        fields["at"] = moved
        return item

    def take(self: Any, iterator: Struct, node: Any) -> Value:
        """Return the next item where it is known that there is one."""
        return self.taken(iterator, self.remaining(iterator, node)[1])

    def has_next(self: Any, iterator: Struct, node: Any) -> Value:
        """Return whether an iterator has a next item."""
        fields = self.fields(iterator)
        fixed, known = self.known_items(fields["items"]), self.known(self.usable(fields["at"], "the iterator", node))
        if fixed is not None and known is not UNKNOWN:
            return number(known < len(fixed))
        there = self.remaining(iterator, node)[0]
        return number(True) if there is None else there

    def item_at(self: Any, items: Expr, at: Expr) -> Value:
        """`items[at]` of an array, or of a list in a pool or not."""
        return self.load(self.item_of_row(items, at) if is_list(items) else self.get(items, at), "item")

    def first_of(self: Any, items: Value, default: list[Value], node: Any) -> Value:
        """`next(x for x in xs if ...)`: the first item, or the default where there is none."""
        if isinstance(items, Struct):
            found = list(self.fields(items).values())
            if not found and not default:
                raise self.missing("StopIteration", "", "there is no such item", node)
            return found[0] if found else default[0]

        def first() -> Value:
            return self.load(self.get(items, number(0)), "item")

        there = self.builder.op("greater", self.builder.op("len", items), number(0))
        if not default:
            self.raise_if(self.builder.op("not", there), stop_iteration())
            return first()
        return self.chosen(there, first, lambda: default[0], "what next gives", node)

    # --- loops over what is left ---------------------------------------------------------------------------------
    def rest_of(self: Any, iterator: Struct, node: Any) -> Value:
        """Return what a loop over an iterator has before it.

        How far the loop comes is not noted, as long as nobody asks. If somebody does, the loop takes items by `next`.
        """
        fields = self.fields(iterator)
        items, at, by_step = fields["items"], fields["at"], ("by_next", iterator.site)
        known = self.known(at) if isinstance(at, Expr) else UNKNOWN
        fixed = self.known_items(items)
        sliced = known == 0 or (fixed is not None and known is not UNKNOWN)
        sliced = sliced or (isinstance(items, Expr) and isinstance(items.type, Array | ListOf))
        if by_step in self.unit.knowledge.cures or not sliced:
            return self.call_user(iteration.by_next, [iterator], {}, node)
        at = self.usable(at, "the iterator", node)
        fields["at"] = Unjoinable("was gone through by a loop, which may have been left", cure=by_step)
        if known == 0:
            return items
        if fixed is not None and known is not UNKNOWN:
            return self.struct("tuple", dict(enumerate(fixed[known:])))
        rest = Op("slice", (self.as_expr(at, node), Const(None), Const(None)), Static("slice"))
        return self.get(items, rest) if isinstance(items.type, Array) else self.sliced_list(items, rest, node)

    def backwards(self: Any, items: Value) -> Value:
        """Return `reversed(items)` as something that can be read item by item."""
        if is_listlike(items) or (isinstance(items, Expr) and isinstance(items.type, Array)):
            at = self.builder.op("len", self.contents_of(items))
            return self.struct("object", {"items": items, "at": at, "whole": number(True)}, cls=Backwards)
        if isinstance(items, Struct) and items.kind == "list":
            raise self.make_dynamic(items, None)
        return Iteration("reversed", [items])


def stop_iteration() -> Op:
    """Return the exception that says that there is no next item."""
    return Op("exception", (), Static("exception"), {}, "StopIteration")


def is_made_there(node: Any) -> bool:
    """Return whether the first argument of a call is made in the call itself."""
    made = node.args[0].value if isinstance(node, cst.Call) and node.args else None
    return isinstance(made, cst.GeneratorExp | cst.Call)
