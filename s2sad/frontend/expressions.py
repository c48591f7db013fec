"""Lowering of expressions to operations on atoms."""

from __future__ import annotations

import builtins
import dataclasses
import enum
import operator
import sys
import types
from typing import Any

import libcst as cst
import numpy as np

from s2sad.frontend.pools import is_list, unwrapped
from s2sad.frontend.signature import object_fields
from s2sad.frontend.source import mangled
from s2sad.frontend.values import (
    LocalFunction,
    OfNothing,
    Pending,
    Poison,
    Poisoned,
    Relower,
    Struct,
    Unjoinable,
    Unsupported,
    Value,
    static_place,
)
from s2sad.ir.nodes import Assign, Block, Const, Expr, Op, Var
from s2sad.ir.types import (
    TEXT,
    Array,
    ListOf,
    Reference,
    Scalar,
    Static,
    Structure,
)
from s2sad.rules.builder import constant_expr, number
from s2sad.rules.core import TABLE, NothingYet, TypeProblem

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

    def expr_IfExp(self: Any, node: cst.IfExp) -> Value:
        return self.branch_value(node)

    def expr_NamedExpr(self: Any, node: cst.NamedExpr) -> Value:
        value = self.expression(node.value)
        self.assign(node.target, value)
        return value

    def expr_Lambda(self: Any, node: cst.Lambda) -> Value:
        return LocalFunction("<lambda>", node, self.frame, self.default_values(node.params))

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
