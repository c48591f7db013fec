"""Lowering of simple statements: assignment in all its forms, expression statements, return, raise, assert."""

from __future__ import annotations

import dataclasses
import inspect
import types
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import libcst as cst

from s2sad.errors import Problem
from s2sad.frontend import iteration, sets
from s2sad.frontend.classes import is_descriptor
from s2sad.frontend.expressions import kind_of as kind_of_sequence
from s2sad.frontend.models import behind, is_ours
from s2sad.frontend.pools import is_listlike, lower_in_place, unwrapped
from s2sad.frontend.sets import is_known_set
from s2sad.frontend.signature import slots_of
from s2sad.frontend.values import (
    FUNCTIONS,
    ITERABLES,
    POISON,
    Chosen,
    Iteration,
    LocalFunction,
    Poison,
    Poisoned,
    Relower,
    Struct,
    Unsupported,
    Value,
    is_fresh,
    is_numpy,
    is_stepped,
    operator_method,
)
from s2sad.ir.nodes import Assign, Const, Effect, Expr, If, Op, Origin, Raise, Return, SetField, Store, Var
from s2sad.ir.types import (
    NONE,
    NOT_YET,
    Array,
    ListOf,
    Scalar,
    SetOf,
    Static,
    Structure,
    Type,
    list_of,
    name_of,
    numeric_kind,
    same_type,
)
from s2sad.rules.builder import number
from s2sad.rules.core import NotStatic, TypeProblem, is_pure, static, undecided, view_kind
from s2sad.rules.infer import describe, is_slice

IN_PLACE = {"AddAssign": "add", "SubtractAssign": "subtract", "MultiplyAssign": "multiply", "DivideAssign": "divide"}
AUGMENTED = {
    **IN_PLACE,
    "PowerAssign": "power",
    "FloorDivideAssign": "floor_divide",
    "ModuloAssign": "remainder",
    "MatrixMultiplyAssign": "matmul",
    "BitAndAssign": "bitwise_and",
    "BitOrAssign": "bitwise_or",
    "BitXorAssign": "bitwise_xor",
    "LeftShiftAssign": "left_shift",
    "RightShiftAssign": "right_shift",
}


# what to write for a statement that is not accepted
INSTEAD = {
    "trystar": "test for what would raise, or catch it around the call of the derivative",
    "global": "take the value as an argument and return the new one",
    "classdef": "define the class at the top level of its module",
    "typealias": "define the type at the top level of its module",
}


