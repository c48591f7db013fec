"""Lowering of expressions to operations on atoms."""

from __future__ import annotations

import builtins
import dataclasses
import enum
import functools
import inspect
import operator
import sys
import types
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import libcst as cst
import numpy as np

from s2sad.frontend import iteration
from s2sad.frontend.classes import is_descriptor
from s2sad.frontend.library import UfuncMethod
from s2sad.frontend.mixed import in_one_family, is_one_of_several
from s2sad.frontend.models import behind, is_ours
from s2sad.frontend.pools import holds_reference, is_list, is_listlike, is_place, unwrapped
from s2sad.frontend.sets import ASKING, CHANGING, MAKING, is_known_set
from s2sad.frontend.signature import object_fields
from s2sad.frontend.source import mangled
from s2sad.frontend.tables import is_table
from s2sad.frontend.texts import is_text
from s2sad.frontend.values import (
    UNKNOWN,
    ArrayMethod,
    Bound,
    Chosen,
    Iteration,
    LocalFunction,
    OfNothing,
    Pending,
    Poison,
    Poisoned,
    RangeValue,
    Relower,
    Struct,
    Super,
    Unjoinable,
    Unsupported,
    Value,
    is_numpy,
    operator_method,
    spelled_items,
    static_place,
)
from s2sad.ir.nodes import Assign, Block, Const, Expr, If, Op, Raise, Var
from s2sad.ir.types import (
    BOOL,
    NOT_YET,
    TEXT,
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
    fresh_size,
    list_of,
    name_of,
    numeric_kind,
)
from s2sad.rules.builder import constant_expr, index_key, number
from s2sad.rules.core import TABLE, NothingYet, NotStatic, TypeProblem, static
from s2sad.rules.infer import describe, shape_of
from s2sad.rules.reductions import ROOTS

BINARY = {
    "Add": "add",
    "Subtract": "subtract",
    "Multiply": "multiply",
    "Divide": "divide",
    "Power": "power",
    "MatrixMultiply": "matmul",
    "FloorDivide": "floor_divide",
    "Modulo": "remainder",
    "BitAnd": "bitwise_and",
    "BitOr": "bitwise_or",
    "BitXor": "bitwise_xor",
    "LeftShift": "left_shift",
    "RightShift": "right_shift",
}
OF_TEXT = {"add": operator.add, "multiply": operator.mul, "remainder": operator.mod}
UNARY: dict[type, str] = {cst.Minus: "__neg__", cst.Plus: "__pos__", cst.BitInvert: "__invert__"}
NAMED_TUPLE_METHODS = {"_replace", "_asdict"}
COMPARE = {
    "Equal": "equal",
    "NotEqual": "not_equal",
    "LessThan": "less",
    "LessThanEqual": "less_equal",
    "GreaterThan": "greater",
    "GreaterThanEqual": "greater_equal",
    "Is": "is",
    "IsNot": "is_not",
    "In": "in",
    "NotIn": "not_in",
}
FOLD: dict[str, Any] = {
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "is": lambda a, b: a is b,
    "is_not": lambda a, b: a is not b,
    "in": lambda a, b: a in b,
    "not_in": lambda a, b: a not in b,
}
CURES = 6  # loops that are peeled and branches that are split in one function: each writes code twice


# what to write for an expression that is not accepted
INSTEAD = {
    "Yield": "append to a list and return it",
    "Await": "await it before, and differentiate a plain function of the result",
    "NamedExpr": "assign in a statement of its own",
    "StarredElement": "write the items out",
}


SET_OPERATIONS = {
    "subtract": operator.sub,
    "bitwise_and": operator.and_,
    "bitwise_or": operator.or_,
    "bitwise_xor": operator.xor,
}
COMPARISONS = {
    "equal": "__eq__",
    "not_equal": "__ne__",
    "less": "__lt__",
    "less_equal": "__le__",
    "greater": "__gt__",
    "greater_equal": "__ge__",
}
REFLECTED = {
    "equal": "__eq__",
    "not_equal": "__ne__",
    "less": "__gt__",
    "less_equal": "__ge__",
    "greater": "__lt__",
    "greater_equal": "__le__",
}
FEW = 64  # rows of an array that a star may give


def is_scalar(value: Any) -> bool:
    """Return whether it is a number that is not known before the program runs."""
    return isinstance(value, Expr) and isinstance(value.type, Scalar)


def known_text(parts: list[Expr]) -> str | None:
    """Return an f-string whose parts are known when code is generated, and of ints and strings; else None."""
    found: list[str] = []
    for part in parts:
        if isinstance(part, Const):  # as it is spelled
            if any(mark in str(part.value) for mark in ("\\", "{", "}")):
                return None
            found.append(str(part.value))
            continue
        assert isinstance(part, Op)
        value = part.args[0]
        plain = isinstance(value, Const) and type(value.value) in (int, str) and not part.form and not part.attrs
        if len(part.args) > 1 or not plain:
            return None
        found.append(str(value.value))  # type: ignore[attr-defined]
    return "".join(found)


