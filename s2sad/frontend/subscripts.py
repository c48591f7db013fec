"""Lowering of subscripts that are read: items, slices, fields."""

from __future__ import annotations

import enum
from typing import Any

import libcst as cst
import numpy as np

from s2sad.frontend import iteration
from s2sad.frontend.expressions import kind_of
from s2sad.frontend.pools import is_list, is_listlike
from s2sad.frontend.values import (
    UNKNOWN,
    RangeValue,
    Struct,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Const, Expr, If, Op, Raise, Var
from s2sad.ir.types import (
    NOT_YET,
    Array,
    ListOf,
    Name,
    Opaque,
    Scalar,
    Shape,
    Static,
    Structure,
    fresh_size,
    name_of,
)
from s2sad.rules.builder import constant_expr, index_key, number
from s2sad.rules.core import NotStatic, static
from s2sad.rules.infer import shape_of


class Subscripts:
    """Lowering of subscripts."""

    def expr_Subscript(self: Any, node: cst.Subscript) -> Value:
        base = self.apart(self.expression(node.value), "item")
        if isinstance(base, Const) and base.value is np.s_:
            return self.index(node)
        trick = self.index_trick(base.value, node) if isinstance(base, Const) else None
        if trick is not None:
            return trick
        if isinstance(base, Struct):
            return self.struct_item(base, node)
        if isinstance(base, RangeValue):
            return self.item_of_range(base, self.index(node), node)
        if not isinstance(base, Expr):
            raise Unsupported("this value cannot be indexed", node)
        if isinstance(base, Const) and isinstance(base.value, str | enum.EnumMeta):
            return self.known_item(base.value, node)
        if isinstance(base.type, Opaque):
            text = isinstance(base.type, Name) and base.type.cls is str
            return self.opaque("item", [base, self.index(node)], base.type if text else Opaque("an item"))
        if is_listlike(base):
            self.check_one_index(node)
        index = self.index(node)
        if is_listlike(base) and isinstance(index, Op) and index.name == "slice":
            return self.as_kind(kind_of(base), self.sliced_list(base, index, node))
        if base in self.unit.flats and isinstance(node.slice[0].slice, cst.Slice):  # a copy, unlike that of an array
            return self.builder.op("copy", self.get(base, index))
        return self.load(self.get(base, index), "item")

    def known_item(self: Any, holder: Any, node: cst.Subscript) -> Value:
        """An item of a string, or of the class of an enumeration."""
        index = self.index(node)
        ends = index.args if isinstance(index, Op) and index.name == "slice" else (index,)
        known = [self.known(end) for end in ends]
        if UNKNOWN in known and isinstance(holder, str) and len(ends) == 1:
            return self.opaque("item", [Const(holder, Static(holder)), index], name_of(Static(holder)))
        if UNKNOWN in known:
            raise Unsupported("this is indexed by what is not known when code is generated", node)
        try:
            return constant_expr(holder[slice(*known) if len(known) == 3 else known[0]])
        except (IndexError, KeyError) as error:
            raise self.missing(type(error).__name__, str(error), f"there is no item {known[0]!r}", node) from None

    def item_of_range(self: Any, base: RangeValue, index: Expr, node: Any) -> Value:
        """A number of a range, counted from its start."""
        known = self.known(index)
        if not isinstance(known, int) or known < 0:
            raise Unsupported("an item of a range is accepted at a known place, counted from the front", node)
        return self.operate("add", base.start, self.times(number(known), base.step, node), node)

    def sliced_list(self: Any, base: Expr, index: Op, node: Any) -> Expr:
        """A slice of a list of unknown length is a new list of its items."""
        lower, upper, step = index.args
        stride = self.known(step)
        if stride not in (None, 1) and (stride != -1 or not self.is_none(lower) or not self.is_none(upper)):
            if stride is UNKNOWN or stride == 0:
                raise Unsupported("a slice of a list is accepted with a step that is known, and is not 0", node)
            return self.call_user(iteration.stepped, [base, lower, upper, step], {}, node)
        count = self.builder.op("len", self.contents_of(base))
        if stride == -1:
            bounds = RangeValue(self.builder.op("subtract", count, 1), number(-1), number(-1))
        else:
            start = number(0) if self.is_none(lower) else self.position_in(lower, count)
            bounds = RangeValue(start, count if self.is_none(upper) else self.position_in(upper, count), number(1))
        return self.collected([(bounds, lambda i: self.load(self.get(base, i), "item"))], node)

    def collected(self: Any, parts: list[tuple[Value, Any]], node: Any) -> Expr:
        """Return a new list of what is made of the items of some iterables, one after the other."""
        name = f".list{id(node)}"
        self.state.names[name] = self.new_list([], self.site(node))
        for iterable, item in parts:
            type_ = iterable.type if isinstance(iterable, Expr) else None
            if isinstance(type_, ListOf) and type_.item == NOT_YET:
                continue  # there is nothing in it yet

            def append(item: Any = item) -> None:
                value = self.state.names.pop("_")
                if isinstance(value, Var) and value.name == "_":
                    value.name = "item"
                self.append_to(self.state.names[name], item(value), name)

            self.loop_over(iterable, node, append, cst.Name("_"))
        found: Expr = self.born(self.state.names.pop(name), node)
        return found

    def position_in(self: Any, bound: Expr, count: Expr) -> Expr:
        """Return the position that a bound of a slice means in a list of this length."""
        b, known = self.builder, self.known(bound)
        from_end = b.op("maximum", b.op("add", count, bound), 0, form="max")
        if known is UNKNOWN:
            negative = b.op("less", bound, 0)
            bound = b.bind(Op("if_else", (from_end, negative, bound), Scalar("int", None, fresh_size())))
        elif known < 0:
            return from_end
        return b.op("minimum", bound, count, form="min")

    def struct_item(self: Any, base: Struct, node: cst.Subscript) -> Value:
        element = node.slice[0].slice
        if base.kind in ("list", "tuple"):
            self.check_one_index(node)
        fields = self.fields(base)
        if base.cls is not None and base.kind == "object" and self.member(base.cls, "__getitem__") is not None:
            return self.call_function(self.member(base.cls, "__getitem__"), [base, self.item_argument(node)], {}, node)
        if isinstance(element, cst.Slice):
            try:
                bounds = [static(part) for part in self.index(node).args]
            except NotStatic:
                raise self.make_dynamic(base, node) from None
            items = list(fields.values())[slice(*bounds)]
            return self.display(base.kind, items, node)
        if base.kind == "dict" and len(node.slice) == 1:
            return self.item_of_dict(base, self.expression(element.value), node)  # type: ignore[attr-defined]
        key = self.static_key(base, node)
        if key not in fields:
            error = "KeyError" if base.kind == "dict" else "IndexError"
            hint = f"there is {', '.join(map(repr, fields)) or 'nothing'}"
            raise self.missing(error, key, f"there is no item {key!r}", node, hint)
        return self.usable(fields[key], str(key), node)

    def raise_if(self: Any, test: Expr, error: Expr) -> None:
        """Append a statement that raises where a test holds."""
        origin = self.builder.origin
        self.builder.block.append(If(test, [Raise(error, origin)], [], origin))

    def check_one_index(self: Any, node: cst.Subscript) -> None:
        """Refuse what is an index of several axes: a list has one."""
        if len(node.slice) > 1 or isinstance(node.slice[0].comma, cst.Comma):
            raise self.missing("TypeError", "", "a list or tuple has one index", node)

    def item_argument(self: Any, node: cst.Subscript) -> Value:
        """Return what the `__getitem__` of an object is given: a tuple of several parts, a slice of a slice."""

        def part(element: Any) -> Value:
            if isinstance(element, cst.Index):
                return self.expression(element.value)
            ends = (element.lower, element.upper, element.step)
            return self.built_slice([Const(None) if end is None else self.expression(end) for end in ends], {}, node)

        parts = [part(element.slice) for element in node.slice]
        several = len(parts) > 1 or isinstance(node.slice[0].comma, cst.Comma)
        return self.struct("tuple", dict(enumerate(parts))) if several else parts[0]

    def index(self: Any, node: cst.Subscript) -> Expr:
        """Lower what stands between the brackets."""
        parts = [self.index_part(element.slice) for element in node.slice]
        return self.as_index(parts[0]) if len(parts) == 1 else Op("tuple", tuple(parts), Static(index_key(parts)))

    def as_index(self: Any, value: Expr) -> Expr:
        """Return a value as an index: a tuple is one of several axes, item by item; a list is an array."""
        type_ = value.type
        if not isinstance(type_, Structure):
            return value
        if type_.cls is slice:
            return self.as_slice(value)
        if type_.kind == "list":
            return self.builder.op("array", value, form="np.array")
        if isinstance(value, Op) and value.name == "build":
            parts = list(value.args)
        else:
            whole = value if isinstance(value, Var) else self.builder.bind(value, "index")
            keyed = zip(type_.keys, type_.items, strict=True)
            fields = [(Op("field", (whole,), item, {"key": Const(key)}, type_.kind), key) for key, item in keyed]
            parts = [self.builder.bind(field, f"{whole.name}_{key}") for field, key in fields]
        parts = [self.as_slice(part) for part in parts]
        return Op("tuple", tuple(parts), Static(index_key(parts)))

    def as_slice(self: Any, value: Expr) -> Expr:
        """Return a slice object as what stands between brackets, anything else as it is."""
        type_ = value.type
        if not isinstance(type_, Structure) or type_.cls is not slice:
            return value
        if isinstance(value, Op) and value.name == "build":
            return Op("slice", value.args, Static("slice"))
        keyed = zip(type_.keys, type_.items, strict=True)
        fields = [(Op("field", (value,), item, {"key": Const(key)}, type_.kind), str(key)) for key, item in keyed]
        return Op("slice", tuple(self.builder.bind(field, key) for field, key in fields), Static("slice"))

    def index_part(self: Any, part: Any) -> Expr:
        if isinstance(part, cst.Slice):
            bounds = []
            for bound in (part.lower, part.upper, part.step):
                bounds.append(Const(None) if bound is None else self.atom(bound))
            return Op("slice", tuple(bounds), Static("slice"))
        if part.star:
            raise Unsupported("a star in an index is not accepted", part)
        return self.as_slice(self.atom(part.value))

    def get(self: Any, base: Expr, index: Expr) -> Expr:
        """Return `base[index]`."""
        if is_list(base):
            return self.item_of_row(base, index)
        if isinstance(base.type, Shape):
            from s2sad.rules.infer import getitem

            type_ = getitem((base, index), {}, "")
            if isinstance(type_, Scalar) and type_.size is not None and type_.size.value is not None:
                return number(type_.size.value)
        if isinstance(base.type, Scalar | Array) and base.type.dtype is not None and not shape_of(base.type):
            return self.index_number(base, index)
        return self.read(self.builder.op("getitem", base, index), base)

    def read(self: Any, item: Expr, base: Expr) -> Expr:
        """Return what was read from a list, of which some items may be None."""
        self.early(base)
        if isinstance(base.type, ListOf) and base.type.optional:
            if base.type.item == NOT_YET:
                return Const(None)  # there is nothing else in it so far
            self.unit.optional.add(item)
        return item