class Statements:
    """Statement lowering; one method for each node type."""

    def lower_body(self: Any, node: Any) -> None:
        """Lower the whole body of a function or lambda in function mode."""
        if isinstance(node, cst.Lambda):
            self.builder.origin = Origin("", self.span(node.body), contexts=tuple(self.contexts))
            value = self.guarded(node.body, lambda: self.expression(node.body))
            if not isinstance(value, Poison):
                self.guarded(node.body, lambda: self.emit_return(value))
            return
        self.lower_block(node.body.body)

    def lower_block(self: Any, statements: Any) -> None:
        """Lower statements until one of them ends the block."""
        for i, statement in enumerate(statements):
            if self.state.ended:
                return
            if isinstance(statement, cst.If) and ("split", self.site(statement)) in self.unit.knowledge.cures:
                self.builder.origin = self.origin(statement, self.code(statement).split("\n")[0])
                if self.guarded(statement, lambda: self.stmt_If(statement, rest=statements[i + 1 :])) is POISON:  # noqa: B023
                    self.look_inside(statement)
                return
            self.lower_statement(statement)

    def tentative(self: Any, problem: Unsupported) -> None:
        """Note what is a problem if its arguments are active, which is not known yet: told of beside others only."""
        noted = Problem(problem.message, self.span(problem.node), problem.hint)
        self.unit.tentative.append(noted)
        self.note(noted)

    def guarded(self: Any, node: Any, action: Any) -> Any:
        """Run an action; note what cannot be lowered and return POISON."""
        try:
            return action()
        except Unsupported as problem:
            span = self.span(problem.node if problem.node is not None else node) or self.span(node)
            self.note(Problem(problem.message, span, problem.hint))
        except TypeProblem as problem:
            self.note(Problem(str(problem), self.span(node)))
        except NotStatic as problem:
            self.learn_static(problem.value, node)
        except Poisoned:
            pass
        return POISON

    def note(self: Any, problem: Problem) -> None:
        """Note a problem once."""
        if problem not in self.unit.problems:
            self.unit.problems.append(problem)

    def learn_static(self: Any, value: Expr, node: Any) -> None:
        """Specialise on the value of an int argument that decides a type, or say that it cannot be known."""
        self.write_out(value)
        self.peel_names(value)
        self.learn_ints()
        self.note(undecided(self.span(node)))

    def learn_ints(self: Any) -> None:
        """Lower again for the values of more ints, if there are any whose values are not known yet."""
        called = {active[0] for active in self.unit.active} | self.unit.defaulted
        if self.unit.knowledge.learn(called, *self.unit.entry, self.unit.places):
            raise Relower

    def lower_statement(self: Any, node: Any) -> None:
        """Lower one statement (a line of simple statements, or a compound one)."""
        if isinstance(node, cst.SimpleStatementLine):
            for i, small in enumerate(node.body):
                comments = self.origin(node, self.code(small)) if i == 0 else self.origin(small, self.code(small))
                comments.span = self.span(small)
                comments.text = comments.text.rstrip(";").strip()
                self.builder.origin = comments
                self.simple(small)
                if self.state.ended:
                    return
            return
        if isinstance(node, cst.BaseSmallStatement):
            self.builder.origin = self.origin(node, self.code(node))
            self.simple(node)
            return
        method = getattr(self, "stmt_" + type(node).__name__, None)
        if method is None:
            word = type(node).__name__.lower()
            hint = INSTEAD.get(word, "")
            self.guarded(node, lambda: self.refuse(f"the statement `{word}` is not accepted", node, hint))
            self.look_inside(node)
            self.forget_names(node)
            return
        self.builder.origin = self.origin(node, self.code(node).split("\n")[0])
        if self.guarded(node, lambda: method(node)) is POISON:
            self.look_inside(node)
            self.forget_names(node)

    def forget_names(self: Any, node: Any) -> None:
        """What a refused definition would have bound is not reported again where it is used."""
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.state.names[node.name.value] = POISON

    def refuse(self: Any, message: str, node: Any, hint: str = "") -> Any:
        """Raise Unsupported."""
        raise Unsupported(message, node, hint)

    def simple(self: Any, node: Any) -> None:
        """Lower one simple statement; if it cannot be lowered, poison what it assigns."""
        method = getattr(self, "small_" + type(node).__name__, None)
        if method is None:
            word = type(node).__name__.lower()
            hint = INSTEAD.get(word, "")
            self.guarded(node, lambda: self.refuse(f"the statement `{word}` is not accepted", node, hint))
            return
        if self.guarded(node, lambda: method(node)) is POISON:
            self.look_inside(node)
            for name in assigned_names(node):
                self.state.names[name] = POISON
            if isinstance(node, cst.Return):
                self.state.ended = True

    # --- assignment -------------------------------------------------------------------------------------------
    def small_Assign(self: Any, node: cst.Assign) -> None:
        value = self.expression(node.value)
        for target in node.targets:
            self.assign(target.target, value)

    def small_AnnAssign(self: Any, node: cst.AnnAssign) -> None:
        if node.value is not None:
            self.assign(node.target, self.expression(node.value))

    def assign(self: Any, target: Any, value: Value) -> None:
        """Bind a target to a value."""
        match target:
            case cst.Name():
                self.bind_name(target.value, self.stepped(target.value, value, target))
            case cst.Tuple() | cst.List():
                self.unpack(target, value)
            case cst.Subscript():
                self.store(target, value, "set")
            case cst.Attribute():
                self.set_attribute(target, value)
            case _:
                raise Unsupported("this assignment target is not accepted", target)

    def bind_name(self: Any, name: str, value: Value) -> None:
        """Bind a name; a value without a name of the user's takes this one."""
        if isinstance(value, Iteration) and value.kind == "reversed":
            value = self.backwards(value.parts[0])
        value = unwrapped(value)
        if is_fresh(value):
            value.name = name
            value.user = True
        elif isinstance(value, Struct) and not value.name:
            value.name = name
            for key, item in self.fields(value).items():
                if is_fresh(item):
                    item.name = key if isinstance(key, str) and key.isidentifier() else f"{name}_{key}"
        cell = self.state.names.get(name)
        if isinstance(cell, Struct) and cell.kind == "cell":
            self.fields(cell)[name] = value
        else:
            self.state.names[name] = value

    def unpack(self: Any, target: Any, value: Value) -> None:
        """Bind the names of a tuple target."""
        value = self.contents_of(self.listed(self.iterator_of(value, target, drained=True), target))
        elements = [element.value for element in target.elements]
        stars = [i for i, element in enumerate(target.elements) if isinstance(element, cst.StarredElement)]
        if stars and isinstance(value, Expr) and isinstance(value.type, Array | ListOf):
            items = self.parts_around(value, stars[0], len(elements) - stars[0] - 1, target)
        elif stars:
            items = self.starred(value, target)
            first, last = stars[0], len(items) - (len(elements) - stars[0] - 1)
            if first > last:
                hint = "unpack as many as there are"
                raise Unsupported(f"{len(items)} values for {len(elements) - 1} names and a star", target, hint)
            rest = self.display("list", items[first:last], target.elements[first])
            items = [*items[:first], rest, *items[last:]]
        else:
            items = self.items(value, len(elements), target)
        if len(items) != len(elements):
            raise Unsupported(f"{len(items)} values for {len(elements)} names", target, "unpack as many as there are")
        for element, item in zip(elements, items, strict=True):
            self.assign(element, item)

    def parts_around(self: Any, value: Expr, before: int, after: int, node: Any) -> list[Value]:
        """Return the first items of an array or list, the list of those in the middle, and the last items."""
        names = [*range(before), *range(-after, 0)]
        found = {i: self.load(self.get(value, number(i)), f"item{i}" if i >= 0 else "last") for i in names}
        bounds = (number(before), number(-after) if after else Const(None), Const(None))
        middle = Op("slice", bounds, Static("slice"))
        if isinstance(value.type, Array):
            rest = self.built_list([self.get(value, middle)], {}, node)
        else:
            rest = self.sliced_list(value, middle, node)
        return [*(found[i] for i in names[:before]), rest, *(found[i] for i in names[before:])]

    def items(self: Any, value: Value, count: int, node: Any) -> list[Value]:
        """Return the items of a value that is unpacked into `count` targets."""
        value = self.contents_of(self.apart(value, "item"))
        if isinstance(value, Struct) and value.kind in ("tuple", "list"):
            return list(self.fields(value).values())
        if isinstance(value, Expr) and isinstance(value.type, Array | ListOf):
            self.check_count(value, count)
            return [self.load(self.get(value, Const(i, Scalar("int"))), f"item{i}") for i in range(count)]
        if isinstance(value, Expr) and value.type.__class__.__name__ == "Shape":
            return [self.get(value, self.number(i)) for i in range(count)]
        raise Unsupported("this value cannot be unpacked", node)

    def check_count(self: Any, value: Expr, count: int) -> None:
        """Raise as Python does where another number of items is unpacked: of lists, and where that may be caught."""
        if not self.trying and not isinstance(value.type, ListOf):
            return
        unlike = self.builder.op("not_equal", self.builder.op("len", value), number(count))
        message = Const(f"{count} values are expected")
        error = Op("exception", (message,), Static("exception"), {}, "ValueError")
        origin = self.builder.origin
        self.builder.block.append(If(unlike, [Raise(error, origin)], [], origin))

    def set_attribute(self: Any, target: cst.Attribute, value: Value) -> None:
        """`object.name = value`."""
        base = self.expression(target.value)
        self.set_attribute_of(base, self.attribute_name(target), value, target)

    def set_attribute_of(self: Any, base: Value, name: str, value: Value, target: Any) -> None:
        base = self.apart(base, "item")
        if isinstance(base, Chosen):
            self.for_each_class(base, lambda part: self.set_attribute_of(part, name, value, target))
            return
        if isinstance(base, Expr) and isinstance(base.type, Array) and name in ("real", "imag"):
            self.set_part(base, name, value, target)
            return
        known = self.known(base)
        if isinstance(known, type | types.FunctionType | types.ModuleType):
            kinds = {types.FunctionType: "function", types.ModuleType: "module"}
            what = kinds.get(type(known), "class")
            message = f"an attribute of the {what} {known.__name__!r} is assigned: it would be kept from call to call"
            raise Unsupported(message, target, "keep it in an object that the function is given, or return it")
        if not isinstance(base, Struct) or base.kind != "object":
            hint = "write into the array: x[...] = value"
            raise Unsupported("attributes can be assigned on objects of the user's classes only", target, hint)
        placed = inspect.getattr_static(behind(base.cls), name, None)
        if isinstance(placed, property) and placed.fset is not None:
            self.member(base.cls, name)
            self.call_function(placed.fset, [base, value], {}, target)
            return
        if is_descriptor(placed, "__set__"):
            self.member(base.cls, name)
            self.call_function(type(placed).__set__, [Const(placed, Static(placed)), base, value], {}, target)
            return
        if self.set_by_class(base, name, value, target):
            return
        self.check_plain(base.cls, name, target)
        self.set_field(base, name, value)

    def set_part(self: Any, base: Expr, part: str, value: Value, node: Any) -> None:
        """`z.real = x` and `z.imag = x`."""
        new = self.operand(value, node, "")
        if numeric_kind(base.type) == "complex":
            imag = self.builder.op(
                "multiply", Const(1j, Scalar("complex")), new if part == "imag" else self.part("imag", base)
            )
            new = self.builder.op("add", self.part("real", base) if part == "imag" else new, imag)
        elif part == "imag":
            raise Unsupported("a real array has no imaginary part to be set", node)
        self.store_array(base, None, new, "set", node)

    def check_plain(self: Any, cls: Any, name: str, node: Any) -> None:
        """Refuse an attribute whose assignment runs code of the user's: it is not followed yet."""
        cls = behind(cls)
        placed = inspect.getattr_static(cls, name, None)
        own = isinstance(placed, types.MemberDescriptorType) or placed is vars(BaseException)["args"]
        if hasattr(type(placed), "__set__") and not own:
            raise Unsupported(f"{name!r} is set by a property or descriptor: that is not followed yet", node)
        if getattr(getattr(cls, "__dataclass_params__", None), "frozen", False):
            message = f"{cls.__name__} is a frozen dataclass: its attributes cannot be assigned"
            raise self.missing("AttributeError", "", message, node, "use dataclasses.replace")
        if has_only_slots(cls) and name not in slots_of(cls) and placed is None:
            raise self.missing("AttributeError", "", f"{name!r} is not in the __slots__ of {cls.__name__}", node)
        plain = (object.__setattr__, BaseException.__setattr__)
        if cls.__setattr__ not in plain and not dataclasses.is_dataclass(cls):
            raise Unsupported(
                f"attributes of {cls.__name__} are set by its __setattr__: that is not followed yet", node
            )

    def inline_caller(self: Any) -> None:
        """Have this function lowered where it is called, if it can be: what it is given is not from outside there."""
        function, dynamic = self.frames[0].function, self.unit.knowledge.dynamic
        called = function is not self.unit.function and function not in self.unit.knowledge.recursive
        if self.lifted is not None:  # which is lowered in place where it is called
            function, called = self.lifted, self.lifted.node not in self.unit.knowledge.lifted
        if called and ("inline", function) not in dynamic:
            dynamic.add(("inline", function))
            raise Relower

    def spell_out(self: Any, item: Struct) -> None:
        """An item of a list is changed: lower the list item by item, if it can be."""
        made = self.builder.definitions.get(item.ref) if isinstance(item.ref, Var) else None
        site = self.unit.list_sites.get(made.args[0]) if isinstance(made, Op) and made.name == "getitem" else None
        if site is not None:
            self.cure(("spell", site))

    def set_field(self: Any, base: Struct, key: Any, value: Value) -> None:
        """Set a field of a structure; if it came from outside, the write is kept in the primal."""
        if is_fresh(value) and isinstance(key, str) and key.isidentifier():
            value.name = key
        if base.place is not None:
            self.set_in_pool(base, key, value)
            return
        fields = self.fields(base)
        self.settle(base)
        if base.item or base.ref in self.unit.optional:  # of which a copy was taken apart
            self.spell_out(base)
            self.tell_apart(base.births)
            maker = self.unit.makers.get(base.ref)
            if maker is not None and lower_in_place(self.unit.knowledge, maker):
                raise Relower
            raise Unsupported(
                f"which {base.kind} this is depends on the path or the iteration (it is made anew there, or an item of "
                "a list): its items cannot be assigned yet",
                None,
                f"make a new {base.kind}, or write into its arrays",
            )
        if base.ref is not None:
            if key not in fields:
                if base.kind == "dict":
                    self.lend(base)
                self.inline_caller()
                raise Unsupported(f"a new field {key!r} on an object from outside is not accepted")
            if self.calls_itself():  # each call changes what the first is given
                if base.kind == "list":
                    self.lend(base)
                self.tell_apart(base.births)
            self.check_one_name(value)
            expr = self.materialize(value)
            self.builder.block.append(SetField(base.ref, key, base.kind, expr, self.builder.origin))
        fields[key] = value

    def check_one_name(self: Any, value: Value) -> None:
        """Refuse to put what has been changed into an object from outside: there it would be another thing."""
        for part in self.inside_of(value):
            if isinstance(part, Struct) and part.mutable and part.ref is not None and not self.as_loaded(part):
                message = f"this {part.kind} from outside has been changed, and is put under a second name there"
                raise Unsupported(message, None, "put it there before it is changed, or put a copy")

    def store(self: Any, target: cst.Subscript, value: Value, how: str) -> None:
        """`base[index] = value`."""
        array = self.flattened_by_name(target.value)
        if array is not None:
            self.write_flat(array, self.index(target), value, target)
            return
        base = self.apart(self.expression(target.value), "item")
        if isinstance(base, Struct):
            if isinstance(target.slice[0].slice, cst.Slice):
                self.set_slice(base, target, value)
                return
            setter = self.method_of(base, "__setitem__")
            if setter is not None:
                self.call_function(setter, [base, self.item_argument(target), value], {}, target)
                return
            if base.kind == "dict" and len(target.slice) == 1:
                key = self.expression(target.slice[0].slice.value)  # type: ignore[attr-defined]
                self.store_in_dict(base, key, value, target)
                return
            if base.kind == "tuple":
                raise self.missing("TypeError", "", "a tuple cannot be changed", target, "make a new one, or a list")
            self.store_known(base, self.static_key(base, target), value, target)
            return
        index = self.index(target)
        if is_listlike(base) and is_slice(index) and how == "set":
            self.replace_items(base, index, value, target)
            return
        self.store_array(base, index, value, how, target)

    def flattened_by_name(self: Any, node: Any) -> Expr | None:
        """Return the array of `array.flat`."""
        if not isinstance(node, cst.Attribute) or node.attr.value != "flat":
            return None
        array = self.expression(node.value)
        return array if isinstance(array, Expr) and isinstance(array.type, Array) else None

    def write_flat(self: Any, array: Expr, index: Expr, value: Value, target: cst.Subscript) -> None:
        """`x.flat[i] = value`: one element after the other, so that the value must not be a part of x."""
        source = self.viewed_root(value)
        whole = self.viewed_root(array)
        joined = any(isinstance(var, Var) and var.join for var in (source, array))
        if source is not None and (source is whole or joined):
            message = "what is written to `.flat` may be a part of the array: NumPy reads it while it writes"
            raise Unsupported(message, target, "write a copy: x.flat[i] = y.copy()")
        if isinstance(index, Op) and index.name == "slice":
            places = self.builder.op("arange", self.builder.op("size", array), form="np.arange")
            index = self.get(places, index)
        self.lower_put([array, index, value], {}, target)

    def viewed_root(self: Any, value: Value) -> Var | None:
        """Return the array that a value is a view of, as far as that is seen here; None of a new one."""
        while isinstance(value, Var) and isinstance(value.type, Array):
            made = self.builder.definitions.get(value)
            if not isinstance(made, Op) or not made.args or not isinstance(made.args[0], Var):
                return value if made is None else None
            if made.name != "getitem" and view_kind(made) is None:
                return value
            value = made.args[0]
        return None

    def new_item(self: Any, base: Struct, key: Any, target: Any) -> None:
        """Refuse an item that a list or tuple does not have, and items of objects that say themselves what they are."""
        if base.kind == "object":
            raise Unsupported("an item of an object is assigned: its __setitem__ is not followed yet", target)
        if base.kind != "dict":
            raise Unsupported(f"there is no item {key!r}", target)

    def set_slice(self: Any, base: Struct, target: cst.Subscript, value: Value) -> None:
        """`xs[1:] = ys` of a list whose items are known one by one."""
        try:
            bounds = [static(part) for part in self.index(target).args]
        except NotStatic:
            raise self.make_dynamic(base, target) from None
        if base.kind != "list" or base.ref is not None or not isinstance(value, Struct):
            raise Unsupported("a slice of this container cannot be assigned yet", target, "assign its items")
        items = list(self.fields(base).values())
        items[slice(*bounds)] = self.iterated(value, target)
        self.fields(base).clear()
        self.fields(base).update(enumerate(items))

    def store_array(self: Any, base: Value, index: Expr | None, value: Value, how: str, node: Any) -> None:
        """Write into an array or a list."""
        if is_listlike(base) and index is not None:
            self.store_item(base, index, value, node)
            return
        if not isinstance(base, Var) or not isinstance(base.type, Array):
            raise Unsupported("only arrays, lists, dicts and objects can be written", node)
        if base in self.unit.flats:
            raise Unsupported("a name of `.flat` is written to", node, "write x.flat[...] = ...")
        expr = self.materialize(value)
        if isinstance(expr.type, Structure | ListOf):
            expr = self.as_array(value)
        self.check_truncation(base.type, expr, node)
        if not base.type.ndim:
            index = None  # `a[()]` and `a[...]` of rank 0 are the whole array
        elif index is None and how == "set":
            index = Const(Ellipsis)
        self.builder.block.append(Store(base, index, expr, how, self.builder.origin))

    def list_type(self: Any, target: Var, value: Expr, node: Any) -> ListOf:
        """Return the type of a list that takes a value; a wider one than it has starts lowering again."""
        assert isinstance(target.type, ListOf)
        have, none = target.type, value.type == NONE
        made = list_of([have.item, value.type]) if have.item != NOT_YET else list_of([value.type])
        if made is not None and (have.optional or value in self.unit.optional):
            made = replace(made, optional=True)
        if have.item == NOT_YET and made is not None:
            if made == have:
                return made  # nothing but None so far
            several = self.unit.joined.get(target, set())
            if len(several) > 1:  # it is in each of the lists that this may be
                self.learn_lists(several, made)
            if self.unit.list_sites.get(target) in self.unit.early:  # what was read then is of this type
                self.learn_lists([self.unit.list_sites[target]], made)
            return made
        wider = made is None or made.optional != have.optional or kind_of(made.item) != kind_of(have.item)
        sites = self.sites_of(target)
        if made is None:
            self.forget_guess(sites)
        if made is not None and wider and not sites:
            self.inline_caller()  # where it is made, it can be made of these items
        if made is None or (wider and not sites):
            raise Unsupported(
                f"the list holds {describe(have.item)} and is given {describe(value.type)}",
                node,
                "give the items of a list one kind" + ("" if none else ": 0.0 for 0"),
            )
        if wider or (
            self.going_around and not same_type(made.item, have.item)
        ):  # what was read before in a loop is wider, too
            if not sites:
                raise Unsupported(
                    "the items of this list have other sizes than the first ones", node, "make a new list"
                )
            self.learn_lists(sites, made)
        return made

    def forget_guess(self: Any, sites: set[Any]) -> None:
        """Lists that one name is bound to, one after the other, need not hold the same: what one is given tells."""
        knowledge = self.unit.knowledge
        guessed = sites & knowledge.guessed - knowledge.unlike
        if guessed:
            knowledge.unlike |= guessed
            for site in guessed:
                knowledge.items.pop(site, None)
            raise Relower

    def learn_lists(self: Any, sites: Iterable[Any], made: ListOf) -> None:
        """Note the type of lists that are made at some places; lowering begins again when it has come to its end."""
        self.unit.knowledge.items.update(dict.fromkeys(sites, made))
        self.unit.again = True

    def early(self: Any, value: Value) -> None:
        """Note that a list is read of which it is not known yet what it holds."""
        if isinstance(value, Var) and isinstance(value.type, ListOf) and value.type.item == NOT_YET:
            self.unit.early.add(self.unit.list_sites.get(value, value))

    def check_truncation(self: Any, type_: Array, value: Expr, node: Any) -> None:
        """Refuse to write a float into an integer array: the value would be cut, and its derivative lost."""
        kind = numeric_kind(value.type)
        if kind is None:
            raise Unsupported("only numbers and arrays can be written into an array", node)
        if numeric_kind(type_) in ("int", "bool") and kind in ("float", "complex"):
            raise Unsupported(
                f"a {kind} is written into an array of dtype {type_.dtype}: it would be truncated",
                node,
                "make the array with dtype=float, or convert explicitly with int(...)",
            )
        if numeric_kind(type_) == "float" and kind == "complex":
            raise Unsupported(
                f"a complex number is written into an array of dtype {type_.dtype}: its imaginary part would be lost",
                node,
                "make the array with dtype=complex, or take the .real part",
            )

    def small_AugAssign(self: Any, node: cst.AugAssign) -> None:
        operator = type(node.operator).__name__
        if operator not in AUGMENTED:
            raise Unsupported("this augmented assignment is not accepted", node)
        name = AUGMENTED[operator]
        match node.target:
            case cst.Name():
                self.augment_name(node, name)
            case cst.Subscript():
                self.augment_item(node, name)
            case cst.Attribute():
                base = self.expression(node.target.value)
                name_ = self.attribute_name(node.target)
                old = self.attribute(base, name_, node.target)
                new = self.augmented(old, self.expression(node.value), name, node)
                if new is not old or (isinstance(base, Struct) and self.is_told(base, name_)):
                    self.set_attribute_of(base, name_, new, node.target)

    def augment_name(self: Any, node: cst.AugAssign, name: str) -> None:
        assert isinstance(node.target, cst.Name)
        target = node.target.value
        old = self.lookup(target, node.target)
        new = self.augmented(old, self.expression(node.value), name, node)
        if new is not old:
            self.bind_name(target, new)

    def augmented(self: Any, old: Value, value: Value, name: str, node: Any) -> Value:
        """Return what `old op= value` binds: `old` itself where the operator changes it in place."""
        listed = kind_of_sequence(old) == "list" and not is_numpy(value)  # whose own `+` and `*` are asked first
        if listed and name == "add":
            self.list_method(old, "extend", [value], node)
            return old
        if listed and name == "multiply":
            self.call_user(iteration.times_in_place, [old, value], {}, node)
            return old
        old = self.apart(old, "item")
        method = operator_method(name, "i")
        if isinstance(old, Struct) and old.cls is not None and self.member(old.cls, method) is not None:
            return self.call_function(self.member(old.cls, method), [old, value], {}, node)
        whole = self.apart(old, "item") if name in sets.IN_PLACE else old
        change = self.changing_method(whole, name)
        if change is not None:
            self.call_function(self.attribute(whole, change, node), [value], {}, node)
            return old
        return old if self.augment_array(old, value, name, node) else self.operate(name, old, value, node)

    def changing_method(self: Any, old: Value, name: str) -> str | None:
        """Return the method that does what `dict |= ...` or `set op= set` does; None of what is bound anew."""
        if isinstance(old, Struct) and old.kind == "dict" and old.cls is None:
            return "update" if name == "bitwise_or" else None
        if not isinstance(old, Expr) or name not in sets.IN_PLACE:
            return None
        made_here = is_known_set(old) and old in self.unit.list_sites
        return sets.IN_PLACE[name] if made_here or isinstance(old.type, SetOf) else None

    def augment_array(self: Any, old: Value, value: Value, name: str, node: Any) -> bool:
        """`array op= value` writes into the array; return False if `old` is not an array."""
        if not (isinstance(old, Expr) and isinstance(old.type, Array)):
            return False
        if name not in IN_PLACE.values():
            value = self.operate(name, old, value, node)
            name = "set"
        self.store_array(old, None, value, name, node)
        return True

    def augment_item(self: Any, node: cst.AugAssign, name: str) -> None:
        target = node.target
        assert isinstance(target, cst.Subscript)
        array = self.flattened_by_name(target.value)
        if array is not None:
            index = self.index(target)
            old = self.get(self.builder.op("ravel", array), index)
            new = self.operate(name, old, self.expression(node.value), node)
            self.write_flat(array, index, new, target)
            return
        base = self.apart(self.expression(target.value), "item")
        if isinstance(base, Struct) and self.method_of(base, "__setitem__") is not None:
            key = self.item_argument(target)
            old = self.call_function(self.method_of(base, "__getitem__"), [base, key], {}, target)
            new = self.augmented(old, self.expression(node.value), name, node)
            self.call_function(self.method_of(base, "__setitem__"), [base, key, new], {}, target)
            return
        if isinstance(base, Struct) and base.kind == "dict" and len(target.slice) == 1:
            key = self.expression(target.slice[0].slice.value)  # type: ignore[attr-defined]
            self.augment_in_dict(base, key, node, name)
            return
        if isinstance(base, Struct):
            key = self.static_key(base, target)
            if key not in self.fields(base):
                raise Unsupported(f"there is no item {key!r} on every path", target, "set it before the branch")
            old = self.usable(self.fields(base)[key], str(key), target)
            new = self.augmented(old, self.expression(node.value), name, node)
            if new is not old:
                self.set_field(base, key, new)
            return
        index = self.index(target)
        if is_listlike(base):
            old = self.get(base, index)
            new = self.augmented(old, self.expression(node.value), name, node)
            if unwrapped(new) is not old:
                self.store_array(base, index, new, "set", node)
            return
        mark = len(self.builder.block)
        value = self.expression(node.value)
        writes = not all(isinstance(s, Assign) and is_pure(s.value) for s in self.builder.block[mark:])
        if name in IN_PLACE.values() and not writes:
            self.store_array(base, index, value, name, node)
            return
        old = self.get(base, index)
        if writes and isinstance(old, Var):  # Python reads the item before it evaluates the right side
            self.builder.block.insert(mark, self.builder.block.pop())
        self.store_array(base, index, self.operate(name, old, value, node), "set", node)

    # --- the rest ---------------------------------------------------------------------------------------------
    def small_Expr(self: Any, node: cst.Expr) -> None:
        if isinstance(node.value, cst.SimpleString | cst.ConcatenatedString):
            return
        value = self.expression(node.value, statement=True)
        if isinstance(value, Op):
            self.builder.block.append(Effect(value, self.builder.origin))

    def small_Pass(self: Any, node: cst.Pass) -> None:
        pass

    def small_Nonlocal(self: Any, node: cst.Nonlocal) -> None:
        """The names are those of an enclosing function: cells, which this one has as well."""
        for item in node.names:
            name = item.name.value
            outer = self.frame.outer
            while outer is not None and name not in self.names_of(outer):
                outer = outer.outer
            if outer is None:
                raise Unsupported(f"nonlocal {name!r} belongs to a function that is not running", node)
            self.state.names[name] = self.names_of(outer)[name]

    def small_Import(self: Any, node: cst.Import) -> None:
        for alias in node.names:
            name = self.code(alias.name)
            try:
                module = __import__(name)
            except ImportError as error:
                raise self.missing(type(error).__name__, str(error), str(error), node) from None
            bound = alias.asname.name.value if alias.asname else name.split(".")[0]  # type: ignore[union-attr]
            if alias.asname:
                for part in name.split(".")[1:]:
                    module = getattr(module, part)
            self.state.names[bound] = Const(module, Static(module))

    def small_ImportFrom(self: Any, node: cst.ImportFrom) -> None:
        import importlib

        if node.module is None or isinstance(node.names, cst.ImportStar):
            raise Unsupported("this import is not accepted inside a function", node)
        module = importlib.import_module(self.code(node.module))
        for alias in node.names:
            name = self.code(alias.name)
            bound = alias.asname.name.value if alias.asname else name  # type: ignore[union-attr]
            if not hasattr(module, name):
                message = f"cannot import name {name!r} from {module.__name__!r}"
                raise self.missing("ImportError", message, message, node, "import a name that is there")
            value = getattr(module, name)
            whole = Const(module, Static(module))
            plain = isinstance(value, int | float | complex)
            self.state.names[bound] = self.attribute(whole, name, node) if plain else Const(value, Static(value))

    def small_Return(self: Any, node: cst.Return) -> None:
        if self.frame.at_yield is not None:  # in the loop that a generator ends with
            self.leave_loop("break")
            return
        value = self.expression(node.value) if node.value is not None else Const(None)
        if self.frame.exits and self.loops:
            self.return_from_loop(value)
            return
        self.leave_bodies(0)
        if not self.state.ended:
            self.emit_return(value)

    def return_from_loop(self: Any, value: Value) -> None:
        """Leave the loop of a function that is lowered in place."""
        left, value = self.frame.exits[-1], unwrapped(value)
        if isinstance(value, Struct):
            self.tell_apart(self.births_of(value))  # the object is meant, not what is in it now
            value = self.builder.bind(self.materialize(value), left.found)
        if isinstance(value, Const) and isinstance(value.type, Static):
            left.constants.append(value)
        else:
            self.state.names[left.found] = value
        self.state.names[left.done] = number(True)
        if self.broke and self.broke[-1] is not None:
            self.state.names[self.broke[-1]] = number(True)
        self.leave_loop("break")

    def emit_return(self: Any, value: Value) -> None:
        """Return from the function, keeping structures whole."""
        self.check_put_back()
        function = self.frames[0].function
        inlined = ("inline", function) in self.unit.knowledge.dynamic
        if function is not self.unit.function and not inlined and self.holds_function(value):
            self.descend()
            self.unit.knowledge.dynamic.add(("inline", function))  # what it returns is no value: it knows names
            raise Relower
        if function is not self.unit.function and not inlined and self.shares(value):
            self.unit.knowledge.dynamic.add(("inline", function))  # of two names for one object each would get its own
            raise Relower
        if function is self.unit.function and self.lifted is None:
            self.check_returned(value)
        if isinstance(value, FUNCTIONS | ITERABLES):
            raise Unsupported(RETURNED)
        if self.given_back:
            given = [self.content(cell, name, None) for cell, name in self.given_back]
            value = self.struct("tuple", dict(enumerate([value, *given])))
        self.note_returned(self.lifted or function, value)
        value = unwrapped(self.among_all(value)) if self.calls_itself() else self.outward(value, None)
        expr = self.materialize(value)
        self.returned.append(self.outline(value))
        self.results += [expr.type, NONE] if expr in self.unit.optional else [expr.type]
        self.builder.block.append(Return(expr, self.builder.origin))
        self.state.ended = True

    def shares(self: Any, value: Value) -> bool:
        """Return whether an object or container is in a value more than once."""
        seen: set[Struct] = set()
        stack = [value]
        while stack:
            part = stack.pop()
            if isinstance(part, Struct) and part.place is None:
                if part in seen and part.mutable:
                    return True
                seen.add(part)
                stack.extend(self.fields(part).values())
        return False

    def small_Raise(self: Any, node: cst.Raise) -> None:
        self.check_caught(node)
        value = Const("", Static(""), "") if node.exc is None else self.raised(node.exc)
        if node.cause is not None and isinstance(value, Op):
            value.attrs["cause"] = self.as_expr(self.expression(node.cause.item), node)
        self.builder.block.append(Raise(value, self.builder.origin))
        self.state.ended = True

    def check_returned(self: Any, value: Value) -> None:
        """Refuse to hand out what is no value: generated code cannot make it."""
        for part in self.inside_of(value):
            known = part.value if isinstance(part, Const) and isinstance(part.type, Static) else part
            made = isinstance(part, Struct) and (is_stepped(part) or part.cls in self.templates)
            escapes = FUNCTIONS | ITERABLES | types.ModuleType
            if made or isinstance(known, escapes):
                hint = "return list(...) of an iterator; give what a function captures to a function of the module"
                raise Unsupported(RETURNED, None, hint)

    def raised(self: Any, node: Any) -> Expr:
        """Return the exception that is raised: made of a class, or one that was caught."""
        called = isinstance(node, cst.Call)
        cls = self.expression(node.func if called else node)
        if isinstance(cls, Var) and not called:
            return cls
        made, kwargs = self.call_arguments(node) if called else ([], {})
        args = [self.materialize(arg) for arg in made]
        if is_ours(self.frame.parsed.source.file) and self.known(cls) is NotImplementedError:
            raise Unsupported(str(self.known(args[0])), node)
        if self.error_class(cls, node).__module__ == "__main__":
            form, args = "call", [self.given_function(cls.value, node), *args]
        else:
            form = self.error_form(self.known(cls), node)
        more = {key: self.materialize(value) for key, value in kwargs.items()}
        return Op("exception", tuple(args), Static("exception"), more, form)

    def small_Assert(self: Any, node: cst.Assert) -> None:
        test = self.test(node.test)
        if test is True:
            return
        args: tuple[Expr, ...] = (self.materialize(self.expression(node.msg)),) if node.msg is not None else ()
        cond = Const(False, Scalar("bool")) if test is False else test
        self.builder.block.append(Effect(Op("assert", (cond, *args), Static(None)), self.builder.origin))

    def small_Break(self: Any, node: cst.Break) -> None:
        if self.broke and self.broke[-1] is not None:
            self.state.names[self.broke[-1]] = Const(True, Scalar("bool"))
        self.leave_loop("break")

    def small_Del(self: Any, node: cst.Del) -> None:
        """`del name`, `del container[key]`, `del object.name`."""
        targets = node.target.elements if isinstance(node.target, cst.Tuple | cst.List) else [node.target]
        for element in targets:
            self.delete(element.value if isinstance(element, cst.Element) else element)

    def delete(self: Any, target: Any) -> None:
        if isinstance(target, cst.Name):
            if target.value not in self.state.names:
                raise Unsupported(f"the name {target.value!r} is not bound here", target)
            held = self.state.names[target.value]
            if isinstance(held, Struct) and held.kind == "cell":
                raise Unsupported("a name that nested functions share is not deleted yet", target, "bind it to None")
            del self.state.names[target.value]
            return
        base = self.expression(target.value)
        if kind_of_sequence(base) == "list" and isinstance(base, Expr):
            self.delete_items(base, self.index(target), target)
            return
        if not isinstance(base, Struct) or base.kind == "tuple":
            raise Unsupported("this cannot be deleted yet: make a new list of what stays", target)
        if isinstance(target, cst.Subscript) and self.method_of(base, "__delitem__") is not None:
            self.call_function(self.method_of(base, "__delitem__"), [base, self.item_argument(target)], {}, target)
            return
        if isinstance(target, cst.Attribute):
            key = target.attr.value
            if key not in self.fields(base):
                raise Unsupported(f"the object has no attribute {key!r} on every path", target)
        else:
            key = self.static_key(base, target)
        self.remove_item(base, key, target)

    def remove_item(self: Any, base: Struct, key: Any, node: Any) -> Value:
        """Take an item out of a list of known length, a dict or an object, and return it."""
        self.check_own(base, node)
        fields = self.fields(base)
        if key not in fields:
            raise Unsupported(f"there is no item {key!r} on every path", node)
        removed = fields.pop(key)
        if base.kind == "list":
            rest = list(fields.values())
            fields.clear()
            fields.update(enumerate(rest))
        return removed

    def small_Continue(self: Any, node: cst.Continue) -> None:
        self.leave_loop("continue")

    def stmt_FunctionDef(self: Any, node: cst.FunctionDef) -> None:
        if node.asynchronous is not None:
            raise Unsupported("an async function is not accepted", node, "call what it awaits before")
        defaults = self.default_values(node.params)
        name = node.name.value
        wrappers = [self.expression(decorator.decorator) for decorator in node.decorators]
        made: Value = LocalFunction(name, node, self.frame, defaults)
        for wrapper in reversed(wrappers):
            made = self.call_function(wrapper, [made], {}, node)
        self.state.names[name] = made

    def static_key(self: Any, base: Struct, target: cst.Subscript) -> Any:
        """Return the constant key of a subscript of a structure."""
        index = self.index(target)
        if is_slice(index):
            raise Unsupported("a slice of a list cannot be assigned", target, "assign its items, or use an array")
        try:
            key = static(index)
        except NotStatic:
            raise self.make_dynamic(base, target, index) from None
        if isinstance(key, int) and base.kind in ("list", "tuple"):
            count = len(self.fields(base))
            if not -count <= key < count:
                if self.loops and base.kind == "list" and base.site not in (None, *self.unit.knowledge.dynamic):
                    raise self.make_dynamic(base, target)  # it may be longer in a later iteration
                raise self.missing(
                    "IndexError", key, f"there is no item {key}: the {base.kind} has {count} here", target
                )
            key %= count
        return key

    def keep_growing(self: Any, struct: Struct) -> bool:
        """See to it that lists which are items of another are of any length there; return whether that is new."""
        made = self.builder.definitions.get(struct.ref) if isinstance(struct.ref, Var) else None
        if not isinstance(made, Op) or made.name not in ("getitem", "pop") or struct.kind != "list":
            return False
        site = self.unit.list_sites.get(made.args[0])
        if site is None or ("rows", site) in self.unit.knowledge.dynamic:
            return False
        self.unit.knowledge.dynamic.add(("rows", site))
        self.unit.knowledge.items.pop(site, None)
        return True

    def make_dynamic(self: Any, struct: Struct, node: Any, key: Value = None) -> Exception:
        """Return what to raise so that a list is lowered as one of unknown length.

        Where it cannot be one, the loop is written out whose index is behind the key that is not known.
        """
        spelled = ("spell", struct.site) in self.unit.knowledge.cures or self.holds_function(struct)
        if ("spell", struct.site) in self.unit.knowledge.cures:  # which item it is is not known: they are in a pool
            self.tell_apart({birth for part in self.fields(struct).values() for birth in self.births_of(part)})
        if (
            struct.site is not None
            and struct.kind in ("list", "tuple")
            and struct.site not in self.unit.knowledge.dynamic
            and not spelled
        ):
            self.unit.knowledge.dynamic.add(struct.site)
            return Relower()
        if self.keep_growing(struct):
            return Relower()
        if key is not None:
            self.write_out(key)
        self.as_table(struct, key)
        if key is not None:
            self.learn_ints()
        return Unsupported(
            f"this {struct.kind} has items of unlike kinds or keys that are not constant, and is indexed by a value "
            "not known when code is generated",
            node,
            "use a constant key, or items of one kind",
        )


def kind_of(type_: Type) -> object:
    """Return what decides whether an item has a derivative, and of what dtype."""
    if isinstance(type_, Scalar):
        return type_.kind, type_.dtype
    if isinstance(type_, Structure):
        return tuple(map(kind_of, type_.items))
    if name_of(type_) is not None:
        return type_
    return kind_of(type_.item) if isinstance(type_, ListOf) else numeric_kind(type_)


RETURNED = "a function or iterator is returned: only numbers, arrays and containers of them can be"


def has_only_slots(cls: type) -> bool:
    """Return whether objects of a class have the attributes in its `__slots__` and no others."""
    return "__dict__" not in {name for base in cls.__mro__ for name in vars(base)} and bool(slots_of(cls))


def assigned_names(node: Any) -> list[str]:
    """Return the names that a simple statement binds."""
    targets: list[Any] = []
    if isinstance(node, cst.Assign):
        targets = [target.target for target in node.targets]
    elif isinstance(node, cst.AnnAssign | cst.AugAssign):
        targets = [node.target]
    names = []
    while targets:
        target = targets.pop()
        if isinstance(target, cst.Name):
            names.append(target.value)
        elif isinstance(target, cst.Tuple | cst.List):
            targets.extend(element.value for element in target.elements)
    return names