class Expressions:
    """Expression lowering; one method for each node type."""

    def expression(self: Any, node: Any, statement: bool = False) -> Value:
        """Lower an expression to a value."""
        method = getattr(self, "expr_" + type(node).__name__, None)
        if method is None:
            kind = type(node).__name__
            raise Unsupported(
                f"the expression `{self.code(node)}` ({kind}) is not accepted", node, INSTEAD.get(kind, "")
            )
        try:
            value = method(node, statement) if isinstance(node, cst.Call) else method(node)
        except NothingYet as problem:
            if self.unit.awaited:  # what a recursive call gives
                raise Pending from None
            raise OfNothing(str(problem), node) from None
        except TypeProblem as problem:
            raise Unsupported(str(problem), node) from None
        if isinstance(value, Poison):
            raise Poisoned
        in_pool = isinstance(value, Var) and isinstance(value.type, Reference) and value.type.kind != "mixed"
        return self.apart(value, "item") if in_pool and value not in self.unit.optional else value

    def atom(self: Any, node: Any) -> Expr:
        """Lower an expression that must be a number or array (or a list of them)."""
        value = self.expression(node)
        return self.as_expr(value, node)

    def as_expr(self: Any, value: Value, node: Any) -> Expr:
        """Return a value as an IR expression, or refuse it."""
        value = unwrapped(value)
        if isinstance(value, Const) and isinstance(value.value, enum.Enum) and isinstance(value.value, int):
            return number(int(value.value))
        if isinstance(value, Expr):
            return value
        if isinstance(value, Struct | Unjoinable):
            return self.materialize(value)
        raise Unsupported("a number or an array is needed here", node)

    def number(self: Any, value: int) -> Const:
        """Return an int constant."""
        return number(value)

    # --- atoms ------------------------------------------------------------------------------------------------
    def expr_Integer(self: Any, node: cst.Integer) -> Value:
        return number(node.evaluated_value)

    def expr_Float(self: Any, node: cst.Float) -> Value:
        made = number(node.evaluated_value)
        made.text = node.value
        return made

    def expr_Imaginary(self: Any, node: cst.Imaginary) -> Value:
        return number(node.evaluated_value)

    def expr_SimpleString(self: Any, node: cst.SimpleString) -> Value:
        return Const(node.evaluated_value)

    def expr_ConcatenatedString(self: Any, node: cst.ConcatenatedString) -> Value:
        return Const(node.evaluated_value)

    def expr_Ellipsis(self: Any, node: cst.Ellipsis) -> Value:
        return Const(Ellipsis)

    def expr_FormattedString(self: Any, node: cst.FormattedString) -> Value:
        parts: list[Expr] = []
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                text = part.value.replace("\\", "\\\\") if "r" in node.start.lower() else part.value
                parts.append(Const(text.replace("\n", "\\n")))
            else:
                assert isinstance(part, cst.FormattedStringExpression)
                parts += self.formatted(part)
        known = known_text(parts)
        return Op("fstring", tuple(parts), TEXT) if known is None else constant_expr(known)

    def formatted(self: Any, part: cst.FormattedStringExpression) -> list[Expr]:
        """Return a field of an f-string: what it shows, and what its format takes from values in turn."""
        operands = [self.as_expr(self.expression(part.expression), part)]
        conversion = f"!{part.conversion}" if part.conversion else ""
        spec: list[str | None] = []
        for piece in part.format_spec or ():
            if isinstance(piece, cst.FormattedStringText):
                spec.append(piece.value)
                continue
            assert isinstance(piece, cst.FormattedStringExpression)
            if piece.format_spec or piece.conversion or piece.equal:
                raise Unsupported("a format within a format is accepted as a plain value", part)
            operands.append(self.as_expr(self.expression(piece.expression), part))
            spec.append(None)
        label: list[Expr] = []
        if part.equal:  # `{x=}` is `x={x!r}`
            module = self.frame.parsed.module
            label = [Const(module.code_for_node(part.expression) + module.code_for_node(part.equal))]
            conversion = conversion or ("" if spec else "!r")
        attrs = {"spec": Const(tuple(spec))} if spec else {}
        return [*label, Op("format", tuple(operands), TEXT, attrs, conversion)]

    def expr_Name(self: Any, node: cst.Name) -> Value:
        return self.lookup(node.value, node)

    def lookup(self: Any, name: str, node: Any) -> Value:
        """Return what a name is bound to: local, enclosing, captured, global, builtin."""
        if name in ("True", "False", "None"):
            value = {"True": True, "False": False, "None": None}[name]
            return constant_expr(value)
        frame: Any = self.frame
        while frame is not None:
            names = self.names_of(frame)
            if name in names:
                return self.usable(self.content(names[name], name, node), name, node)
            if name in frame.captured:
                return frame.captured[name]
            if frame.outer is None:
                break
            frame = frame.outer
        function = frame.function
        name = mangled(name, function.__code__)
        names = self.names_of(frame)
        if name in names:
            return self.usable(self.content(names[name], name, node), name, node)
        if name in function.__code__.co_varnames and name not in function.__code__.co_freevars:
            if self.read_unbound(name, node):
                raise Poisoned
            raise Unsupported(f"{name!r} is read before it is assigned", node, "assign it on every path to here")
        if function.__closure__ and name in function.__code__.co_freevars:
            cell = function.__closure__[function.__code__.co_freevars.index(name)]
            return self.outside(name, cell.cell_contents, ("cell", function, name))
        if name in function.__globals__:
            return self.outside(name, function.__globals__[name], ("global", function, name))
        if hasattr(builtins, name):
            value = getattr(builtins, name)
            self.unit.reached[f"builtin:{id(function)}:{name}"] = (("builtin", function, name), value)
            return Const(value, Static(value), name)
        raise Unsupported(
            f"the name {name!r} is not defined", node, "define or import it before this function is called"
        )

    def cure(self: Any, cure: Any) -> None:
        """Lower again with a loop peeled or written out, a branch split, a list spelled out, if that is not done."""
        knowledge = self.unit.knowledge
        twice = sum(1 for known in knowledge.cures if known[0] in ("peel", "split"))
        if cure is None or cure in knowledge.cures or twice >= CURES:
            return
        knowledge.cures.add(cure)
        if cure[0] == "spell":
            knowledge.dynamic.discard(cure[1])
        raise Relower

    def usable(self: Any, value: Value, name: str, node: Any) -> Value:
        """Return a value that can be used; refuse one that branches left unlike."""
        while isinstance(value, Unjoinable) and value.outcome in self.succeeded:
            value = value.value
            self.unit.partial.add(value)
        if isinstance(value, Unjoinable):
            self.tell_apart(value.births)
            self.cure(value.cure)
            if value.named is not None:
                return self.usable(value.named, name, node)
            raise Unsupported(f"{name!r} {value.why}", node, value.hint)
        if isinstance(value, Poison):
            raise Poisoned
        if value in self.unit.partial:
            self.ask(name)
        return value if value in self.unit.optional else self.apart(value, name)

    def apart(self: Any, value: Value, name: str) -> Value:
        """Return a structure that may be None, and is used as one, with its fields loaded; an object in a pool."""
        if isinstance(value, Expr) and isinstance(value.type, Reference) and value.type.kind != "list":
            return self.wrapped(value, name)
        self.deep_apart(value)
        whole = isinstance(value, Expr) and isinstance(value.type, Structure)
        if not whole or isinstance(value, Op):
            return value
        made = self.load(value, name, apart=True)
        self.note_births(made, {(): self.unit.births.get(value, set()), **self.unit.inside.get(value, {})})
        if value in self.unit.handed:
            self.mark_handed(self.unit.handed[value], [made])
        return made

    def outside(self: Any, name: str, value: Any, where: Any) -> Value:
        """Return a global or captured object: a number or array is an input read at each call."""
        from s2sad.frontend.signature import type_of

        place = static_place(where)
        if holds_int(value):
            self.unit.places.add(place)
        type_ = type_of(value, name, place in self.unit.knowledge.static)
        if isinstance(type_, Static):
            self.unit.reached[f"{where[0]}:{id(where[1])}:{name}"] = (where, value)
            return Const(value, type_, "")
        return self.reached(name, type_, where)

    def reached(self: Any, name: str, type_: Any, where: Any) -> Value:
        """Return what is in a place outside, read once.

        An object is there on every path, and before the first iteration: one that is first met in a branch or a loop
        is noted, and lowering starts again with it.
        """
        from s2sad.frontend.lower import with_dynamic

        captured, key = self.frames[0].captured, place_of(where)
        if key not in captured:
            if isinstance(type_, Structure) and self.builder.block is not self.root:
                self.unit.knowledge.early.setdefault(self.node, {})[key] = name, type_, where
                raise Relower
            var = self.capture(name, with_dynamic(type_, (self.name, name), self.unit.knowledge.dynamic), where)
            captured[key] = self.load(var, name, (self.name, name))
        return captured[key]

    def capture(self: Any, name: str, type_: Any, where: Any) -> Var:
        """Return a parameter for a global, cell or default: two closures may each have a cell of one name."""
        function = self.frames[0].function
        code = function.__code__
        taken = {*code.co_varnames[: code.co_argcount + code.co_kwonlyargcount], *(v.name for v, _ in self.captured)}
        if where[:2] == ("default", function) and name not in self.arguments.values():
            taken.discard(name)
        wish, n = name, 2
        while wish in taken:
            wish, n = f"{name}{'_' if name[-1].isdigit() else ''}{n}", n + 1
        var = Var(wish, type_, user=True)
        self.captured.append((var, where))
        return var

    def made_object(self: Any, args: list[Value], fields: dict[str, Value]) -> Struct:
        """Make an object from its attributes, as the `_object` of generated code does."""
        return self.struct("object", fields, cls=args[0].value)

    # --- operators --------------------------------------------------------------------------------------------
    def expr_BinaryOperation(self: Any, node: cst.BinaryOperation) -> Value:
        chain: list[tuple[Any, Any]] = []
        left: Any = node
        while isinstance(left, cst.BinaryOperation):
            chain.append((left, left.right))
            left = left.left
        value = self.expression(left)
        for operation, right in reversed(chain):
            operator = type(operation.operator).__name__
            if operator not in BINARY:
                raise Unsupported(f"the operator of `{self.code(operation)}` is not accepted", operation)
            value = self.operate(BINARY[operator], value, self.expression(right), operation)
        return value

    def operate(self: Any, name: str, a: Value, b: Value, node: Any) -> Value:
        """Apply a binary operator."""
        self.early(a)
        self.early(b)
        a, b = (self.apart(value, "item") if is_place(value) else value for value in (a, b))
        for value in (a, b):
            if isinstance(value, Chosen) and value.place is not None:
                parts = [(part, b) if value is a else (a, part) for part in (value.then, value.orelse)]
                arms = [self.in_class(lambda pair=pair: self.operate(name, *pair, node)) for pair in parts]
                return self.chosen(value.test, *arms, "what the operator gives", node)
        if name == "add" and is_growing(a, b):
            return self.as_kind(kind_of(a), self.collected([(a, lambda item: item), (b, lambda item: item)], node))
        if name == "multiply" and is_growing(a, a) != is_growing(b, b):
            whole, count = (a, b) if is_growing(a, a) else (b, a)
            return self.as_kind(kind_of(whole), self.call_user(iteration.times, [whole, count], {}, node))
        if name == "bitwise_or" and any(map(is_table, (a, b))):
            return self.table_of([a, b], node)
        if name == "bitwise_or" and all(isinstance(v, Struct) and v.kind == "dict" for v in (a, b)):
            return self.struct("dict", {**self.fields(a), **self.fields(b)})
        made = self.operate_running_sets(name, a, b, node) or self.operate_sets(name, a, b)
        if made is not None:
            return made
        shapes = [isinstance(value, Expr) and isinstance(value.type, Shape) for value in (a, b)]
        if isinstance(a, Struct) or isinstance(b, Struct) or (name == "add" and all(shapes)):
            return self.operate_structs(name, a, b, node)
        if isinstance(a, Const) and isinstance(a.value, str) and self.known(b) is not UNKNOWN and name in OF_TEXT:
            try:
                return Const(OF_TEXT[name](a.value, self.known(b)))
            except (TypeError, ValueError) as error:
                raise self.missing(type(error).__name__, str(error), str(error), node) from None
        if name == "add" and is_text(a) and is_text(b):
            return self.joined_texts(a, b)
        if name == "remainder" and isinstance(a, Const) and isinstance(a.value, str):
            return self.percent(a.value, b, node)
        if name == "bitwise_or" and is_class(a) and is_class(b):
            made = a.value | b.value
            return Const(made, Static(made))
        x, y = self.as_expr(a, node), self.as_expr(b, node)
        if isinstance(x.type, Array) or isinstance(y.type, Array):  # NumPy makes an array of a list
            x, y = (self.as_array(side) if isinstance(side.type, ListOf) else side for side in (x, y))
        for side in (x, y):
            if side.type == NOT_YET:
                raise OfNothing("an item is read of a list in which there is none", node)
            if not isinstance(side.type, Scalar | Array):
                hint = "make it a number: float(...) or int(...)" if isinstance(side.type, Opaque) else ""
                raise Unsupported(f"the operator needs numbers or arrays, not {describe(side.type)}", node, hint)
        root = self.root_of_square(x, y) if name == "power" else None
        if root is not None:
            return self.squared(root, x, y)
        return self.power(x, y) if name == "power" else self.builder.op(name, x, y)

    def squared(self: Any, root: Op, x: Expr, exponent: Expr, form: str = "") -> Expr:
        """Return the square of a root, whose derivative is that of what is under it."""
        attrs = {key: value for key, value in root.attrs.items() if not self.is_none(value)}
        made: Expr = self.builder.op(f"{root.name}_squared", x, root.args[0], exponent=exponent, form=form, **attrs)
        return made

    def root_of_square(self: Any, x: Expr, exponent: Expr) -> Op | None:
        """Return the root of which `abs(z)**2` is the square: within an expression nothing was written since."""
        made = self.builder.definitions.get(x) if isinstance(x, Var) and not x.user else None
        if not isinstance(made, Op) or made.name not in ROOTS or not isinstance(exponent, Const):
            return None
        if isinstance(exponent.value, bool) or exponent.value != 2:
            return None
        if made.name == "absolute" and numeric_kind(made.args[0].type) != "complex":
            return None
        others = {key for key, value in made.attrs.items() if not self.is_none(value)} - {"axis", "keepdims", "ddof"}
        return None if others or len(made.args) > 1 else made

    def operate_sets(self: Any, name: str, a: Value, b: Value) -> Value | None:
        """`-`, `&`, `|`, `^` of sets and of the keys of dicts, whose items are known; None for anything else."""
        if name not in SET_OPERATIONS or not any(map(is_known_set, (a, b))):
            keys = all(isinstance(part, Struct) and part.kind == "tuple" and part.cls is None for part in (a, b))
            if not keys or name not in ("subtract", "bitwise_and", "bitwise_or"):
                return None
        left, right = self.known_set(a), self.known_set(b)
        if left is None or right is None:
            return None
        made = SET_OPERATIONS[name](left, right)
        return Const(made, Static(made))

    def known_set(self: Any, value: Value) -> frozenset[Any] | None:
        """Return the items of a set or a container that are known; None if they are not."""
        if is_known_set(value):
            return frozenset(value.value)
        items = self.known_items(value) if isinstance(value, Struct | Iteration | RangeValue) else None
        known = None if items is None else [self.known(item) for item in items]
        return None if known is None or UNKNOWN in known else frozenset(known)

    def operate_structs(self: Any, name: str, a: Value, b: Value, node: Any) -> Value:
        """`+` and `*` of tuples and lists; operator methods of the user's classes; shapes."""
        asked = [(a, operator_method(name), b), (b, operator_method(name, "r"), a)]
        if is_derived(b, a) and self.method_of(b, asked[1][1]) is not self.method_of(a, asked[1][1]):
            asked.reverse()
        answered = self.answered(asked, node)
        if is_not_implemented(answered):
            raise self.missing("TypeError", "", "neither class has this operator for the other", node)
        if answered is not None:
            return answered
        if isinstance(a, Struct) and isinstance(b, Struct) and name == "add" and a.kind == b.kind:
            return self.display(a.kind, [*self.fields(a).values(), *self.fields(b).values()], node)
        if name == "multiply" and isinstance(a, Struct) and isinstance(b, Const) and isinstance(b.value, int):
            return self.display(a.kind, list(self.fields(a).values()) * b.value, node)
        if name == "multiply" and isinstance(b, Struct) and b.kind == "list" and is_scalar(a):
            a, b = b, a
        if name == "multiply" and isinstance(a, Struct) and a.kind == "list" and is_scalar(b):
            if b.type.kind not in ("int", "bool"):
                raise self.missing("TypeError", "", f"a list is multiplied with an int, not with a {b.type.kind}", node)
            return self.repeated(list(self.fields(a).values()), b, node)
        if name == "add":
            x, y = self.materialize(a), self.materialize(b)
            if isinstance(x.type, Shape) or isinstance(y.type, Shape):
                from s2sad.rules.infer import sizes_of

                return self.builder.bind(Op("add", (x, y), Shape(sizes_of(x) + sizes_of(y))))
        if is_numpy(a) or is_numpy(b):  # NumPy makes an array of a list
            x, y = (self.as_array(v) if isinstance(v, Struct) else self.as_expr(v, node) for v in (a, b))
            if isinstance(x.type, Array) and isinstance(y.type, Array):
                return self.builder.op(name, x, y)
        message = "Python has no such operator for lists, tuples and dicts"
        raise self.missing("TypeError", "", message, node, "make arrays of them: np.array(...)")

    def repeated(self: Any, items: list[Value], count: Expr, node: Any) -> Value:
        """`[0.0] * n`: a list of what nothing changes, whose length is not known."""
        (one,) = items if len(items) == 1 else (None,)
        one = self.bound_name(one)
        if isinstance(one, Expr) and (isinstance(one.type, Scalar) or self.is_none(one) or name_of(one.type)):
            return self.born(self.made_at(self.site(node), self.builder.op("repeat_list", one, count)), node)
        plain = all(isinstance(item, Struct) or isinstance(item.type, Scalar) for item in items)
        if plain and all(map(self.unchanging, items)) and self.uniform(items):
            return self.call_user(iteration.times, [self.new_list(items), count], {}, node)
        if isinstance(count, Var) and isinstance(count.type, Scalar) and count.type.kind == "int":
            raise NotStatic(count)
        raise Unsupported("a list of numbers can be repeated a variable number of times", node, "use a loop")

    def made_at(self: Any, site: Any, made: Var) -> Var:
        """Note where a list of unknown length is made: that is how more is known of its items in the next attempt."""
        self.unit.list_sites[made] = site
        if site in self.unit.knowledge.items:
            made.type = self.unit.knowledge.items[site]
        return made

    def as_kind(self: Any, kind: str | None, made: Expr) -> Expr:
        """Return what was collected in a list as a tuple, if it is to be one."""
        self.early(made)
        return self.builder.op("to_tuple", made, hint="items") if kind == "tuple" else made

    def as_array(self: Any, value: Value) -> Expr:
        """Return a sequence as an array."""
        value = self.outward(value, None)
        self.early(value)
        expr = self.materialize(value)
        if isinstance(expr.type, Array):
            return expr
        return self.builder.op("array", expr, form="np.array")

    def expr_UnaryOperation(self: Any, node: cst.UnaryOperation) -> Value:
        return self.unary(type(node.operator), self.expression(node.expression), node)

    def unary(self: Any, sign: type, value: Value, node: Any) -> Value:
        """Apply a unary operator."""
        method: str = UNARY.get(sign, "")
        if method and isinstance(value, Struct) and value.cls is not None and self.member(value.cls, method):
            return self.call_function(self.member(value.cls, method), [value], {}, node)
        if sign is cst.Not:
            test = self.truth(value)
            return number(not test) if isinstance(test, bool) else self.builder.op("not", test)
        if isinstance(value, Struct) or is_listlike(value):
            raise self.missing("TypeError", "", "Python has no such operator for a container", node)
        if sign is cst.Minus:
            return self.builder.op("negative", self.as_expr(value, node))
        if sign is cst.Plus:
            operand = self.as_expr(value, node)
            array = isinstance(operand.type, Array)
            return self.builder.op("positive", operand) if array else operand  # of an array it is a new one
        if sign is cst.BitInvert:
            return self.builder.op("invert", self.as_expr(value, node))
        raise Unsupported("this operator is not accepted", node)

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

    def expr_IfExp(self: Any, node: cst.IfExp) -> Value:
        return self.branch_value(node)

    def expr_NamedExpr(self: Any, node: cst.NamedExpr) -> Value:
        value = self.expression(node.value)
        self.assign(node.target, value)
        return value

    # --- containers -------------------------------------------------------------------------------------------
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

    def expr_Lambda(self: Any, node: cst.Lambda) -> Value:
        return LocalFunction("<lambda>", node, self.frame, self.default_values(node.params))

    # --- attributes and items ---------------------------------------------------------------------------------
    def expr_Attribute(self: Any, node: cst.Attribute) -> Value:
        return self.attribute(self.expression(node.value), self.attribute_name(node), node)

    def attribute_name(self: Any, node: cst.Attribute) -> str:
        """Return the name of an attribute as Python has it: `__w` in a class is `_Class__w`."""
        return mangled(node.attr.value, self.frame.function.__code__)

    def attribute(self: Any, base: Value, name: str, node: Any) -> Value:
        """Return `base.name`."""
        if isinstance(base, Super):
            return self.super_attribute(base, name, node)
        if isinstance(base, Chosen):
            arms = [lambda part=part: self.attribute(part, name, node) for part in (base.then, base.orelse)]
            return self.chosen(base.test, *map(self.in_class, arms), f"the attribute {name!r}", node)
        base = self.apart(base, name)
        if isinstance(base, Chosen):
            return self.attribute(base, name, node)
        if name == "__class__":
            return self.built_type([base], {}, node)
        if isinstance(base, Struct):
            return self.struct_attribute(base, name, node)
        if is_known_set(base) and name in CHANGING:
            self.changes_set(base, node)
        if (isinstance(base, Expr) and isinstance(base.type, SetOf)) or (
            is_known_set(base) and name in (*MAKING, *ASKING)
        ):
            return ArrayMethod(base, name)
        if isinstance(base, Const) and isinstance(base.type, Static):
            return self.static_attribute(base, name, node)
        if isinstance(base, RangeValue) and name in ("start", "stop", "step"):
            return getattr(base, name)
        if isinstance(base, Expr) and isinstance(base.type, Array | Scalar):
            return self.array_attribute(base, name, node)
        if is_listlike(base):
            return ArrayMethod(base, name)
        if isinstance(base, Expr) and isinstance(base.type, Name) and issubclass(base.type.cls, enum.Enum):
            return self.attribute_of_member(base, list(base.type.cls), name, node)
        if isinstance(base, Expr) and isinstance(base.type, Opaque):
            return self.opaque(f"attribute {name}", [base], Opaque(f"the attribute {name!r}"))
        raise Unsupported(f"the attribute {name!r} is not accepted here", node)

    def attribute_of_member(self: Any, base: Expr, members: list[Any], name: str, node: Any) -> Value:
        """An attribute of a member of an enumeration that the data choose: that of the one that it is."""
        first, *rest = (Const(member, Static(member)) for member in members)
        if not rest:
            return self.attribute(first, name, node)
        same = self.compare("is", base, first, node)
        others = lambda: self.attribute_of_member(base, members[1:], name, node)  # noqa: E731
        return self.chosen(same, lambda: self.attribute(first, name, node), others, f"the attribute {name!r}", node)

    def struct_attribute(self: Any, base: Struct, name: str, node: Any) -> Value:
        cls: Any = behind(base.cls)
        plain = (object.__getattribute__, BaseException.__getattribute__, types.SimpleNamespace.__getattribute__)
        own = cls is not None and cls is not slice and cls.__getattribute__ not in plain
        if base.kind == "object" and own:
            hint = "use a property for what is computed"
            raise Unsupported(f"attributes of {cls.__name__} are read by its __getattribute__", node, hint)
        fields = self.fields(base)
        named: Any = getattr(base.cls, "_fields", ())
        if base.kind == "tuple" and name in named:
            return self.usable(fields[named.index(name)], name, node)
        own = hasattr(tuple, name) or (named and name in NAMED_TUPLE_METHODS)
        if base.kind != "object" and (base.cls is None or own):
            return ArrayMethod(base, name)
        raw = inspect.getattr_static(cls, name, None)
        if is_descriptor(raw, "__set__") and is_descriptor(raw, "__get__"):  # such a one comes before what is set
            return self.described(base, name, raw, node)
        if name in fields and self.trying and fields[name] in self.unit.fields:
            message = f"whether there is an attribute {name!r} depends on the path, and an exception says so"
            raise Unsupported(message, node, "set it to None first, and ask whether it is None")
        if name in fields:
            return self.usable(fields[name], name, node)
        if is_descriptor(raw, "__get__"):
            return self.described(base, name, raw, node)
        if isinstance(raw, functools.cached_property):
            return self.computed_once(base, name, raw, node)
        if is_data(getattr(cls, name, None)):
            return self.outside(name, getattr(cls, name), ("member", cls, name))
        member = self.member(base.cls, name)
        if isinstance(member, property):
            return self.call_function(member.fget, [base], {}, node)
        if member is None and self.method_of(base, "__getattr__") is not None:
            return self.call_function(self.method_of(base, "__getattr__"), [base, constant_expr(name)], {}, node)
        if member is None or isinstance(raw, types.MemberDescriptorType):  # a slot in which there is nothing yet
            text = f"{getattr(cls, '__name__', 'object')!r} object has no attribute {name!r}"
            message = f"the object has no attribute {name!r}"
            raise self.missing("AttributeError", text, message, node, certain=is_one_of_several(base))
        if isinstance(raw, staticmethod):
            return Const(member, Static(member))
        if isinstance(raw, classmethod):
            return Bound(member.__func__, Const(cls, Static(cls)))
        if isinstance(member, type):  # a class in a class is no method
            return Const(member, Static(member))
        if callable(member):
            return Bound(member, base)
        if isinstance(member, int | float | str | type(None)):
            return constant_expr(member)
        raise Unsupported(f"the class attribute {name!r} is neither a number nor a method", node, "pass it to __init__")

    def described(self: Any, base: Struct, name: str, descriptor: Any, node: Any) -> Value:
        """An attribute that an object in the class computes, by its `__get__`."""
        self.member(base.cls, name)
        given = [Const(descriptor, Static(descriptor)), base, Const(base.cls, Static(base.cls))]
        return self.call_function(type(descriptor).__get__, given, {}, node)

    def computed_once(self: Any, base: Struct, name: str, computed: Any, node: Any) -> Value:
        """A `functools.cached_property`: an attribute of the object from now on."""
        if base.ref is not None:
            raise Unsupported(
                f"{name!r} would be kept in an object from outside: it would be a constant at the next call",
                node,
                "make it a property",
            )
        self.member(base.cls, name)
        value = self.call_function(computed.func, [base], {}, node)
        self.set_field(base, name, value)
        return value

    def member(self: Any, holder: Any, name: str) -> Any:
        """Return an attribute of a class or module (None if it has none): the code generated depends on what it is."""
        self.unit.reached[f"member:{id(holder)}:{name}"] = (("member", holder, name), None)
        return getattr(behind(holder), name, None)

    def static_attribute(self: Any, base: Const, name: str, node: Any) -> Value:
        if base.value is sys and name in ("stdout", "stderr"):  # generated code looks there when it prints
            return Const(getattr(sys, name), Static(getattr(sys, name)))
        try:
            value = getattr(base.value, name)
        except AttributeError:
            self.member(base.value, name)
            raise Unsupported(f"{base.value!r} has no attribute {name!r}", node) from None
        if isinstance(base.value, type | types.ModuleType) and is_data(value):
            return self.outside(name, value, ("member", base.value, name))
        self.member(base.value, name)
        if isinstance(base.value, np.ufunc) and callable(value):
            return UfuncMethod(base.value, name)
        if isinstance(base.value, np.dtype) and isinstance(value, str | int | bool):
            return constant_expr(value)
        if isinstance(value, np.floating | np.integer) and not isinstance(value, np.float64):
            return self.builder.op("astype", number(value.item()), dtype=Const(value.dtype.name))
        if isinstance(value, float | int) and not isinstance(value, bool | enum.Enum):
            made = number(float(value) if isinstance(value, np.float64) else value)
            if isinstance(base.value, types.ModuleType) and base.value.__name__ in ("numpy", "math"):
                made.text = {"numpy": "np", "math": "math"}[base.value.__name__] + "." + name
            return made
        return Const(value, Static(value))

    def array_attribute(self: Any, base: Expr, name: str, node: Any) -> Value:
        type_ = base.type
        rank = type_.ndim if isinstance(type_, Array) else 0
        match name:
            case "T":
                return self.builder.op("transpose", base, form=".T") if rank > 1 else base
            case "shape":
                return self.builder.op("shape", base)
            case "ndim":
                return number(rank)
            case "size":
                return self.builder.op("size", base)
            case "strides" if rank:
                return self.load(self.builder.op("strides", base), "strides")
            case "dtype":
                from s2sad.ir.types import dtype_of

                dtype = np.dtype(dtype_of(type_))
                return Const(dtype, Static(dtype), "")
            case "real" | "imag":
                return self.part(name, base)
            case "mT" if rank > 1:
                return self.transposed(base) if rank == 2 else self.builder.op("swapaxes", base, axis1=-1, axis2=-2)
            case "flat" if rank:
                flat = self.builder.bind(self.builder.op("ravel", base), "flat")
                self.unit.flats.add(flat)
                return flat
        return ArrayMethod(base, name)

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

    def expr_ListComp(self: Any, node: cst.ListComp) -> Value:
        return self.comprehension(node, node.elt)


