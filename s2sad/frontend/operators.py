"""Lowering of operators: of numbers and arrays, of sequences, of objects by their methods."""

from __future__ import annotations

from typing import Any

import libcst as cst

from s2sad.frontend import iteration
from s2sad.frontend.expressions import (
    BINARY,
    OF_TEXT,
    SET_OPERATIONS,
    UNARY,
    is_class,
    is_derived,
    is_growing,
    is_not_implemented,
    is_scalar,
    kind_of,
)
from s2sad.frontend.pools import is_listlike, is_place
from s2sad.frontend.sets import is_known_set
from s2sad.frontend.tables import is_table
from s2sad.frontend.texts import is_text
from s2sad.frontend.values import (
    UNKNOWN,
    Chosen,
    Iteration,
    OfNothing,
    RangeValue,
    Struct,
    Unsupported,
    Value,
    is_numpy,
    operator_method,
)
from s2sad.ir.nodes import Const, Expr, Op, Var
from s2sad.ir.types import (
    NOT_YET,
    Array,
    ListOf,
    Opaque,
    Scalar,
    Shape,
    Static,
    name_of,
    numeric_kind,
)
from s2sad.rules.builder import number
from s2sad.rules.core import NotStatic
from s2sad.rules.infer import describe
from s2sad.rules.reductions import ROOTS


class Operators:
    """Lowering of unary and binary operators."""

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
