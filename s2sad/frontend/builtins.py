"""Lowering of built-in functions, and of the methods of arrays, lists and dicts."""

from __future__ import annotations

import dis
import functools
import inspect
import types
from dataclasses import replace
from typing import Any

import libcst as cst
import numpy as np

from s2sad.frontend import iteration
from s2sad.frontend.arguments import bound, given
from s2sad.frontend.classes import is_descriptor
from s2sad.frontend.expressions import by_identity
from s2sad.frontend.models import behind
from s2sad.frontend.opaque import is_opaque
from s2sad.frontend.pools import birth_of, is_list, is_listlike, pool_of, unwrapped
from s2sad.frontend.sets import is_known_set
from s2sad.frontend.signature import HARMLESS
from s2sad.frontend.tables import is_table
from s2sad.frontend.texts import is_text
from s2sad.frontend.values import (
    FUNCTIONS,
    UNKNOWN,
    ArrayMethod,
    Chosen,
    Iteration,
    RangeValue,
    Relower,
    Struct,
    Unjoinable,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Call, Const, Expr, Op, Var
from s2sad.ir.types import (
    BOOL,
    NOT_YET,
    Array,
    ListOf,
    Name,
    Opaque,
    Reference,
    Scalar,
    SetOf,
    Shape,
    Static,
    Structure,
    Type,
    numeric_kind,
)
from s2sad.rules.builder import constant_expr, number
from s2sad.rules.core import TABLE
from s2sad.rules.infer import is_basic

SLOGDET = type(np.linalg.slogdet(np.eye(1)))
LIST_METHODS = {
    ("dict", "items"): "",
    ("dict", "keys"): "",
    ("dict", "values"): "",
    ("dict", "get"): "key default?",
    ("dict", "copy"): "",
    ("list", "copy"): "",
    ("list", "append"): "object",
    ("list", "extend"): "iterable",
    ("list", "pop"): "index?",
    ("list", "insert"): "index object",
    ("list", "index"): "value",
    ("tuple", "index"): "value",
    ("tuple", "count"): "value",
    ("dict", "popitem"): "",
    ("dict", "move_to_end"): "key last?",
    ("list", "count"): "value",
    ("list", "remove"): "value",
    ("list", "reverse"): "",
    ("list", "clear"): "",
    ("list", "sort"): "* key? reverse?",
    ("dict", "update"): "*others",
    ("dict", "setdefault"): "key default?",
    ("dict", "pop"): "key default?",
    ("dict", "clear"): "",
}
SPECIAL = {
    "bool": "built_bool",
    "range": "built_range",
    "enumerate": "built_enumerate",
    "zip": "built_zip",
    "reversed": "built_reversed",
    "next": "built_next",
    "iter": "built_iter",
    "isinstance": "built_isinstance",
    "type": "built_type",
    "sum": "built_sum",
    "max": "built_max",
    "min": "built_min",
    "tuple": "built_tuple",
    "list": "built_list",
    "dict": "built_dict",
    "set": "built_set",
    "frozenset": "built_set",
    "slogdet": "built_slogdet",
    "pow": "built_pow",
    "vstack": "built_vstack",
    "hstack": "built_hstack",
    "errstate": "built_errstate",
    "slice": "built_slice",
    "sorted": "built_sorted",
    "any": "built_any",
    "all": "built_all",
    "getattr": "built_getattr",
    "hasattr": "built_hasattr",
    "setattr": "built_setattr",
}


def is_list_of_vectors(type_: Type) -> bool:
    """Return whether the items of a list are arrays of rank 1."""
    return isinstance(type_, ListOf) and isinstance(type_.item, Array) and type_.item.ndim == 1


class _Identity:
    """Objects found by identity, so that unhashable ones can be asked about."""

    def __init__(self, objects: list[Any]) -> None:
        self.objects = {id(object_): object_ for object_ in objects}

    def __contains__(self, object_: Any) -> bool:
        return id(object_) in self.objects


SPECIAL_OBJECTS = _Identity(
    [
        bool,
        range,
        enumerate,
        zip,
        reversed,
        next,
        iter,
        isinstance,
        type,
        sum,
        max,
        min,
        tuple,
        list,
        dict,
        set,
        frozenset,
        np.linalg.slogdet,
        pow,
        np.vstack,
        np.hstack,
        np.errstate,
        slice,
        sorted,
        any,
        all,
        getattr,
        hasattr,
        setattr,
    ]
)


def one_shape(item: Type) -> bool:
    """Return whether the arrays of a list have one shape: sizes of arguments and constants do not change in a loop."""
    return not isinstance(item, Array) or all(
        n.value is not None or not (n.symbol or "").startswith("?") for n in item.shape
    )


class Builtins:
    """Built-ins and methods."""

    def built_range(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        if kwargs or not 1 <= len(args) <= 3:
            raise Unsupported("range takes one to three arguments", node)
        bounds = [self.as_expr(arg, node) for arg in args]
        if len(bounds) == 1:
            bounds = [number(0), bounds[0]]
        if len(bounds) == 2:
            bounds.append(number(1))
        return RangeValue(*bounds)

    def built_bool(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`bool(x)`: of a container whether there is anything in it."""
        value = bound("bool", "object?", args, kwargs, node).get("object", Const(False))
        grown = isinstance(value, Expr) and isinstance(value.type, ListOf)
        if isinstance(value, Struct) or grown or self.known(value) is not UNKNOWN:
            found = self.truth(value, node)
            return number(found) if isinstance(found, bool) else found
        return self.call_op("bool", "bool", args, kwargs, node)

    def built_enumerate(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("enumerate", "iterable start?", args, kwargs, node)
        start = found.get("start")
        return Iteration("enumerate", [found["iterable"]], None if start is None else self.as_expr(start, node))

    def from_start(self: Any, iteration: Iteration, position: Expr) -> Expr:
        """Return the number that enumerate gives to a position."""
        return position if iteration.start is None else self.builder.op("add", position, iteration.start)

    def built_zip(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("zip", "*iterables strict?", args, kwargs, node)
        strict = self.known(found["strict"]) if "strict" in found else False
        if not isinstance(strict, bool):
            raise Unsupported("strict= of a zip must be known when code is generated", node)
        return Iteration("zip", list(found["iterables"]), strict=strict)

    def built_reversed(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return Iteration("reversed", [bound("reversed", "sequence", args, kwargs, node)["sequence"]])

    def built_isinstance(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("isinstance", "obj kinds", args, kwargs, node)
        wanted = found["kinds"]
        kinds = [wanted] if not isinstance(wanted, Struct) else list(self.fields(wanted).values())
        drawing = {"Generator": np.random.Generator, "RandomState": np.random.RandomState}
        if is_opaque(found["obj"]) and found["obj"].type.what in drawing and all(isinstance(k, Const) for k in kinds):
            cls = drawing[found["obj"].type.what]
            return constant_expr(issubclass(cls, tuple(kind.value for kind in kinds)))
        if is_opaque(found["obj"]) or not all(isinstance(kind, Const) for kind in kinds):
            return self.opaque("isinstance", [self.as_expr(v, node) for v in (found["obj"], wanted)], BOOL)
        classes = tuple(kind.value for kind in kinds)
        place = unwrapped(found["obj"])
        if isinstance(place, Expr) and isinstance(place.type, Reference):
            return self.is_instance(place, classes, node)
        value = found["obj"].ref if isinstance(found["obj"], Struct) else found["obj"]
        answers = {issubclass(have, classes) for have in self.possible_classes(found["obj"])}
        none = issubclass(type(None), classes)
        if len(answers) > 1:
            raise Unsupported(
                "whether this is a Python number or one of NumPy's is not known", node, "convert it first: float(...)"
            )
        (there,) = answers
        if value in self.unit.optional and there != none:
            return self.builder.op("is_not" if there else "is", value, Const(None))
        return number(there)

    def built_type(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        value = bound("type", "object", args, kwargs, node)["object"]
        if value in self.unit.optional:
            raise Unsupported("the class of what may be None is asked for", node, "ask whether it is None")
        value = self.apart(value, "item")
        if is_opaque(value):
            return self.opaque("type", [value], Opaque("a class"))
        if isinstance(value, Chosen):
            if value in self.unit.optional or unwrapped(value) in self.unit.optional:
                raise Unsupported("the class of what may be None is asked for", node, "ask whether it is None")
            parts = [self.built_type([part], {}, node) for part in (value.then, value.orelse)]
            return Chosen(value.test, *parts)
        found = self.possible_classes(value)
        if len(found) > 1:
            raise Unsupported(
                "whether this is a Python number or one of NumPy's is not known", node, "convert it first: float(...)"
            )
        return Const(found[0], Static(found[0]), found[0].__name__)

    def possible_classes(self: Any, value: Value) -> list[type]:
        """Return the Python classes a value may have: what several paths give may be Python's number or NumPy's."""
        first = python_class(value)
        type_ = value.type if isinstance(value, Expr) else None
        if not isinstance(type_, Scalar) or type_.dtype is None or self.is_certain(value):
            return [first]
        return [first, {"bool": bool, "int": int, "float": float, "complex": complex}[type_.kind]]

    def is_certain(self: Any, value: Expr) -> bool:
        """Return whether a number that has a dtype is surely one of NumPy's."""
        made = self.builder.definitions.get(value) if isinstance(value, Var) else None
        if made is None:
            return isinstance(value, Var) and not value.join
        if not isinstance(made, Op) or made.form in ("max", "min"):
            return False
        listed = made.name in ("getitem", "pop", "sum_list") and isinstance(made.args[0].type, ListOf)
        return not listed and made.name not in ("if_else", "field")

    def built_sum(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("sum", "iterable start?", args, kwargs, node)
        value: Value = found["iterable"]
        total: Value = found.get("start", number(0))
        if isinstance(value, Struct):
            for item in self.iterated(value, node):
                plain = not isinstance(item, Struct) or item.kind != "object"
                first = plain and isinstance(total, Const) and total.value == 0
                total = item if first else self.operate("add", total, item, node)
            return total
        if isinstance(value, RangeValue | Iteration):
            return self.summed(total, value, node)
        expr = self.as_expr(value, node)
        self.early(expr)
        if isinstance(expr.type, ListOf) and expr.type.item == NOT_YET:
            return total  # there is nothing in it yet
        inside = expr.type.item if isinstance(expr.type, ListOf) else None
        if isinstance(inside, Structure | Reference | ListOf) or (inside is not None and not one_shape(inside)):
            return self.summed(total, expr, node)
        result = (
            self.builder.op("sum_list", expr)
            if isinstance(expr.type, ListOf)
            else self.builder.op("sum", expr, axis=0, form="np.sum")
        )
        return result if isinstance(total, Const) and total.value == 0 else self.operate("add", total, result, node)

    def summed(self: Any, total: Value, iterable: Value, node: Any) -> Value:
        """The sum of what an iterable gives, in a loop: its items are broadcast one after the other."""
        name, hidden = f".sum{id(node)}", self.unused("item")

        def add() -> None:
            item = self.state.names.pop(hidden)
            if isinstance(iterable, Expr):
                item = self.load(self.get(iterable, item), "item")
            self.state.names[name] = self.operate("add", self.state.names[name], item, node)

        over = iterable
        if isinstance(iterable, Expr) and isinstance(total, Struct):
            over = RangeValue(number(0), self.builder.op("len", iterable), number(1))
        elif isinstance(iterable, Expr):  # 0 and an array would be of two kinds
            first = self.load(self.get(iterable, number(0)), "item")
            total = first if isinstance(total, Const) and total.value == 0 else self.operate("add", total, first, node)
            over = RangeValue(number(1), self.builder.op("len", iterable), number(1))
        self.state.names[name] = total
        self.loop_over(over, node, add, cst.Name(hidden))
        return self.state.names.pop(name)

    def built_max(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.extreme("maximum", "max", args, kwargs, node)

    def built_min(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.extreme("minimum", "min", args, kwargs, node)

    def built_sorted(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """In an order that is known, or in that of the numbers."""
        found = bound("sorted", "iterable * key? reverse?", args, kwargs, node)
        key, backwards = found.get("key", Const(None)), found.get("reverse", Const(False))
        if self.is_awaited(found["iterable"]):
            return found["iterable"]
        items, known = self.ordered(found["iterable"], key, node), self.known(backwards)
        if items is not None and isinstance(known, bool | int):
            order = sorted(range(len(items)), key=lambda i: items[i][1], reverse=bool(known))
            return self.display("list", [items[i][0] for i in order], node)
        return self.call_user(iteration.sorted_by, [found["iterable"], key, backwards], {}, node)

    def ordered(self: Any, iterable: Value, key: Value, node: Any) -> list[tuple[Value, Any]] | None:
        """Return items with what they are ordered by, if all that is known when code is generated."""
        if not isinstance(iterable, Struct):
            return None
        items, before, mark = self.iterated(iterable, node), self.state.copy(), len(self.builder.block)
        keys = items if self.is_none(key) else [self.call_function(key, [item], {}, node) for item in items]
        known = [self.known(value) for value in keys]
        if UNKNOWN not in known:
            return list(zip(items, known, strict=True))
        del self.builder.block[mark:]  # the keys are made once, where they are compared
        self.state = before
        return None

    def op_sort_order(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The places of what is sorted, in order: numbers as NumPy sorts them, anything else by its own `<`."""
        keys, reverse = args
        item = self.item_type(keys) if is_listlike(keys) else None
        ints = isinstance(item, Scalar) and item.kind in ("int", "bool")  # as floats, large ones would be equal
        if not ints and self.are_numbers(keys, node):
            return self.call_user(iteration.order_of_numbers, [keys, reverse], {}, node)
        if self.are_objects_in_pools(keys):
            return self.call_user(iteration.order_by_less, [keys, reverse], {}, node)
        return self.builder.op("sort_order", self.compared(keys, node), self.as_expr(reverse, node))

    def op_place_of_greatest(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The place of the first of the greatest."""
        if self.are_numbers(args[0], node):
            return self.call_user(iteration.greatest_number, args, {}, node)
        if self.are_objects_in_pools(args[0]):
            return self.call_user(iteration.greatest_by_greater, args, {}, node)
        return self.builder.op("place_of_greatest", self.compared(args[0], node))

    def op_place_of_least(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The place of the first of the least."""
        if self.are_numbers(args[0], node):
            return self.call_user(iteration.least_number, args, {}, node)
        if self.are_objects_in_pools(args[0]):
            return self.call_user(iteration.least_by_less, args, {}, node)
        return self.builder.op("place_of_least", self.compared(args[0], node))

    def are_objects_in_pools(self: Any, keys: Value) -> bool:
        """Return whether what is compared is objects that are compared by methods of theirs."""
        item = keys.type.item if isinstance(keys, Expr) and isinstance(keys.type, ListOf) else None
        return isinstance(item, Reference) and item.kind != "list"

    def are_numbers(self: Any, keys: Value, node: Any) -> bool:
        """Return whether what is compared is numbers."""
        if isinstance(keys, Struct):
            return all(isinstance(item, Expr) and is_number(item.type, node) for item in self.fields(keys).values())
        type_ = keys.type if isinstance(keys, Expr) else None
        if isinstance(type_, ListOf):
            return isinstance(type_.item, Opaque) or is_number(type_.item, node)
        return isinstance(type_, Array) and is_number(replace(type_, shape=type_.shape[1:]), node)

    def compared(self: Any, keys: Value, node: Any) -> Expr:
        """Return what is compared by its own `<` in generated code: that must do nothing else."""
        if self.holds_places(keys):
            places = self.fields(keys).values() if isinstance(keys, Struct) else [keys]
            types_ = [getattr(unwrapped(place), "type", None) for place in places]
            rows = [type_.item if isinstance(type_, ListOf) else type_ for type_ in types_]
            flat = all(isinstance(row, Reference) and row.kind == "list" and self.is_flat(row) for row in rows)
            if not flat:
                raise Unsupported("the order of objects that change is not accepted yet", node, "give a key")
            keys = self.call_user(iteration.rows_as_tuples, [keys], {}, node)
        whole = self.as_expr(keys, node)
        waiting = [whole.type.item] if isinstance(whole.type, ListOf) else [whole.type]
        while waiting:
            type_ = waiting.pop()
            if not isinstance(type_, Structure):
                continue
            waiting += type_.items if type_.kind in ("tuple", "list") else ()
            if type_.kind == "object":
                method = self.member(type_.cls, "__lt__")
                if isinstance(method, types.FunctionType) and does_more_than_compare(method):
                    raise Unsupported("the comparison of objects that are sorted changes something", node)
        return whole

    def sort_list(self: Any, base: Value, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`list.sort`."""
        found = bound("list.sort", "* key? reverse?", args, kwargs, node)
        key, backwards = found.get("key", Const(None)), found.get("reverse", Const(False))
        if isinstance(base, Struct):
            self.check_own(base, node)
            made = self.built_sorted([base], {"key": key, "reverse": backwards}, node)
            if not isinstance(made, Struct):
                raise self.make_dynamic(base, node)
            return self.refill(base, list(self.fields(made).values()))
        return self.call_user(iteration.sort_in_place, [base, key, backwards], {}, node)

    def built_getattr(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("getattr", "object name default?", args, kwargs, node)
        value, name = found["object"], self.attribute_named(found["name"], node)
        if "default" not in found:
            return self.attribute(value, name, node)
        if not self.is_computed(value, name):
            return self.attribute(value, name, node) if self.has(value, name, node) else found["default"]
        made, there = self.tried_attribute(value, name, node)
        if there is None:
            return self.call_user(iteration.attribute_or, [value, constant_expr(name), found["default"]], {}, node)
        return made if there else found["default"]

    def built_hasattr(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("hasattr", "object name", args, kwargs, node)
        value, name = found["object"], self.attribute_named(found["name"], node)
        if not self.is_computed(value, name):
            return number(self.has(value, name, node))
        _, there = self.tried_attribute(value, name, node)
        if there is None:
            return self.call_user(iteration.has_attribute, [value, constant_expr(name)], {}, node)
        return number(there)

    def built_setattr(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("setattr", "object name value", args, kwargs, node)
        if not isinstance(found["object"], Struct):
            raise Unsupported("setattr is accepted on objects", node)
        self.set_attribute_of(found["object"], self.attribute_named(found["name"], node), found["value"], node)
        return Const(None)

    def attribute_named(self: Any, value: Value, node: Any) -> str:
        name = self.known(value)
        if not isinstance(name, str):
            self.peel_names(value)
            hint = "write the name, or choose among objects with if"
            raise Unsupported("the name of an attribute must be known when code is generated", node, hint)
        return name

    def has(self: Any, value: Value, name: str, node: Any) -> bool:
        """Return whether a value has an attribute."""
        if isinstance(value, Struct) and value.kind == "object" and name in self.fields(value):
            part = self.fields(value)[name]
            if value.place is not None and name in self.unit.knowledge.later.get(pool_of(value.place), ()):
                message = f"whether one of many objects has the attribute {name!r}, which some have and others have not"
                raise Unsupported(message, node, "set it in __init__, to None where there is none")
            if isinstance(part, Unjoinable) or part in self.unit.partial:
                hint = "set it on every path: None where there is none"
                raise Unsupported(f"whether there is an attribute {name!r} depends on the path taken", node, hint)
            return True
        if isinstance(value, Struct) and hasattr(value.cls, "__getattr__"):
            raise Unsupported("hasattr of an object whose class has __getattr__", node, "call what it would call")
        if isinstance(value, Const) and isinstance(value.type, Static):
            return hasattr(value.value, name)
        if (value.ref if isinstance(value, Struct) else value) in self.unit.optional:
            raise Unsupported("hasattr of what may be None", node, "ask whether it is None")
        if isinstance(inspect.getattr_static(python_class(value), name, None), types.MemberDescriptorType):
            return False  # a slot in which there is nothing yet
        answers = {hasattr(cls, name) for cls in self.possible_classes(value)}
        if len(answers) > 1:
            message = "whether this is a Python number or one of NumPy's is not known"
            raise Unsupported(message, node, "convert it first: float(...)")
        return answers.pop()

    def is_computed(self: Any, value: Value, name: str) -> bool:
        """Return whether an attribute of an object is what a property or its like computes: or says is not there."""
        if not isinstance(value, Struct) or value.kind != "object":
            return False
        raw = inspect.getattr_static(behind(value.cls), name, None)
        return isinstance(raw, property | functools.cached_property) or is_descriptor(raw, "__get__")

    def built_any(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.truth_of_items("any", args, kwargs, node)

    def built_all(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.truth_of_items("all", args, kwargs, node)

    def truth_of_items(self: Any, word: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The built-in any or all."""
        value = bound(word, "iterable", args, kwargs, node)["iterable"]
        if isinstance(value, Expr) and isinstance(value.type, Array | Scalar):
            return self.call_op(word, f"np.{word}", [value], {}, node)
        return self.call_user(getattr(iteration, f"{word}_of"), [value], {}, node)

    def extreme(self: Any, name: str, word: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The built-in max or min, of several values or of the items of one."""
        found = bound(word, "*values key? default?", args, kwargs, node)
        values = list(found["values"])
        if "key" in found and not self.is_none(found["key"]):
            if "default" in found:
                raise Unsupported(f"{word} with a key and a default is not accepted yet", node)
            whole = values[0] if len(values) == 1 else self.struct("tuple", dict(enumerate(values)))
            return self.call_user(getattr(iteration, f"{word}_by"), [whole, found["key"]], {}, node)
        if not values:
            raise Unsupported(f"{word} needs an argument", node)
        if len(values) > 1 and "default" in found:
            raise Unsupported(f"{word}: a default is for one argument, an iterable", node)
        if len(values) == 1 and isinstance(values[0], Struct):
            values = list(self.fields(values[0]).values()) or [found.get("default")]
            if values[0] is None:
                raise Unsupported(f"{word} of an empty sequence", node, "give a default")
        elif len(values) == 1:
            return self.extreme_of_items(word, values[0], found.get("default"), node)
        if any(isinstance(value, Struct) or is_listlike(value) for value in values):
            whole = self.struct("tuple", dict(enumerate(values)))
            return self.call_user(getattr(iteration, f"{word}_of_objects"), [whole], {}, node)
        result = self.as_expr(values[0], node)
        for value in values[1:]:
            result = self.builder.op(name, result, self.as_expr(value, node), form=word)
        return result

    def extreme_of_items(self: Any, word: str, value: Value, default: Value, node: Any) -> Value:
        """The largest or smallest item of an array or of a list whose length is not known."""
        if not isinstance(value, Expr) or not isinstance(value.type, Array | ListOf):
            raise Unsupported(f"{word} of this iterable is not accepted yet", node)
        if default is not None and is_listlike(value) and self.item_type(value) == NOT_YET:
            return default  # there is nothing in it yet
        if default is not None:
            there = self.builder.op("greater", self.builder.op("len", value), number(0))
            extreme = lambda: self.extreme_of_items(word, value, None, node)  # noqa: E731
            return self.chosen(there, extreme, lambda: default, f"the {word}", node)
        if isinstance(value.type, ListOf) and not self.are_numbers(value, node):
            chosen = iteration.greatest if word == "max" else iteration.least
            return self.call_user(chosen, [value], {}, node)
        array = value if isinstance(value.type, Array) else self.as_array(value)
        assert isinstance(array.type, Array)
        if array.type.ndim != 1:
            raise Unsupported(f"{word} of rows: which is larger is not defined", node, f"use np.{word}")
        return self.builder.op(word, array, form=f"np.{word}")

    def is_awaited(self: Any, value: Value) -> bool:
        """Return whether a list is to hold what recursive calls give, of which it is not known yet what that is."""
        return bool(self.unit.awaited) and is_listlike(value) and self.item_type(value) == NOT_YET

    def built_tuple(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.convert("tuple", args, kwargs, node)

    def built_list(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.convert("list", args, kwargs, node)

    def convert(self: Any, kind: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound(kind, "iterable?", args, kwargs, node)
        if not found:
            return self.display(kind, [], node)
        value = found["iterable"]
        items: Any
        if isinstance(value, Struct):
            items = self.iterated(value, node)
        elif is_listlike(value):
            return self.new_copy(value, node) if kind == "list" else self.as_kind(kind, self.contents_of(value))
        elif isinstance(value, Expr) and isinstance(value.type, Array):
            return self.born(self.builder.op(f"to_{kind}", value), node)
        elif isinstance(value, RangeValue):
            ends = [self.known(end) for end in (value.start, value.stop, value.step)]
            items = [number(i) for i in range(*ends)] if all(isinstance(end, int) for end in ends) else None
        else:
            items = None if isinstance(value, Expr) else self.fixed_items(value)
        if items is None and isinstance(value, RangeValue | Iteration):
            return self.as_kind(kind, self.collected([(value, lambda item: item)], node))
        if items is None:
            raise Unsupported(f"{kind}() of this value is not accepted yet", node)
        return self.display(kind, items, node)

    def built_dict(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        if len(args) > 1:
            raise Unsupported("dict() takes one argument, and keywords", node)
        if args and is_table(args[0]):
            return self.table_of([*args, *([self.struct("dict", kwargs)] if kwargs else [])], node)
        if not args or (isinstance(args[0], Struct) and args[0].kind == "dict"):
            fields = dict(self.fields(args[0])) if args else {}
        else:
            fields = self.paired(args[0], node)
        return self.dict_made({**fields, **kwargs}, node)

    def paired(self: Any, pairs: Value, node: Any) -> dict[Any, Value]:
        """Return the items of a dict that is made of pairs: the keys must be known."""
        if isinstance(pairs, Iteration) and pairs.kind == "zip" and len(pairs.parts) == 2 and not pairs.strict:
            names, values = pairs.parts
            keys = self.known_items(names)
            if keys is not None and isinstance(values, Expr) and isinstance(values.type, Array | ListOf):
                return {
                    self.known_key(key, node): self.load(self.get(values, number(i)), "item")
                    for i, key in enumerate(keys)
                }
        items = self.known_items(pairs)
        if items is None:
            raise Unsupported("dict() is accepted of a dict or pairs of known keys, and of keywords", node)
        found = {}
        for item in items:
            key, value = self.items(item, 2, node)
            found[self.known_key(key, node)] = value
        return found

    def known_key(self: Any, value: Value, node: Any) -> Any:
        key = self.known(value)
        if key is UNKNOWN:
            raise Unsupported("a key of a dict must be known when code is generated", node)
        return key

    def built_slogdet(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        array = self.operand(bound("np.linalg.slogdet", "a", args, kwargs, node)["a"], node, "det")
        sign = "phasedet" if numeric_kind(array.type) == "complex" else "signdet"
        parts = {0: self.builder.op(sign, array), 1: self.builder.op("logabsdet", array)}
        return self.struct("tuple", parts, cls=SLOGDET)

    def built_pow(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("pow", "base exp mod=None", args, kwargs, node)
        return self.operate("power", found["base"], found["exp"], node)

    def parts_of(self: Any, name: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> list[Expr]:
        """Return the arrays that np.vstack or np.hstack joins."""
        found = bound(name, "tup * dtype? casting=same_kind", args, kwargs, node)
        if not isinstance(found["tup"], Struct):
            raise Unsupported(f"{name} is accepted for a list or tuple of arrays of known length", node, "use np.stack")
        dtype = given(found, "dtype")
        if dtype is not None:
            found["tup"] = self.all_converted(found["tup"], dtype, node)
        return [self.operand(part, node, "atleast_1d") for part in self.iterated(found["tup"], node)]

    def joined(self: Any, parts: list[Expr], **attrs: Any) -> Expr:
        """Return the concatenation of arrays."""
        whole = self.materialize(self.struct("list", dict(enumerate(parts))))
        return self.builder.op("concatenate", whole, form="np.concatenate", **attrs)

    def list_of_arrays(self: Any, name: str, args: list[Value], kwargs: dict[str, Value]) -> Expr | None:
        """Return the list that grows which np.vstack or np.hstack is given alone; None for anything else."""
        tup = self.contents_of(bound(name, "tup * dtype? casting=same_kind", args, kwargs, None)["tup"])
        return tup if not kwargs and isinstance(tup, Expr) and isinstance(tup.type, ListOf) else None

    def built_vstack(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        several = self.list_of_arrays("np.vstack", args, kwargs)
        if several is not None:
            name = "stack" if is_list_of_vectors(several.type) else "concatenate"
            return self.assemble_list(name, several, 0, node)
        parts = self.parts_of("np.vstack", args, kwargs, node)
        return self.joined([self.builder.op("atleast_2d", part, form="np.atleast_2d") for part in parts])

    def built_hstack(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        several = self.list_of_arrays("np.hstack", args, kwargs)
        if several is not None:
            axis = 0 if is_list_of_vectors(several.type) else 1
            return self.assemble_list("concatenate", several, axis, node)
        parts = [
            part
            if isinstance(part.type, Array) and part.type.ndim
            else self.builder.op("atleast_1d", part, form="np.atleast_1d")
            for part in self.parts_of("np.hstack", args, kwargs, node)
        ]
        return self.joined(parts, axis=0 if parts[0].type.ndim == 1 else 1)

    def built_errstate(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return Const("errstate")

    def built_slice(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        if kwargs or not 1 <= len(args) <= 3:
            raise Unsupported("slice takes one to three arguments, by position", node)
        start, stop, step = (Const(None), *args, Const(None)) if len(args) == 1 else (*args, Const(None))[:3]
        return self.struct("object", {"start": start, "stop": stop, "step": step}, cls=slice)

    def built_add_at(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.add.at", "a indices b", args, kwargs, node)
        self.add_at(found["a"], found["indices"], found["b"], node)
        return Const(None)

    def add_at(self: Any, array: Value, indices: Value, value: Value, node: Any) -> None:
        """Add to elements, as often as each is named; slices name each once."""
        index = self.as_index(self.as_expr(indices, node))
        self.store_array(array, index, value, "add" if is_basic(index) else "add_at", node)

    # --- methods ----------------------------------------------------------------------------------------------
    def call_method(self: Any, method: ArrayMethod, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        base = method.value
        if isinstance(base, Struct) or is_listlike(base):
            return self.list_method(base, method.name, args, node, kwargs)
        if isinstance(base.type, SetOf) or is_known_set(base):
            return self.set_method(base, method.name, args, node)
        if isinstance(base.type, Opaque) and base.type.what.partition(".")[0] in HARMLESS:
            return self.tell(method.name, [base, *args], kwargs, node)
        if is_text(base):
            return self.text_method(base, method.name, args, kwargs, node)
        if isinstance(base.type, Opaque):
            return self.opaque_method(base, method.name, args, kwargs, node)
        name = TABLE.methods.get(method.name)
        if method.name == "fill":
            self.store_array(base, None, bound("fill", "value", args, kwargs, node)["value"], "set", node)
            return Const(None)
        if method.name in OWN_METHODS:
            return getattr(self, "method_" + method.name)(base, args, kwargs, node)
        if name is None:
            raise Unsupported(f"the method {method.name!r} of an array has no rule", node)
        return self.call_op(name, "." + method.name, [base, *args], kwargs, node)

    def method_tolist(self: Any, base: Expr, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`x.tolist()`: lists of Python's numbers."""
        rank = base.type.ndim if isinstance(base.type, Array) else 0
        if rank == 0:
            return self.method_item(base, [], {}, node)
        if rank > 2:
            raise Unsupported("tolist is accepted for vectors and matrices", node)
        made = iteration.list_of_items if rank == 1 else iteration.list_of_rows
        kinds: dict[str | None, type] = {"float": float, "complex": complex, "int": int, "bool": bool}
        return self.call_user(made, [base, constant_expr(kinds[numeric_kind(base.type)])], {}, node)

    def method_sort(self: Any, base: Expr, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`x.sort()`: in place."""
        self.store_array(base, None, self.op_sort("np.sort", [base, *args], kwargs, node), "set", node)
        return Const(None)

    def method_partition(self: Any, base: Expr, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`x.partition(kth)`: in place."""
        made = self.call_op("partition", "np.partition", [base, *args], kwargs, node)
        self.store_array(base, None, made, "set", node)
        return Const(None)

    def method_put(self: Any, base: Expr, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("put", "indices values mode=raise", args, kwargs, node)
        return self.lower_put([base, found["indices"], found["values"]], {}, node)

    def method_choose(self: Any, base: Expr, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.lower_choose([base, *args], kwargs, node)

    def method_compress(self: Any, base: Expr, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("compress", "condition axis? out?", args, kwargs, node)
        return self.call_op("compress", "np.compress", [found.pop("condition"), base], found, node)

    def method_item(self: Any, base: Expr, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`x.item()`, `x.item(7)` in the flat array, `x.item(1, 2)`."""
        value = base
        if len(args) == 1 and not isinstance(args[0], Struct):
            flat = self.builder.op("ravel", base)
            value = self.get(flat, self.as_index(self.as_expr(args[0], node)))
        elif args:
            place = args[0] if len(args) == 1 else self.struct("tuple", dict(enumerate(args)))
            value = self.get(base, self.as_index(self.as_expr(place, node)))
        return self.call_op("item", ".item", [value], kwargs, node)

    def list_method(
        self: Any, base: Value, name: str, args: list[Value], node: Any, kwargs: dict[str, Value] | None = None
    ) -> Value:
        """Methods of lists and dicts."""
        kind = base.kind if isinstance(base, Struct) else base.type.kind
        if kind == "tuple" and not hasattr(getattr(base, "cls", None) or tuple, name):
            raise self.missing("AttributeError", name, f"a tuple has no method {name!r}", node)
        if isinstance(base, Struct) and (kind, name) == ("dict", "update"):
            return self.updated(base, list(args), kwargs or {}, node)
        if (kind, name) == ("list", "sort"):
            return self.sort_list(base, args, kwargs or {}, node)
        signature = LIST_METHODS.get((kind, name))
        found = {} if signature is None else bound(name, signature, args, kwargs or {}, node)
        if (kind, name) == ("list", "extend"):
            found["iterable"] = self.extending(base, found["iterable"], node)
            itself = found["iterable"] is base or unwrapped(found["iterable"]) is unwrapped(base)
            if itself or (isinstance(found["iterable"], Iteration) and base in found["iterable"].parts):
                found["iterable"] = self.call_known(list, [found["iterable"]], {}, node)  # of what is in it now
        if isinstance(base, Struct):
            if name in ("_replace", "_asdict"):
                return self.named_method(base, name, kwargs or {}, node)
            return self.struct_method(base, name, found, node)
        if name == "append":
            self.append_to(base, found["object"], "")
            return Const(None)
        if name == "extend":
            more = found["iterable"]
            if is_listlike(more) and self.item_type(more) == NOT_YET:  # there is nothing in it yet
                self.early_in_pool(more) if is_list(more) else self.early(more)
                return Const(None)
            hidden = self.unused("item")
            add = lambda: self.append_to(base, self.state.names.pop(hidden), "")  # noqa: E731
            self.loop_over(found["iterable"], node, add, cst.Name(hidden))
            return Const(None)
        if name == "pop":
            return self.popped(base, found.get("index"), node)
        if name == "insert":
            self.append_to(base, found["object"], "", self.place_of_insert(base, found["index"], node))
            return Const(None)
        if name == "copy":
            return self.new_copy(base, node)
        by_value = {"remove": iteration.remove, "index": iteration.index_of, "count": iteration.count_of}
        if name in by_value and len(found) == 1 and by_identity(*found.values()):
            self.tell_apart(self.births_of(*found.values()) | self.births_in(self.sites_inside(base), ()))
        if (
            name in by_value
            and len(found) == 1
            and isinstance(self.item_type(base), Scalar | Name | Reference | ListOf | Structure)
        ):
            return self.call_user(by_value[name], [base, *found.values()], {}, node)
        in_place = {"reverse": iteration.reverse_in_place, "clear": iteration.clear}
        if name in in_place and is_listlike(base):
            return self.call_user(in_place[name], [base, *found.values()], {}, node)
        raise Unsupported(f"the list method {name!r} is not accepted yet for a list that grows in a loop", node)

    def new_copy(self: Any, base: Expr, node: Any, site: Any = None) -> Value:
        """Return a copy of a list of unknown length: a list of its own."""
        self.early(base)
        site = site or self.site(node)
        made = self.made_at(site, self.builder.op("copy", self.contents_of(base)))
        self.unit.contents.setdefault((site, ()), set()).update(self.births_in(self.sites_inside(base), ()))
        return self.born(made, node, site)

    def named_method(self: Any, base: Struct, name: str, new: dict[str, Value], node: Any) -> Value:
        """`_replace` and `_asdict` of a named tuple."""
        cls: Any = base.cls
        fields = dict(zip(cls._fields, self.fields(base).values(), strict=True)) | new
        return self.struct("dict", fields) if name == "_asdict" else self.named_tuple(cls, fields, node)

    def check_own(self: Any, base: Struct, node: Any) -> None:
        """A list that another function made changes there: a function that is given one is inlined.

        A list of the module's may be changed if it holds again what it held when the function returns.
        """
        self.settle(base)
        self.check_held(base, base.item)
        if base.ref is None:
            return
        if base.kind == "list" and isinstance(self.builder.definitions.get(base.ref), Call):
            raise self.make_dynamic(base, node)
        function = self.frames[0].function
        if function is not self.unit.function and function not in self.unit.knowledge.recursive:
            self.unit.knowledge.dynamic.add(("inline", function))
            raise Relower
        if base.kind == "list":
            self.lend(base)
        captured = {var for var, _ in self.captured}
        if base.kind != "list" or base.ref not in captured:
            raise Unsupported("a list from outside is extended", node, "copy it first: list(xs)")
        self.borrowed[base] = node

    def check_put_back(self: Any) -> None:
        """Refuse a list of the module's that holds something else when the function returns than when it was called."""
        for base, node in self.borrowed.items():
            if not self.as_loaded(base):
                hint = "take out again what is put in, or copy it first: list(xs)"
                raise Unsupported("a list from outside is changed", node, hint)

    def struct_method(self: Any, base: Struct, name: str, found: dict[str, Value], node: Any) -> Value:
        fields = self.fields(base)
        if base.place is not None and name not in READING:
            if base.kind == "dict":
                self.as_tables(birth_of(pool_of(base.place)))
            raise Unsupported(f"the method {name!r} of a {base.kind} that is one of many is not accepted", node)
        match base.kind, name:
            case "dict", "items":
                pairs = [self.struct("tuple", {0: self.known_value(k), 1: v}) for k, v in fields.items()]
                return self.struct("tuple", dict(enumerate(pairs)))
            case "dict", "keys":
                return self.struct("tuple", {i: self.known_value(k) for i, k in enumerate(fields)})
            case "dict", "values":
                return self.struct("tuple", dict(enumerate(fields.values())))
            case "dict", "get" if isinstance(found["key"], Chosen):
                parts = (found["key"].then, found["key"].orelse)
                arms = [lambda key=key: self.struct_method(base, name, {**found, "key": key}, node) for key in parts]
                return self.chosen(found["key"].test, *arms, "the item of this dict", node)
            case "dict", "get":
                key = self.known(found["key"])
                if key is UNKNOWN:
                    return self.item_by_key(base, found["key"], node, found.get("default", Const(None)))
                return fields[key] if key in fields else found.get("default", Const(None))
            case "list", "copy":
                return self.display("list", list(fields.values()), node)
            case "dict", "copy":
                return self.born(self.struct(base.kind, dict(fields), site=self.site(node)), node)
            case "list", ("append" | "extend"):
                self.check_own(base, node)
                if name == "extend" and not isinstance(found["iterable"], Struct):
                    raise self.make_dynamic(base, node)
                more = [found["object"]] if name == "append" else self.iterated(found["iterable"], node)
                for value in more:
                    fields[len(fields)] = value
                return Const(None)
            case "list", "pop" if fields:
                at = self.place_in(base, found.get("index", number(-1)), node)
                return self.remove_item(base, at, node)
            case "list", "insert":
                self.check_own(base, node)
                at = self.static_of(found["index"], "the place in list.insert", node)
                items = list(fields.values())
                items.insert(at, found["object"])
                return self.refill(base, items)
            case "list", "reverse":
                self.check_own(base, node)
                return self.refill(base, list(fields.values())[::-1])
            case (("list" | "dict"), "clear"):
                self.check_own(base, node)
                return self.refill(base, [])
            case "list", "remove":
                at = self.found_in(base, "index", found["value"], node)
                self.remove_item(base, self.known(at), node)
                return Const(None)
            case (("list" | "tuple"), ("index" | "count")):
                return self.found_in(base, name, found["value"], node)
            case "dict", "setdefault":
                key = self.key_of(base, found["key"], node)
                if key not in fields:
                    self.check_own(base, node)
                    fields[key] = found.get("default", Const(None))
                return fields[key]
            case "dict", "popitem" if fields:
                last = next(reversed(fields))
                return self.struct("tuple", {0: constant_expr(last), 1: self.remove_item(base, last, node)})
            case "dict", "move_to_end" if base.ref is None and "last" not in found:
                key = self.key_of(base, found["key"], node)
                fields[key] = self.remove_item(base, key, node)
                return Const(None)
            case "dict", "pop":
                key = self.key_of(base, found["key"], node)
                if key not in fields and "default" in found:
                    return found["default"]
                return self.remove_item(base, key, node)
        raise Unsupported(f"the {base.kind} method {name!r} is not accepted yet", node)

    def updated(self: Any, base: Struct, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`dict.update`: of dicts of known keys, pairs of known keys, and keywords."""
        if base.place is None:
            self.check_own(base, node)
        if any(map(is_table, args)):
            self.as_table(base)
        for other in (*args, self.struct("dict", dict(kwargs))):
            if not isinstance(other, Struct) or other.kind not in ("dict", "tuple", "list"):
                raise Unsupported("dict.update is accepted of dicts of known keys", node)
            pairs = self.fields(other).items()
            if other.kind != "dict":
                parts = [list(self.fields(pair).values()) for pair in self.fields(other).values()]
                pairs = {self.key_of(base, key, node): value for key, value in parts}.items()
            for key, value in list(pairs):
                self.set_field(base, key, value)
        return Const(None)

    def refill(self: Any, base: Struct, items: list[Value]) -> Value:
        """Put other items into a list, or none into a dict."""
        fields = self.fields(base)
        fields.clear()
        fields.update(enumerate(items))
        return Const(None)

    def key_of(self: Any, base: Struct, value: Value, node: Any) -> Any:
        """Return a key that is known when code is generated."""
        key = self.known(value)
        if key is UNKNOWN:
            self.write_out(value)
            self.as_table(base, value)
            raise Unsupported("the key of a dict must be known here", node)
        return key

    def place_in(self: Any, base: Struct, index: Value, node: Any) -> int:
        """Return a place in a list of known length, counted from the front."""
        at = self.known(index)
        if not isinstance(at, int):
            raise self.make_dynamic(base, node, index)
        return at + len(self.fields(base)) if at < 0 else at

    def found_in(self: Any, base: Struct, name: str, value: Value, node: Any) -> Value:
        """`list.index` and `list.count`, where the items are known."""
        items, wanted = [self.known(item) for item in self.fields(base).values()], self.known(value)
        if UNKNOWN in (*items, wanted):
            raise Unsupported(f"list.{name} is accepted where the items are known when code is generated", node)
        if name == "index" and wanted not in items:
            raise Unsupported(f"{wanted!r} is not in the list", node)
        return number(getattr(items, name)(wanted))


READING = {"items", "keys", "values", "get", "copy"}


def is_number(type_: Type, node: Any) -> bool:
    """Return whether a value is a number; refuse an array that is compared as a whole."""
    if isinstance(type_, Array) and type_.ndim:
        raise Unsupported("arrays are compared here, and which is less is not defined", node, "give a key")
    return isinstance(type_, Array | Scalar)


CHANGING = {"append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "setdefault", "add"}


def does_more_than_compare(method: types.FunctionType) -> bool:
    """Return whether a comparison may change something."""
    stores = {"STORE_ATTR", "STORE_SUBSCR", "STORE_GLOBAL", "STORE_DEREF", "DELETE_ATTR", "DELETE_SUBSCR"}
    return any(step.opname in stores or step.argval in CHANGING for step in dis.get_instructions(method))


OWN_METHODS = {"sort", "partition", "put", "choose", "item", "compress", "tolist"}


def python_class(value: Value) -> type:
    """Return the Python class a value will have."""
    if isinstance(value, Struct):
        kinds: dict[str, type] = {"tuple": tuple, "list": list, "dict": dict}
        return value.cls or kinds.get(value.kind, object)
    if isinstance(value, Chosen):
        return python_class(value.then)
    if isinstance(value, FUNCTIONS):
        return types.FunctionType
    if isinstance(value, RangeValue):
        return range
    if isinstance(value, Iteration):
        return {"zip": zip, "enumerate": enumerate, "reversed": reversed}[value.kind]
    type_ = value.type
    if isinstance(type_, Array):
        return np.ndarray
    if isinstance(type_, Scalar):
        if type_.dtype:
            return np.dtype(type_.dtype).type
        return {"bool": bool, "int": int, "float": float, "complex": complex}[type_.kind]
    if isinstance(type_, Static):
        return type(type_.value)
    if isinstance(type_, ListOf):
        return tuple if type_.kind == "tuple" else list
    if isinstance(type_, Name):
        return type_.cls
    if isinstance(type_, SetOf):
        return set
    return tuple if isinstance(type_, Shape) else object