def is_derived(value: Value, other: Value) -> bool:
    """Return whether the class of an object is derived from that of another: then it is asked first."""
    left, right = (v.cls if isinstance(v, Struct) else None for v in (value, other))
    return left is not None and right is not None and left is not right and issubclass(left, right)


def is_not_implemented(value: Value | None) -> bool:
    """Return whether a method has said that it knows no answer."""
    return isinstance(value, Const) and value.value is NotImplemented


def bound_names(clause: Any) -> list[str]:
    """Return the names that the clauses of a comprehension bind."""
    from s2sad.frontend.control import target_names

    inner = [] if clause.inner_for_in is None else bound_names(clause.inner_for_in)
    return [*target_names(clause), *inner]


def is_class(value: Value) -> bool:
    """Return whether a value is a class, a union of classes, or None, which stands for its class among them."""
    return isinstance(value, Const) and isinstance(value.value, type | types.UnionType | None)


def is_data(value: Any) -> bool:
    """Return whether an attribute of a class or module holds arrays: it is read at each call."""
    from s2sad.frontend.signature import type_of

    plain = isinstance(value, str | int | float | complex | type | None) or callable(value)
    package = type(value).__module__.partition(".")[0]
    if plain or (package in sys.stdlib_module_names and package not in ("builtins", "__main__")):
        return False
    return isinstance(type_of(value), Array | Scalar | Structure)


