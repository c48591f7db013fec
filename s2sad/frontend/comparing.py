"""Lowering of tests: `and`, `or`, comparisons, whether something is true."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterable
from typing import Any

import libcst as cst

from s2sad.frontend import iteration
from s2sad.frontend.expressions import (
    COMPARE,
    COMPARE_FIELD,
    COMPARISONS,
    FOLD,
    REFLECTED,
    WHICH_OBJECT,
    as_bool,
    as_expr_of,
    by_identity,
    compared_fields,
    is_derived,
    is_not_implemented,
    is_ordered_dataclass,
    is_row,
    is_sequence,
    is_test,
    nest,
    of_numpy,
)
from s2sad.frontend.mixed import in_one_family
from s2sad.frontend.pools import holds_reference, is_list, is_listlike, is_place, unwrapped
from s2sad.frontend.sets import is_known_set
from s2sad.frontend.values import (
    UNKNOWN,
    Chosen,
    RangeValue,
    Struct,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Const, Expr, Op, Var
from s2sad.ir.types import (
    BOOL,
    ListOf,
    Opaque,
    Reference,
    Scalar,
    Structure,
)
from s2sad.rules.builder import number
from s2sad.rules.core import NotStatic, static


class Comparing:
    """Lowering of comparisons and of what is asked of values."""

    def expr_BooleanOperation(self: Any, node: cst.BooleanOperation) -> Value:
        """`a and b` is `b if a else a`; of two tests, a test."""
        left = self.expression(node.left)
        tested = self.truth(left)
        conjunction = isinstance(node.operator, cst.And)

        def right() -> Value:
            return self.expression(node.right)

        if isinstance(tested, bool):
            return right() if tested == conjunction else left
        if is_test(tested):
            made = self.right_side(tested, "and" if conjunction else "or", right)
            if made is not None:
                return made
        arms = (right, lambda: left) if conjunction else (lambda: left, right)
        return self.chosen(tested, *arms, "the value of this and/or", node)

    def right_side(self: Any, left: Expr, word: str, lower: Any) -> Expr | None:
        """Return `left and right` as one expression, if the right side is a test that only computes."""
        before = self.state
        outer, self.builder.block, self.state = self.builder.block, [], before.copy()
        right = lower()
        inner, self.builder.block = self.builder.block, outer
        after, self.state = self.state, before
        if not after.binds_as(before) or not (isinstance(right, Expr) and is_test(right)):
            return None
        nested = nest(inner, right)
        return None if nested is None else self.joined_tests(word, left, nested)

    def joined_tests(self: Any, word: str, left: Expr, right: Expr) -> Expr:
        """Return `left and right` or `left or right`; `a and (b and c)` is `a and b and c`."""
        for known, other in ((left, right), (right, left)):
            if isinstance(known, Const):
                return other if bool(known.value) == (word == "and") else known
        if isinstance(right, Op) and right.name == word:
            return self.builder.op(word, self.joined_tests(word, left, right.args[0]), right.args[1])
        return self.builder.op(word, left, right)

    def test(self: Any, node: Any) -> bool | Expr:
        """Lower an expression of which only the truth matters."""
        if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
            inner = self.test(node.expression)
            return not inner if isinstance(inner, bool) else self.builder.op("not", inner)
        if not isinstance(node, cst.BooleanOperation):
            return self.truth(self.expression(node), node)
        left = self.test(node.left)
        conjunction = isinstance(node.operator, cst.And)
        if isinstance(left, bool):
            return self.test(node.right) if left == conjunction else left
        return self.truth(self.tests_joined(left, node, conjunction))

    def tests_joined(self: Any, left: Expr, node: cst.BooleanOperation, conjunction: bool) -> Value:
        """Return whether both, or one, of two tests hold; the second is only looked at where it must be."""
        before = self.state
        outer, self.builder.block, self.state = self.builder.block, [], before.copy()
        right = self.test(node.right)
        inner, self.builder.block = self.builder.block, outer
        after, self.state = self.state, before
        if isinstance(right, bool) and not inner and after.binds_as(before):
            return left if right == conjunction else number(right)
        nested = nest(inner, right) if isinstance(right, Expr) and after.binds_as(before) else None
        if nested is not None:
            return self.builder.op("and" if conjunction else "or", left, nested)

        def second() -> Value:
            found = self.test(node.right)
            return number(found) if isinstance(found, bool) else as_bool(self, found)

        arms = (second, lambda: number(False)) if conjunction else (lambda: number(True), second)
        return self.chosen(left, *arms, "this test", node)

    def expr_Comparison(self: Any, node: cst.Comparison) -> Value:
        return self.chained(self.expression(node.left), list(node.comparisons), node)

    def chained(self: Any, left: Value, comparisons: list[cst.ComparisonTarget], node: Any) -> Value:
        """`a < b < c` is `a < b and b < c`: c is not computed where `a < b` does not hold."""
        target, *others = comparisons
        right = self.expression(target.comparator)
        test = self.compare(COMPARE[type(target.operator).__name__], left, right, node)
        if not others:
            return test
        tested = self.truth(test, node)

        def rest() -> Value:
            return self.chained(right, others, node)

        if isinstance(tested, bool):
            return rest() if tested else test
        made = self.right_side(tested, "and", rest) if is_test(tested) else None
        return made or self.chosen(tested, rest, lambda: test, "the value of this comparison", node)

    def compare(self: Any, name: str, a: Value, b: Value, node: Any) -> Expr:
        """Compare two values; decide it now where both are known."""
        if name in ("equal", "not_equal") and all(map(self.is_one_of_several_by_identity, (a, b))):
            name = "is" if name == "equal" else "is_not"
        if name in ("in", "not_in") and isinstance(a, Chosen) and a.place is not None:
            return self.is_among(name, a, b, node)
        if name in ("is", "is_not"):
            a, b = (unwrapped(value) if isinstance(value, Chosen) else value for value in (a, b))
        tested = self.compare_names(name, a, b) if isinstance(a, Chosen) or isinstance(b, Chosen) else None
        if tested is not None:
            return tested
        if isinstance(a, Chosen):
            arms = [lambda part=part: self.compare(name, part, b, node) for part in (a.then, a.orelse)]
            return self.as_expr(self.chosen(a.test, *arms, "what is compared here", node), node)
        if isinstance(b, Chosen):
            arms = [lambda part=part: self.compare(name, a, part, node) for part in (b.then, b.orelse)]
            return self.as_expr(self.chosen(b.test, *arms, "what is compared here", node), node)
        if name not in ("is", "is_not"):
            by_contents = self.compare_contents(name, a, b, node)
            if by_contents is not None:
                return by_contents
            a, b = self.contents_of(a), self.contents_of(b)
        by_class = self.compare_by_class(name, a, b, node) or self.compare_running_sets(name, a, b, node)
        if by_class is not None:
            return by_class
        if name in ("is", "is_not"):
            for value in (a, b):
                if is_known_set(value) and value in self.unit.list_sites:
                    self.changes_set(value, node)  # two sets may hold the same
        known = [self.known(value) for value in (a, b)]
        if UNKNOWN not in known:
            return number(bool(FOLD[name](*known)))
        if name in ("equal", "not_equal") and (by_identity(a) or by_identity(b)):
            name = "is" if name == "equal" else "is_not"
        if name in ("in", "not_in") and by_identity(a) and isinstance(b, Var) and isinstance(b.type, ListOf):
            if isinstance(b.type.item, Reference) and a.place is not None:
                return self.builder.bind(Op(name, (a.place, b), BOOL), "inside")  # the list may change later
            self.tell_apart(a.births | self.births_in(self.sites_of(b), ()))
            raise Unsupported(WHICH_OBJECT, node, COMPARE_FIELD)
        if name in ("in", "not_in") and isinstance(b, Struct) and b.kind in ("list", "tuple") and by_identity(a):
            found = self.is_one_of(a, list(self.fields(b).values()), node)
            return found if name == "in" else self.turned(self.truth(found, node))
        if name in ("in", "not_in") and isinstance(b, Struct) and b.kind == "dict":
            b = self.struct("tuple", dict(enumerate(self.iterated(b, node))))
        whole = [unwrapped(value) for value in (a, b)]
        whole = [value.ref if isinstance(value, Struct) else value for value in whole]
        if name in ("is", "is_not") and all(map(is_place, whole)) and whole[0].type == whole[1].type:
            return Op("equal" if name == "is" else "not_equal", tuple(whole), BOOL)  # beyond 256 ints are not the same
        if name in ("is", "is_not") and any(value in self.unit.optional for value in whole):
            if any(map(is_place, whole)) and not any(value is None for value in known):
                raise Unsupported(WHICH_OBJECT, node, COMPARE_FIELD)
            return self.builder.op(name, *whole)
        if name in ("is", "is_not") and any(isinstance(v, Expr) and isinstance(v.type, Opaque) for v in whole):
            return self.builder.op(name, self.as_expr(a, node), self.as_expr(b, node))
        if name in ("is", "is_not"):
            self.settle(a)
            self.settle(b)
            places = [value.type for value in whole if isinstance(value, Expr) and isinstance(value.type, Reference)]
            if len(places) == 2 and places[0] != places[1] and in_one_family(*places):
                raise Unsupported("whether this is an object among those of several classes", node, COMPARE_FIELD)
            none = any(value is None for value in known)
            if none or places or isinstance(a, Struct) or isinstance(b, Struct):
                self.check_identity(a, [b], node)
                return number((a is b) == (name == "is"))
        if name in ("in", "not_in") and isinstance(b, RangeValue):
            inside = self.inside_range(a, b, node)
            return self.turned(self.truth(inside, node)) if name == "not_in" else inside
        if name in ("in", "not_in") and isinstance(b, Struct) and known[0] is not UNKNOWN:
            inside = known[0] in self.fields(b) if b.kind == "dict" else self.inside(known[0], b)
            if inside is not UNKNOWN:
                return number(bool(inside) == (name == "in"))
        if any(is_place(value) for value in map(unwrapped, (a, b))) and name in FOLD and name not in ("is", "is_not"):
            return self.compare_fields(name, a, b, node)
        if any(isinstance(value, Struct) and value.cls is None for value in (a, b)) and name in ("equal", "not_equal"):
            x, y = self.materialize(a), self.materialize(b)
            return self.builder.op(name, x, y)
        return self.builder.op(name, self.as_expr(a, node), self.as_expr(b, node))

    def is_among(self: Any, name: str, a: Chosen, b: Value, node: Any) -> Expr:
        """Return whether an object of one of several classes is in a list."""
        by_its_place = self.is_one_of_several_by_identity(a)
        if by_its_place and is_listlike(b) and self.item_type(b) == a.place.type:
            found: Expr = self.builder.bind(Op(name, (a.place, self.contents_of(b)), BOOL), "inside")
            return found
        if by_its_place and isinstance(b, Struct) and b.kind in ("list", "tuple"):
            found = self.any_or_all("or", [self.compare("is", a, part, node) for part in self.fields(b).values()])
            return found if name == "in" else self.turned(self.truth(found, node))
        raise Unsupported("whether an object of one of several classes is in this", node, COMPARE_FIELD)

    def is_one_of_several_by_identity(self: Any, value: Value) -> bool:
        """Return whether a value is an object of one of several classes, none of which says what is equal."""
        place = unwrapped(value)
        mixed = isinstance(place, Expr) and isinstance(place.type, Reference) and place.type.kind == "mixed"
        return mixed and all(cls.__eq__ is object.__eq__ for cls in self.classes_of(place.type.pool))

    def compare_contents(self: Any, name: str, a: Value, b: Value, node: Any) -> Expr | None:
        """Compare lists in which there are places by what is at these; None if there are none."""
        if name in ("not_in", "not_equal"):
            found = self.compare_contents({"not_in": "in", "not_equal": "equal"}[name], a, b, node)
            return None if found is None else self.turned(self.truth(found, node))
        parts = self.fields(b).values() if isinstance(b, Struct) and b.kind in ("list", "tuple") else ()
        if not self.holds_places(b) and not (name != "in" and self.holds_places(a)) and not (is_list(a) and parts):
            return None
        if by_identity(a):  # its place is looked for
            return None
        if name == "in" and is_listlike(b):
            return as_expr_of(self.call_user(iteration.contains, [b, a], {}, node))
        if name == "in" and parts:
            return self.any_or_all("or", [self.compare("equal", a, self.apart(item, "item"), node) for item in parts])
        if name == "equal" and isinstance(a, Struct) and isinstance(b, Struct) and a.kind == b.kind != "object":
            fields, others = self.fields(a), self.fields(b)
            if fields.keys() != others.keys():
                return number(False)
            pairs = [[self.apart(part, "item") for part in (fields[key], others[key])] for key in fields]
            return self.any_or_all("and", [self.compare("equal", *pair, node) for pair in pairs])
        if name == "equal" and any(map(is_listlike, (a, b))) and all(is_listlike(v) or is_row(v) for v in (a, b)):
            return as_expr_of(self.call_user(iteration.are_equal, [a, b], {}, node))
        if name in ("less", "less_equal", "greater", "greater_equal"):
            raise Unsupported("which is less of lists whose items change is not accepted yet", node)
        return None

    def compare_fields(self: Any, name: str, a: Value, b: Value, node: Any) -> Expr:
        """Compare an object in a pool by its fields, as a dataclass or a dict does."""
        if name == "not_equal":
            return self.turned(self.truth(self.compare_fields("equal", a, b, node), node))
        if isinstance(a, Struct) and isinstance(b, Struct) and a.cls is b.cls and is_ordered_dataclass(a.cls):
            keys = compared_fields(a.cls)
            rows = [self.struct("tuple", {i: self.fields(part)[key] for i, key in enumerate(keys)}) for part in (a, b)]
            if name != "equal":
                return self.compare(name, *rows, node)
        if name != "equal" or not isinstance(a, Struct) or not isinstance(b, Struct):
            raise Unsupported("this comparison of what changes is not accepted yet", node, COMPARE_FIELD)
        if (a.kind, a.cls) != (b.kind, b.cls):
            return number(False)
        fields, others = self.fields(a), self.fields(b)
        keys = list(fields)
        if a.kind == "object":
            if not dataclasses.is_dataclass(a.cls):
                raise Unsupported("this comparison of objects that change is not accepted yet", node, COMPARE_FIELD)
            keys = compared_fields(a.cls)
        if fields.keys() != others.keys():
            return number(False)
        pairs = [[self.apart(part[key], str(key)) for part in (fields, others)] for key in keys]
        return self.any_or_all("and", [self.compare("equal", *pair, node) for pair in pairs])

    def holds_places(self: Any, value: Value) -> bool:
        """Return whether what is in a list, tuple or dict is kept in a pool."""
        if isinstance(value, Struct):
            parts = map(unwrapped, self.fields(value).values() if value.kind != "object" else ())
            return any(self.holds_places(part) or is_place(part) for part in parts)
        if is_list(value):
            return holds_reference(self.item_type(value))
        return isinstance(value, Expr) and isinstance(value.type, ListOf | Structure) and holds_reference(value.type)

    def any_or_all(self: Any, how: str, tests: list[Expr]) -> Expr:
        """Join tests by `and` or `or`; those that are known now decide."""
        decides = how == "or"
        found: Expr = number(not decides)
        for test in tests:
            if isinstance(test, Const) and bool(test.value) == decides:
                return number(decides)
            if not isinstance(test, Const):
                found = test if isinstance(found, Const) else self.joined_tests(how, found, test)
        return found

    def is_one_of(self: Any, a: Value, items: list[Value], node: Any) -> Expr:
        """Return whether an object is one of those in a list of known length."""
        return self.any_or_all("or", [self.compare("is", a, self.apart(item, "item"), node) for item in items])

    def check_identity(self: Any, a: Value, others: Iterable[Value], node: Any) -> None:
        """Refuse to say whether two values are one object where that depends on data; in a pool it does not."""
        others = list(others)
        if not isinstance(a, Struct) or any(other is a for other in others):
            return
        for b in others:
            if not isinstance(b, Struct) or (a.kind, a.cls) != (b.kind, b.cls):
                continue
            outside = a.ref is not None and b.ref is not None  # a caller may give one object twice
            if outside and not a.item and not b.item:
                self.inline_caller()
            if outside or a.item or b.item:
                self.tell_apart(a.births | b.births)
                raise Unsupported(WHICH_OBJECT, node, COMPARE_FIELD)

    def compare_names(self: Any, name: str, a: Value, b: Value) -> Expr | None:
        """Return what a comparison of names that tests choose comes to: a test of these; None if it is another."""
        chosen = a if isinstance(a, Chosen) else b
        if not isinstance(chosen, Chosen):
            known = [self.known(value) for value in (a, b)]
            return None if UNKNOWN in known else number(bool(FOLD[name](*known)))
        pairs = [(part, b) if chosen is a else (a, part) for part in (chosen.then, chosen.orelse)]
        then, orelse = (self.compare_names(name, *pair) for pair in pairs)
        if then is None or orelse is None:
            return None
        test = as_bool(self, chosen.test)
        if isinstance(then, Const) and isinstance(orelse, Const):
            return then if then.value == orelse.value else test if then.value else self.turned(test)
        if isinstance(then, Const):
            return self.joined_tests("or" if then.value else "and", test if then.value else self.turned(test), orelse)
        if isinstance(orelse, Const):
            return self.joined_tests("or" if orelse.value else "and", self.turned(test) if orelse.value else test, then)
        return None

    def inside_range(self: Any, item: Value, numbers: RangeValue, node: Any) -> Expr:
        """Return whether an int is one of a range that goes up by ones, or of one that is known."""
        ends = [self.known(end) for end in (numbers.start, numbers.stop, numbers.step)]
        known = self.known(item)
        if UNKNOWN not in (*ends, known):
            return number(known in range(*ends))
        whole = isinstance(item, Expr) and isinstance(item.type, Scalar) and item.type.kind in ("int", "bool")
        if ends[2] != 1 or not whole:
            raise Unsupported("`in` a range is accepted of an int, and of a range with step 1", node)
        above = self.builder.op("greater_equal", item, numbers.start)
        found: Expr = self.builder.op("and", above, self.builder.op("less", item, numbers.stop))
        return found

    def inside(self: Any, item: Any, container: Struct) -> Any:
        """Return whether something known is in a list or tuple of what is known."""
        items = self.known_set(container) if container.kind in ("list", "tuple") else None
        return UNKNOWN if items is None else item in items

    def compare_by_class(self: Any, name: str, a: Value, b: Value, node: Any) -> Expr | None:
        """A comparison that a class of the user's defines: `__eq__`, `__lt__`, `__contains__`."""
        if name in ("in", "not_in"):
            method = self.method_of(b, "__contains__")
            if method is None:
                return None
            found = self.truth(self.call_function(method, [b, a], {}, node), node)
            return self.turned(found) if name == "not_in" else as_expr_of(found)
        if name not in COMPARISONS:
            return None
        asked = [(a, COMPARISONS[name], b), (b, REFLECTED[name], a)]
        if is_derived(b, a):
            asked.reverse()
        answered = self.answered(asked, node)
        if is_not_implemented(answered) and name not in ("equal", "not_equal"):
            raise self.missing("TypeError", "", "neither class has this comparison for the other", node)
        if is_not_implemented(answered):
            return number((a is b) == (name == "equal"))
        return None if answered is None else as_expr_of(self.truth(answered, node))

    def answered(self: Any, asked: list[tuple[Value, str, Value]], node: Any) -> Value | None:
        """Return what the first method gives that is not NotImplemented; None if no class of the user's has one."""
        found: Value | None = None
        if of_numpy(asked[0][0]) and is_sequence(asked[1][0]) and self.method_of(asked[1][0], asked[1][1]) is not None:
            raise Unsupported(
                "NumPy takes an object with __len__ and __getitem__ for an array: it does not ask its operator",
                node,
                "put the object first, or give its class __array_ufunc__ = None",
            )
        for own, name, other in asked:
            method = self.method_of(own, name)
            inverted = method is None and name == "__ne__"  # as Python has it
            method = self.method_of(own, "__eq__") if inverted else method
            if method is None:
                continue
            found = self.call_function(method, [own, other], {}, node)
            if not is_not_implemented(found):
                return self.turned(self.truth(found, node)) if inverted else found
        return found

    def turned(self: Any, value: bool | Expr) -> Expr:
        """Return `not value`."""
        return number(not value) if isinstance(value, bool) else self.builder.op("not", value)

    def method_of(self: Any, value: Value, name: str) -> Any:
        """Return a method in Python of the class of an object; None if it has none."""
        if not isinstance(value, Struct) or value.cls is None:
            return None
        method = self.member(value.cls, name)
        plain = isinstance(method, types.FunctionType) and method.__code__.co_filename != "<string>"
        return method if plain else None

    def known(self: Any, value: Value) -> Any:
        """Return the Python value of something known now, else UNKNOWN."""
        if isinstance(value, Expr):
            if value in self.unit.optional:
                return UNKNOWN
            try:
                return static(value)
            except NotStatic:
                return UNKNOWN
        if isinstance(value, Struct) and value.kind == "tuple":
            items = [self.known(item) for item in self.fields(value).values()]
            return UNKNOWN if UNKNOWN in items else tuple(items)
        return UNKNOWN

    def truth(self: Any, value: Value, node: Any = None) -> bool | Expr:
        """Return the truth of a value: known now, or an expression."""
        known = self.known(value)
        if known is not UNKNOWN:
            return bool(known)
        if isinstance(value, Struct):
            return bool(self.fields(value)) if value.kind != "object" else self.object_truth(value, node)
        if isinstance(value, Expr):
            if is_listlike(value):
                return self.builder.op("greater", self.builder.op("len", self.contents_of(value)), 0)
            if isinstance(value.type, Reference):
                return self.truth_of_place(value, node)
            return self.opaque("bool", [value], BOOL) if isinstance(value.type, Opaque) else value
        return True

    def truth_of_place(self: Any, place: Expr, node: Any) -> bool | Expr:
        """Return the truth of an object in a pool that may be None."""
        there = self.object_truth(self.apart(place, "item"), node)
        if place not in self.unit.optional:
            return there
        if there is not True:
            raise Unsupported("the truth of what may be None is that of its __bool__", node, "ask whether it is None")
        return self.builder.op("is_not", place, Const(None))

    def object_truth(self: Any, value: Struct, node: Any) -> bool | Expr:
        """Return the truth of an object: what `__bool__` says, or whether `__len__` is not 0, or True."""
        for name in ("__bool__", "__len__"):
            method = self.member(value.cls, name)
            if method is not None:
                return self.truth(self.call_function(method, [value], {}, node), node)
        return True
