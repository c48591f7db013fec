"""What loops go over: items that are known, counters of what is not."""

from __future__ import annotations

from typing import Any

from s2sad.frontend.control import is_endless, is_itself, is_one_kind, is_sequence, made_here
from s2sad.frontend.values import (
    Iteration,
    RangeValue,
    Relower,
    Struct,
    Unsupported,
    Value,
    spelled_items,
)
from s2sad.ir.nodes import Const, Expr, If, Op, Raise
from s2sad.ir.types import (
    Array,
    ListOf,
    Reference,
    Shape,
    Static,
    Type,
)
from s2sad.rules.builder import constant_expr, number
from s2sad.rules.infer import size_of


class Iterables:
    """Counting and spelling out of iterables."""

    def fixed_items(self: Any, value: Value) -> list[Value] | None:
        """Return the items of an iterable of fixed structure, or None."""
        value = self.apart(value, "item")
        if isinstance(value, Struct):
            if value.kind == "list" and value.site is not None:
                items = list(self.fields(value).values())
                dynamic = self.unit.knowledge.dynamic
                spelled = value.site in dynamic or ("spell", value.site) in self.unit.knowledge.cures
                if len(items) > 1 and not spelled and self.uniform(items):
                    dynamic.add(value.site)
                    raise Relower
            return self.iterated(value, None)
        if isinstance(value, Const):
            return spelled_items(value)
        if isinstance(value, Iteration) and value.kind == "zip":
            groups = self.beside_fixed(value)
            if groups is not None:
                return self.fixed_iteration(value, groups)
        if isinstance(value, Iteration):
            parts = [self.fixed_items(part) for part in value.parts if value.kind != "enumerate" or part is not None]
            if any(part is None for part in parts):
                return None
            return self.fixed_iteration(value, parts)
        return None

    def beside_fixed(self: Any, value: Iteration) -> list[list[Value]] | None:
        """Return the items of sequences of unlike things, and as many of the arrays gone through together with them."""
        fixed = [self.unlike_items(part) for part in value.parts]
        others = [part for part, items in zip(value.parts, fixed, strict=True) if items is None]
        sequences = all(is_endless(part) or is_sequence(part) for part in others)
        if not others or len(others) == len(fixed) or not sequences:
            return None
        count = min(len(items) for items in fixed if items is not None)
        for part in filter(is_sequence, others) if value.strict else ():
            self.refuse_lengths(self.builder.op("not_equal", self.builder.op("len", part), number(count)))
        return [
            self.first_items(part, count) if items is None else items[:count]
            for part, items in zip(value.parts, fixed, strict=True)
        ]

    def first_items(self: Any, part: Value, count: int) -> list[Value]:
        """Return so many items of a sequence, or of what has no end."""
        element = self.counted(part, None)[3]
        return [element(number(i)) for i in range(count)]

    def unlike_items(self: Any, value: Value) -> list[Value] | None:
        """Return the items of what is spelled out, and of a list or tuple that holds objects, names or functions."""
        if isinstance(value, Const):
            return spelled_items(value)
        if not isinstance(value, Struct) or value.kind not in ("list", "tuple", "dict"):
            return None
        if value.kind == "dict":
            return self.iterated(value, None)
        if value.kind == "list" and value.site in self.unit.knowledge.dynamic:
            return None
        items = list(self.fields(value).values())
        return items if any(map(is_itself, items)) else None

    def iterated(self: Any, value: Struct, node: Any) -> list[Value]:
        """Return what iteration over a structure gives: the keys of a dict, the items of a tuple or list."""
        if value.kind == "object":
            raise Unsupported("an object is iterated over by a method of its class", node, "loop over its parts")
        fields = self.fields(value)
        return list(map(self.known_value, fields)) if value.kind == "dict" else list(fields.values())

    def known_value(self: Any, value: Any) -> Value:
        """Return a Python value as one that is known: a tuple as its items."""
        if type(value) is tuple:
            return self.struct("tuple", dict(enumerate(map(self.known_value, value))))
        return constant_expr(value)

    def uniform(self: Any, items: list[Value]) -> bool:
        """Return whether items have one kind, so that a loop can stay a loop."""
        types = [self.type_of_value(item) for item in items]
        first = types[0] if types else None
        return first is not None and all(t is not None and is_one_kind(first, t) for t in types)

    def type_of_value(self: Any, value: Value) -> Type | None:
        if isinstance(value, Expr):
            return value.type
        if isinstance(value, Struct) and value.kind != "object":
            if any(self.type_of_value(item) is None for item in self.fields(value).values()):
                return None
            return self.materialize(value).type
        return None

    def fixed_iteration(self: Any, value: Iteration, parts: list[list[Value]]) -> list[Value]:
        if value.kind == "reversed":
            return parts[0][::-1]
        if value.kind == "enumerate":
            return [
                self.struct("tuple", {0: self.from_start(value, number(i)), 1: item}) for i, item in enumerate(parts[0])
            ]
        if value.strict and len({len(part) for part in parts}) > 1:
            raise Unsupported("zip(strict=True) is given parts of unlike lengths", None)
        return [self.struct("tuple", dict(enumerate(group))) for group in zip(*parts, strict=False)]

    def counted(self: Any, iterable: Value, node: Any) -> tuple[Expr, Any, Expr, Any]:
        """Return (start, stop, step, element by index) of an iterable."""
        zero, one = number(0), number(1)
        match iterable:
            case RangeValue():
                return iterable.start, iterable.stop, iterable.step, lambda index: index
            case Iteration(kind="enumerate"):
                start, stop, step, element = self.counted(iterable.parts[0], node)
                return (
                    start,
                    stop,
                    step,
                    lambda index: self.struct(
                        "tuple", {0: self.from_start(iterable, self.position(index, start, step)), 1: element(index)}
                    ),
                )
            case Iteration(kind="reversed"):
                start, stop, step, element = self.counted(iterable.parts[0], node)
                first = self.builder.op("subtract", stop, one)
                if not (isinstance(step, Const) and step.value == 1):
                    raise Unsupported("reversed is accepted on ranges of step 1 and sequences", node)
                return first, self.builder.op("subtract", start, one), number(-1), element
            case Iteration(kind="zip"):
                return self.counted_zip(iterable, node)
            case Iteration(kind="repeat"):
                return zero, None, one, lambda index: iterable.parts[0]
            case Iteration(kind="cycle"):
                start, stop, _, element = self.counted(iterable.parts[0], node)
                return start, None, one, lambda index: element(self.builder.op("remainder", index, stop, form="%"))
            case Iteration(kind="count"):
                first, by = iterable.parts
                return zero, None, one, lambda index: self.operate("add", first, self.times(index, by, node), node)
            case Expr(type=Array() | ListOf() | Shape() | Reference(kind="list")):
                self.early(iterable)
                count = self.builder.op("len", self.contents_of(iterable))
                return zero, count, one, lambda index: self.load(self.get(iterable, index), "item")
            case Struct(kind="tuple" | "list") if made_here(iterable) and self.uniform(self.iterated(iterable, node)):
                return self.counted(self.new_list(self.iterated(iterable, node)), node)
            case Struct():
                raise self.make_dynamic(iterable, node)
        raise Unsupported("this cannot be iterated over", node)

    def position(self: Any, index: Expr, start: Expr, step: Expr) -> Expr:
        """Return which iteration this is, counting from 0."""
        if isinstance(start, Const) and start.value == 0 and isinstance(step, Const) and step.value == 1:
            return index
        return self.builder.op("floor_divide", self.builder.op("subtract", index, start), step)

    def counted_zip(self: Any, iterable: Iteration, node: Any) -> tuple[Expr, Any, Expr, Any]:
        parts = [self.counted_from_zero(part, node) for part in iterable.parts]
        for start, _, step, _ in parts:
            if not (isinstance(start, Const) and start.value == 0 and isinstance(step, Const) and step.value == 1):
                raise Unsupported("zip is accepted on sequences and on range(n)", node)
        stops = [stop for _, stop, _, _ in parts if stop is not None]
        if not stops:
            raise Unsupported("this never ends", node, "write while True with a break")
        stop = stops[0]
        for other in stops[1:]:
            if size_of(other) != size_of(stop) and iterable.strict:
                self.refuse_lengths(self.builder.op("not_equal", stop, other))
            elif size_of(other) != size_of(stop):
                stop = self.builder.op("minimum", stop, other, form="min")
        return (
            number(0),
            stop,
            number(1),
            lambda index: self.struct("tuple", {i: part[3](index) for i, part in enumerate(parts)}),
        )

    def counted_from_zero(self: Any, iterable: Value, node: Any) -> tuple[Expr, Any, Expr, Any]:
        """Return what goes through an iterable as one counter of several: each item by how many come before it."""
        start, stop, step, element = self.counted(iterable, node)
        if stop is None or (self.known(start) == 0 and self.known(step) == 1):
            return start, stop, step, element
        if isinstance(iterable, Iteration) and iterable.kind == "reversed":
            count = self.builder.op("add", start, number(1))
            return number(0), count, number(1), lambda index: element(self.builder.op("subtract", start, index))
        count = self.builder.op("range_len", start, stop, step)

        def item(index: Expr) -> Value:
            return element(self.operate("add", start, self.times(index, step, node), node))

        return number(0), count, number(1), item

    def times(self: Any, index: Expr, by: Value, node: Any) -> Value:
        return index if self.known(by) == 1 else self.operate("multiply", index, by, node)

    def refuse_lengths(self: Any, unlike: Expr) -> None:
        """Raise where the parts of a strict zip have unlike lengths."""
        error = Op(
            "exception", (Const("zip() is given parts of unlike lengths"),), Static("exception"), {}, "ValueError"
        )
        origin = self.builder.origin
        self.builder.block.append(If(unlike, [Raise(error, origin)], [], origin))