def place_of(where: Any) -> tuple[str, Any, str]:
    """Return the key of a global (by what holds it), or of a closure cell or default (by the function object)."""
    kind, owner, name = where
    if kind == "global":
        return kind, id(owner.__globals__) if hasattr(owner, "__globals__") else owner.__module__, name
    return kind, id(owner), name


def as_expr_of(value: bool | Expr) -> Expr:
    """Return a truth as an expression."""
    return number(value) if isinstance(value, bool) else value


def of_numpy(value: Value) -> bool:
    """Return whether a value is an array, or a number of NumPy's: it asks NumPy what an operator does."""
    if not isinstance(value, Expr) or isinstance(value, Const):
        return False
    return isinstance(value.type, Array) or (isinstance(value.type, Scalar) and value.type.dtype is not None)


def is_sequence(value: Value) -> bool:
    """Return whether NumPy takes an object for a sequence: its class does not say that NumPy is to keep away."""
    if not isinstance(value, Struct) or value.kind != "object":
        return False
    apart = getattr(value.cls, "__array_ufunc__", 0) is None or hasattr(value.cls, "__array_priority__")
    return not apart and all(hasattr(value.cls, name) for name in ("__len__", "__getitem__"))


WHICH_OBJECT = (
    "which object this is depends on data (it is an item of a list of unknown length, chosen on a path, or an argument)"
)
COMPARE_FIELD = "compare a field that tells them apart: a.name == b.name"


def by_identity(value: Value) -> bool:
    """Return whether a value is an object that is equal to none but itself."""
    return isinstance(value, Struct) and value.kind == "object" and getattr(value.cls, "__eq__", None) is object.__eq__


def compared_fields(cls: Any) -> list[str]:
    """Return the fields by which objects of a dataclass are compared."""
    return [field.name for field in dataclasses.fields(cls) if field.compare]


def is_ordered_dataclass(cls: Any) -> bool:
    """Return whether objects of a class are ordered by their fields."""
    parameters = getattr(cls, "__dataclass_params__", None)
    return parameters is not None and bool(parameters.order)


def is_row(value: Value) -> bool:
    """Return whether a value is a list or tuple of known length."""
    return isinstance(value, Struct) and value.kind in ("list", "tuple") and value.cls is None


def holds_int(value: Any) -> bool:
    """Return whether there are ints in a value from outside, which may decide types."""
    if isinstance(value, tuple | list):
        return any(map(holds_int, value))
    if isinstance(value, dict):
        return any(map(holds_int, value.values()))
    if isinstance(value, int | np.ndarray | float | str | type | types.FunctionType | types.ModuleType | None):
        return isinstance(value, int)
    return any(map(holds_int, (object_fields(value) or {}).values()))


def is_test(expr: Expr) -> bool:
    """Return whether an expression is True or False."""
    return isinstance(expr.type, Scalar) and expr.type.kind == "bool"


def as_bool(lowerer: Any, expr: Expr) -> Expr:
    """Return the truth of a number as True or False."""
    return expr if is_test(expr) else lowerer.builder.op("not", lowerer.builder.op("not", expr))


def nest(block: Block, expr: Expr) -> Expr | None:
    """Return an expression with the temporaries of its block put back: it must be evaluated only if reached.

    None if the block does more than compute values.
    """
    defined: dict[Var, Expr] = {}

    def put(part: Expr) -> Expr:
        if isinstance(part, Var) and part in defined:
            return defined[part]
        if isinstance(part, Op):
            attrs = {key: put(value) for key, value in part.attrs.items()}
            return Op(part.name, tuple(put(arg) for arg in part.args), part.type, attrs, part.form)
        return part

    for stmt in block:
        if not isinstance(stmt, Assign) or not isinstance(stmt.value, Op) or not TABLE.rules[stmt.value.name].pure:
            return None
        defined[stmt.target] = put(stmt.value)
    return put(expr)


def is_growing(a: Value, b: Value) -> bool:
    """Return whether both are lists, or both are tuples, and one of them has no fixed length."""
    return kind_of(a) is not None and kind_of(a) == kind_of(b) and any(isinstance(v, Expr) for v in (a, b))


def kind_of(value: Value) -> str | None:
    """Return "list" or "tuple" for those; None for anything else."""
    if isinstance(value, Expr):
        return "list" if is_list(value) else value.type.kind if isinstance(value.type, ListOf) else None
    return value.kind if isinstance(value, Struct) and value.kind in ("list", "tuple") else None
