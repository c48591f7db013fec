"""Lowering of calls: operations of the table, built-ins, the user's functions (inlined or as instances), classes."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import types
from collections.abc import Iterator
from typing import Any

import libcst as cst
import numpy as np

from s2sad.errors import SourceError
from s2sad.frontend.arguments import bound, given
from s2sad.frontend.expressions import place_of
from s2sad.frontend.signature import HARMLESS, harmless
from s2sad.frontend.source import unwrap
from s2sad.frontend.values import (
    ArrayMethod,
    Backwards,
    Bound,
    Iteration,
    LocalFunction,
    Pending,
    RangeValue,
    Relower,
    State,
    Struct,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Assign, Call, Const, Effect, Expr, Move, Op, SetField, Store, Var, walk
from s2sad.ir.types import (
    Array,
    ListOf,
    Opaque,
    Recursive,
    Scalar,
    Shape,
    Size,
    Static,
    Structure,
    Type,
    nesting,
    numeric_kind,
    renewed,
    with_sizes,
)
from s2sad.rules.builder import constant_expr, index_expr, index_key, number
from s2sad.rules.core import TABLE, static, view_kind
from s2sad.rules.infer import TypeProblem, describe, dtype_name, index_parts, is_basic, is_ellipsis, is_newaxis

ITEM = cst.Name("_")  # the target of the hidden loop of `extend`
SMALL = 6  # statements of a function that is inlined
INLINED = 12  # statements it may come to with the small functions that it calls
ONCE = 3  # how much longer a function may be that is called from one place only
LIBRARIES = ("numpy", "scipy", "math", "builtins")


NESTING = 12  # structures in structures, in the arguments and the result of a call


class Calls:
    """Call lowering."""

    def expr_Call(self: Any, node: cst.Call, statement: bool = False) -> Value:
        if isinstance(node.func, cst.Name) and node.func.value == "super":
            raise Unsupported("super() is not accepted yet", node)
        function = self.expression(node.func)
        args, kwargs = self.call_arguments(node)
        if isinstance(function, ArrayMethod):
            return self.call_method(function, args, kwargs, node)
        return self.call_function(function, args, kwargs, node)

    def call_arguments(self: Any, node: cst.Call) -> tuple[list[Value], dict[str, Value]]:
        args: list[Value] = []
        kwargs: dict[str, Value] = {}
        for arg in node.args:
            value = self.expression(arg.value)
            if arg.star == "*":
                if not isinstance(value, Struct):
                    raise Unsupported("only a sequence of known length can be starred", arg)
                args.extend(self.iterated(value, node))
            elif arg.star == "**":
                if not isinstance(value, Struct) or value.kind != "dict":
                    raise Unsupported("only a dict of known keys can be double-starred", arg)
                kwargs.update(self.fields(value))
            elif arg.keyword is not None:
                kwargs[arg.keyword.value] = value
            else:
                args.append(value)
        return args, kwargs

    def call_function(self: Any, function: Value, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call any value that can be called."""
        if isinstance(function, LocalFunction):
            return self.call_local(function, args, kwargs, node)
        if isinstance(function, Bound) and function.function == "add_at":
            return self.built_add_at(args, kwargs, node)
        if isinstance(function, Bound):
            return self.call_function(function.function, [function.self_value, *args], kwargs, node)
        if isinstance(function, Struct) and function.cls is not None and callable(function.cls.__call__):
            return self.call_function(function.cls.__call__, [function, *args], kwargs, node)
        object_ = function.value if isinstance(function, Const) else function
        if isinstance(function, Expr) and not isinstance(function, Const):
            raise Unsupported("this value cannot be called", node)
        return self.call_object(object_, args, kwargs, node)

    def call_object(self: Any, object_: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call a Python object known when code is generated."""
        if isinstance(object_, functools.partial):
            bound = [self.outside(f"bound_{i}", v, ("partial", object_, str(i))) for i, v in enumerate(object_.args)]
            more = {k: self.outside(k, v, ("partial", object_, k)) for k, v in object_.keywords.items()}
            return self.call_function(object_.func, [*bound, *args], {**more, **kwargs}, node)
        special = SPECIAL.get(getattr(object_, "__name__", "")) if object_ in SPECIAL_OBJECTS else None
        if special is not None:
            return getattr(self, special)(args, kwargs, node)
        found = TABLE.lookup(object_)
        if found is not None:
            return self.call_op(found[0], found[1], args, kwargs, node)
        if hasattr(object_, "_s2sad_call"):
            return object_._s2sad_call(self, args, kwargs, node)
        if harmless(object_) and isinstance(object_, types.FunctionType | types.BuiltinFunctionType):
            return self.tell(f"{object_.__module__.lstrip('_')}.{object_.__qualname__}", args, kwargs, node)
        if isinstance(object_, type):
            return self.construct(object_, args, kwargs, node)
        function, self_value = unwrap(object_)
        helper = self.helper_op(function) if isinstance(function, types.FunctionType) else None
        if helper is not None:
            return self.call_helper(helper, args, kwargs, node)
        if isinstance(function, types.FunctionType) and not self.is_library(function):
            if self_value is not None:
                raise Unsupported("a bound method that is a global is not accepted yet", node, "call it on its object")
            return self.call_user(function, args, kwargs, node)
        return self.call_opaque(object_, args, kwargs, node)

    def call_helper(self: Any, helper: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call a helper of generated code by the operation that it is."""
        if helper == "_object":
            return self.made_object(args, kwargs)
        made = self.call_op(helper, "", args, kwargs, node)
        if helper in ("zeros_tree", "add_lists") and all(arg in self.unit.optional for arg in args):
            self.unit.optional.add(made)  # None, of nothing but None
        return made

    def helper_op(self: Any, function: types.FunctionType) -> str | None:
        """Return the operation that a helper pasted into generated code stands for; others are functions of a user."""
        from s2sad.backends.dialect import FUNCTIONS, HELPERS
        from s2sad.frontend.lower import parse

        text = HELPERS.get(function.__name__)
        if text is None or parse(function).source.text.strip() != text.strip():
            return None
        names = [name for name, spelled in FUNCTIONS.items() if spelled == function.__name__] or [function.__name__]
        known = (n for n in names if n == "_object" or n in TABLE.rules or hasattr(self, "op_" + n))
        return next(known, None)

    def is_library(self: Any, function: types.FunctionType) -> bool:
        return (function.__module__ or "").split(".")[0] in LIBRARIES

    def lacks_rule(self: Any, object_: Any) -> bool:
        """Return whether a Python object that is called has neither a rule nor source to follow."""
        known = TABLE.lookup(object_) is not None or isinstance(object_, type | functools.partial)
        if known or object_ in SPECIAL_OBJECTS or hasattr(object_, "_s2sad_call") or not callable(object_):
            return False
        function, _ = unwrap(object_)
        return not isinstance(function, types.FunctionType) or self.is_library(function)

    def call_opaque(self: Any, object_: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """A function without a rule runs as it is; activity analysis refuses it on an active path."""
        name = getattr(object_, "__name__", repr(object_))
        module = getattr(object_, "__module__", None) or ""
        if any(isinstance(arg, LocalFunction | Bound) for arg in [*args, *kwargs.values()]):
            raise Unsupported(f"{name!r} has no rule and is given a function", node)
        full = f"{module}.{name}".removeprefix("builtins.")
        raise Unsupported(
            f"{full} has no derivative rule",
            node,
            "write it with operations that have one, or wrap an inactive argument in s2sad.stop_gradient",
        )

    # --- operations -------------------------------------------------------------------------------------------
    def call_op(self: Any, name: str, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Apply an operation of the table."""
        special = getattr(self, "op_" + name, None)
        if special is not None:
            return special(spelling, args, kwargs, node)
        rule = TABLE.rules[name]
        operands, attrs, out = self.bind_signature(rule, spelling, args, kwargs, node)
        exprs = [self.operand(value, node, name) for value in operands]
        made = {key: self.as_expr(value, node) for key, value in attrs.items()}
        return self.deliver(self.builder.op(name, *exprs, form=spelling, **made), out, node)

    def deliver(self: Any, result: Expr, out: Value, node: Any) -> Value:
        """Return a result, or write it into the array that was given as `out` and return that."""
        if isinstance(out, Struct) and out.kind == "tuple" and len(self.fields(out)) == 1:
            (out,) = self.fields(out).values()
        if out is None or self.is_none(out):
            return result
        self.store_array(out, None, result, "set", node)
        return out

    def operand(self: Any, value: Value, node: Any, name: str) -> Expr:
        """Return an operand: sequences become arrays, except where the operation takes a sequence."""
        if name in INDEX_OPS and isinstance(value, Struct):
            parts = [self.as_expr(item, node) for item in self.fields(value).values()]
            return Op("tuple", tuple(parts), Static(index_key(parts)))
        if name in SEQUENCE_OPS:
            return self.materialize(value) if isinstance(value, Struct) else self.as_expr(value, node)
        if name in SHAPE_OPS and isinstance(value, Struct):
            return self.materialize(value)
        if isinstance(value, Struct) or (
            isinstance(value, Expr) and isinstance(value.type, ListOf) and name not in LIST_OPS
        ):
            return self.as_array(value)
        return self.as_expr(value, node)

    def bind_signature(
        self: Any, rule: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> tuple[list[Value], dict[str, Value], Value]:
        """Split call arguments into operands, attributes and `out` by the signature of the rule."""
        operands = operands_of(rule, spelling)
        found = bound(spelled(rule.name, spelling), signature_of(rule, spelling, operands), args, kwargs, node)
        picked = [found.pop(key) for key in operands]
        out = found.pop("out", None)
        return picked, {key: value for key, value in found.items() if not self.is_none(value)}, out

    def is_none(self: Any, value: Value) -> bool:
        return isinstance(value, Const) and value.value is None

    def in_order(self: Any, name: str, array: Expr, order: Value, node: Any) -> bool:
        """Return whether an order of elements is Fortran's; refuse one that depends on the layout of the array."""
        word = "C" if order is None else self.known(order)
        if word in ("A", "K") and (not isinstance(array.type, Array) or array.type.ndim < 2):
            word = "C"
        if word not in ("C", "F"):
            raise Unsupported(
                f"{name} with order={word!r} depends on the layout of the array", node, "use order='C' or order='F'"
            )
        return bool(word == "F")

    def op_reshape(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        method = spelling.startswith(".")
        signature = "a *shape? order? copy=None" if method else "a shape order? copy=None"
        if method and "shape" in kwargs:
            signature = "a shape order? copy=None"
        found = bound(spelled("reshape", spelling), signature, args, kwargs, node)
        array, shape = self.operand(found["a"], node, "reshape"), found["shape"]
        if isinstance(shape, tuple):
            shape = shape[0] if len(shape) == 1 else self.struct("tuple", dict(enumerate(shape)))
        target = self.as_expr(shape, node)
        if not self.in_order("reshape", array, given(found, "order"), node):
            return self.builder.op("reshape", array, shape=target, form=spelling)
        if isinstance(target.type, Shape):
            target = self.builder.op("getitem", target, index_expr(slice(None, None, -1)))
        elif isinstance(shape, Struct):
            target = self.materialize(self.struct("tuple", dict(enumerate(reversed(self.fields(shape).values())))))
        made = self.builder.op("reshape", self.transposed(array), shape=target, form=spelling)
        return self.transposed(made)

    def transposed(self: Any, array: Expr) -> Expr:
        """Return an array with its axes reversed: Fortran's order of it is C's order of that."""
        many = isinstance(array.type, Array) and array.type.ndim > 1
        return self.builder.op("transpose", array, form=".T") if many else array

    def op_ravel(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.flattened("ravel", spelling, args, kwargs, node)

    def op_flatten(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.flattened("flatten", spelling, args, kwargs, node)

    def flattened(self: Any, name: str, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound(spelled(name, spelling), "a order?", args, kwargs, node)
        array = self.operand(found["a"], node, name)
        if self.in_order(name, array, given(found, "order"), node):
            array = self.transposed(array)
        return self.builder.op(name, array, form=spelling)

    def op_transpose(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        if spelling == ".transpose":
            found = bound("transpose", "a *axes?", args, kwargs, node)
            axes = found["axes"]
            axes = axes[0] if len(axes) == 1 else self.struct("tuple", dict(enumerate(axes))) if axes else None
        else:
            found = bound("np.transpose", "a axes?", args, kwargs, node)
            axes = found.get("axes")
        array = self.operand(found["a"], node, "transpose")
        if isinstance(array.type, Scalar):
            return array if spelling == ".transpose" else self.builder.op("array", array)
        if axes is None or self.is_none(axes):
            return self.builder.op("transpose", array, form=spelling)
        return self.builder.op("transpose", array, axes=self.as_expr(axes, node), form=spelling)

    def op_einsum(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        signature = "subscripts *operands * out? dtype=None order=K casting=safe optimize?"
        found = bound("np.einsum", signature, args, kwargs, node)
        if not isinstance(self.known(found["subscripts"]), str):
            raise Unsupported("np.einsum is accepted with subscripts that are a constant string", node)
        operands = [self.operand(arg, node, "einsum") for arg in found["operands"]]
        subscripts = self.as_expr(found["subscripts"], node)
        result = self.builder.op("einsum", *operands, subscripts=subscripts, form=spelling)
        return self.deliver(result, found.get("out"), node)

    def op_norm(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        operands, attrs, _ = self.bind_signature(TABLE.rules["norm"], spelling, args, kwargs, node)
        array = self.operand(operands[0], node, "norm")
        attrs = {key: self.as_expr(value, node) for key, value in attrs.items()}
        axis = static(attrs["axis"]) if "axis" in attrs else None
        order = static(attrs["ord"]) if "ord" in attrs else None
        rank = array.type.ndim if isinstance(array.type, Array) else 0
        vector = isinstance(axis, int) or (axis is None and rank == 1)
        if not (order is None or (order == 2 and vector) or (order == "fro" and not vector)):
            raise Unsupported(f"np.linalg.norm with ord={order!r} is not accepted yet", node)
        return self.builder.op("norm", array, form=spelling, **{k: v for k, v in attrs.items() if k != "ord"})

    def op_where(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        if len(args) != 3 or kwargs:
            raise Unsupported("np.where is accepted with three arguments", node, "use np.nonzero on inactive values")
        return self.builder.op("where", *(self.operand(a, node, "where") for a in args), form=spelling)

    def op_clip(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        names = ("min", "max") if spelling == ".clip" else ("a_min", "a_max")
        more = "" if spelling == ".clip" else "* min? max?"
        found = bound(spelled("clip", spelling), f"a {names[0]}? {names[1]}? out? {more}", args, kwargs, node)
        bounds = [found.get(name, found.get(other)) for name, other in zip(names, ("min", "max"), strict=True)]
        operands = [self.operand(Const(None) if b is None else b, node, "clip") for b in (found["a"], *bounds)]
        return self.deliver(self.builder.op("clip", *operands, form=spelling), found.get("out"), node)

    def op_stack(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.assemble("stack", spelling, args, kwargs, node)

    def op_concatenate(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.assemble("concatenate", spelling, args, kwargs, node)

    def assemble(self: Any, name: str, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Stack and concatenate: a fixed list of parts stays a list; one that grows becomes an array first."""
        found = bound(spelled(name, spelling), "arrays axis? out? * dtype=None casting=same_kind", args, kwargs, node)
        parts, axis = found["arrays"], found.get("axis")
        if isinstance(parts, Expr) and isinstance(parts.type, ListOf):
            result = self.assemble_list(name, parts, 0 if axis is None else self.known(axis), node)
        elif not isinstance(parts, Struct):
            raise Unsupported(f"np.{name} is accepted for a list or tuple of arrays", node, "name its parts")
        elif axis is not None and self.is_none(axis):
            flat = [self.builder.op("ravel", self.operand(p, node, "ravel")) for p in self.fields(parts).values()]
            parts = self.struct("list", dict(enumerate(flat)))
            result = self.builder.op(name, self.materialize(parts), form=spelling)
        else:
            attrs = {} if axis is None else {"axis": self.as_expr(axis, node)}
            result = self.builder.op(name, self.materialize(parts), form=spelling, **attrs)
        return self.deliver(result, found.get("out"), node)

    def assemble_list(self: Any, name: str, parts: Expr, axis: Any, node: Any) -> Expr:
        """Stack a list that grows."""
        if name == "concatenate":
            raise Unsupported("np.concatenate of a list that grows is not accepted yet", node, "use np.stack")
        stacked = self.builder.op("array", parts, form="np.array")
        return stacked if axis == 0 else self.builder.op("moveaxis", stacked, source=0, destination=axis)

    def op_array(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        signature = "object dtype? copy? order=K subok=False ndmin? like=None"
        found = bound("np.array", signature, args, kwargs, node)
        made = self.new_array(found["object"], found.get("dtype"), self.copies(found, True, node), node)
        wanted = self.known(found["ndmin"]) if "ndmin" in found else 0
        missing = wanted - made.type.ndim if isinstance(wanted, int) else -1
        if not isinstance(wanted, int):
            raise Unsupported("np.array with an ndmin that is not known when code is generated", node)
        return made if missing <= 0 else self.builder.op("expand_dims", made, axis=tuple(range(missing)))

    def copies(self: Any, found: dict[str, Value], default: bool | None, node: Any) -> bool | None:
        """Return the argument `copy`: True, or None for "only where it must"."""
        copy = self.known(found["copy"]) if "copy" in found else default
        if copy is not None and not isinstance(copy, bool):
            raise Unsupported("copy= must be known when code is generated", node)
        return copy

    def new_array(self: Any, value: Value, dtype: Value, copy: bool | None, node: Any) -> Expr:
        """Return np.array(value, dtype, copy=copy): a new array, or without need for one the array itself."""
        if dtype is not None and self.is_none(dtype):
            dtype = None
        attrs = {} if dtype is None else {"dtype": self.as_expr(dtype, node)}
        whole = isinstance(value, Expr) and isinstance(value.type, Array)
        if copy or not whole:
            if copy is False:
                raise Unsupported("copy=False of what is not an array: NumPy refuses this, too", node)
            expr = self.materialize(value) if isinstance(value, Struct) else self.as_expr(value, node)
            expr = self.builder.bind(expr) if isinstance(expr, Const) else expr
            return self.builder.op("array", expr, form="np.array", **attrs)
        if dtype is not None and dtype_name(self.known(dtype)) != value.type.dtype:
            if copy is False:
                raise Unsupported("copy=False with another dtype: NumPy refuses this, too", node)
            return self.builder.op("astype", value, **attrs)
        return value

    def op_asarray(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        contiguous = spelling == "np.ascontiguousarray"
        signature = "a dtype? like=None" if contiguous else "a dtype? order=None * device=None copy? like=None"
        found = bound(spelled("asarray", spelling), signature, args, kwargs, node)
        made = self.new_array(found["a"], found.get("dtype"), self.copies(found, None, node), node)
        if not contiguous and made is not found["a"]:
            return made
        if contiguous and made.type.ndim == 0:
            made = self.builder.op("atleast_1d", made, form="np.atleast_1d")
        return self.builder.op("asarray", made, form=spelling)

    def op_astype(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """A conversion; `copy=False` to the dtype that is there gives the array itself."""
        found = bound("astype", "x dtype order=K casting=unsafe subok=True copy?", args, kwargs, node)
        value = self.operand(found["x"], node, "astype")
        copy = self.copies(found, True, node)
        if not copy and isinstance(value.type, Array) and dtype_name(self.known(found["dtype"])) == value.type.dtype:
            return value
        return self.builder.op("astype", value, dtype=self.as_expr(found["dtype"], node))

    def op_copy(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound(spelled("copy", spelling), "a order? subok=False", args, kwargs, node)
        order = self.known(found.get("order", Const("C" if spelling == ".copy" else "K")))
        if order not in ("C", "K") or (order == "C" and spelling == "np.copy"):
            raise Unsupported(f"a copy with order={order!r} is not accepted yet", node)
        if isinstance(found["a"], Struct) or isinstance(found["a"].type, ListOf):
            return self.new_array(found["a"], None, True, node)
        value = self.as_expr(found["a"], node)
        return self.builder.op("copy", value, form=".copy" if order == "C" else "np.copy")

    def op_conj(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The method returns a real array itself, the function a new one."""
        operands, _, out = self.bind_signature(TABLE.rules["conj"], spelling, args, kwargs, node)
        value = self.operand(operands[0], node, "conj")
        if numeric_kind(value.type) == "complex":
            return self.deliver(self.builder.op("conj", value, form=spelling), out, node)
        if spelling.startswith("."):
            return self.deliver(value, out, node)
        return self.deliver(self.builder.op("copy", value) if isinstance(value.type, Array) else value, out, node)

    def op_real(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.part("real", self.operand(bound("np.real", "val", args, kwargs, node)["val"], node, "real"))

    def op_imag(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.part("imag", self.operand(bound("np.imag", "val", args, kwargs, node)["val"], node, "imag"))

    def part(self: Any, name: str, value: Expr) -> Expr:
        """Return the real or imaginary part: of what is real that is the value itself, and zeros."""
        if numeric_kind(value.type) == "complex":
            return self.builder.op(name, value)
        if name == "real":
            return value
        return self.builder.op("zeros_like", value) if isinstance(value.type, Array) else number(0.0)

    def index_number(self: Any, base: Expr, index: Expr) -> Expr:
        """Index a NumPy number or an array of rank 0: `()` gives the number, `...` an array, None new axes."""
        parts = index_parts(index)
        if not all(is_newaxis(part) or is_ellipsis(part) for part in parts):
            raise TypeProblem(f"{describe(base.type)} cannot be indexed by this")
        axes = tuple(range(sum(map(is_newaxis, parts))))
        if axes:
            return self.builder.op("expand_dims", base, axis=axes)
        if isinstance(base.type, Array):
            return base if parts else self.builder.op("getitem", base, index)
        return self.builder.op("array", base) if parts else base

    def op_arange(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """np.arange, whose first argument is the end if it is the only one."""
        names = "start stop step?" if len(args) > 1 or "stop" in kwargs or "step" in kwargs else "stop"
        if not args:
            names = "start? stop step?"
        if len(args) == 1 and "step" in kwargs and "stop" not in kwargs:
            names = "stop step?"
        found = bound("np.arange", f"{names} dtype? * device=None like=None", args, kwargs, node)
        dtype = given(found, "dtype")
        start, step = found.get("start"), found.get("step")
        operands = [found["stop"]]
        if start is not None or step is not None:
            operands.insert(0, number(0) if start is None else start)
        if step is not None:
            operands.append(step)
        attrs = {} if dtype is None else {"dtype": self.as_expr(dtype, node)}
        return self.builder.op("arange", *(self.as_expr(value, node) for value in operands), form=spelling, **attrs)

    def op_eye(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        more = "dtype?" if spelling == "np.identity" else "M=None k=0 dtype? order=C"
        name = "n" if spelling == "np.identity" else "N"
        found = bound(spelled("eye", spelling), f"{name} {more} * device=None like=None", args, kwargs, node)
        dtype = given(found, "dtype")
        attrs = {} if dtype is None else {"dtype": self.as_expr(dtype, node)}
        return self.builder.op("eye", self.as_expr(found[name], node), form=spelling, **attrs)

    def op_sort(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """np.sort; without an axis the array is flattened first."""
        found = bound("np.sort", "a axis? kind? order=None * stable?", args, kwargs, node)
        array = self.operand(found["a"], node, "sort")
        axis = found.get("axis")
        if axis is not None and self.is_none(axis):
            return self.builder.op("sort", self.builder.op("ravel", array), form=spelling)
        attrs = {} if axis is None else {"axis": self.as_expr(axis, node)}
        return self.builder.op("sort", array, form=spelling, **attrs)

    def op_argsort(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound(spelled("argsort", spelling), "a axis? kind? order=None * stable?", args, kwargs, node)
        array = self.operand(found["a"], node, "argsort")
        if "axis" in found and self.is_none(found["axis"]):
            array = self.builder.op("ravel", array)
        attrs = {key: self.as_expr(found[key], node) for key in ("axis", "kind") if given(found, key) is not None}
        return self.builder.op("argsort", array, form=spelling, **attrs)

    def op_flip(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        axes = {"np.flipud": number(0), "np.fliplr": number(1)}
        found = bound(spelling, "m" if spelling in axes else "m axis?", args, kwargs, node)
        axis = axes.get(spelling, given(found, "axis"))
        attrs = {} if axis is None else {"axis": self.as_expr(axis, node)}
        return self.builder.op("flip", self.operand(found["m"], node, "flip"), form="np.flip", **attrs)

    def op_inner(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """np.inner contracts the last axes: it is np.dot with the transpose of the second."""
        found = bound("np.inner", "a b", args, kwargs, node)
        a, b = self.operand(found["a"], node, "dot"), self.operand(found["b"], node, "dot")
        return self.builder.op("dot", a, self.transposed(b), form="np.dot")

    def op_len(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        value = bound("len", "obj", args, kwargs, node)["obj"]
        if isinstance(value, Struct):
            length = self.member(value.cls, "__len__") if value.cls is not None and value.kind == "object" else None
            if length is not None:
                return self.call_function(length, [value], {}, node)
            return number(len(self.fields(value)))
        result = self.builder.op("len", self.as_expr(value, node))
        size = result.type.size if isinstance(result.type, Scalar) else None
        return number(size.value) if size is not None and size.value is not None else result

    def op_float(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        value = bound("float", "x?", args, kwargs, node).get("x", number(0.0))
        if isinstance(value, Const) and isinstance(value.value, str | int):
            return constant_expr(float(value.value))
        return self.builder.op("float", self.as_expr(value, node))

    def op_print(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        attrs = {key: self.as_expr(value, node) for key, value in kwargs.items()}
        exprs = tuple(self.as_expr(arg, node) for arg in args)
        self.builder.block.append(Effect(Op("print", exprs, Static(None), attrs), self.builder.origin))
        return Const(None)

    def tell(self: Any, form: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """A call of what is harmless: it is made once, where the user makes it, and its result is not used."""
        exprs = tuple(self.as_expr(arg, node) for arg in args)
        attrs = {key: self.as_expr(value, node) for key, value in kwargs.items()}
        self.builder.block.append(Effect(Op("tell", exprs, Static(None), attrs, form), self.builder.origin))
        return Const(None)

    # --- built-ins --------------------------------------------------------------------------------------------
    def built_range(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        if kwargs or not 1 <= len(args) <= 3:
            raise Unsupported("range takes one to three arguments", node)
        bounds = [self.as_expr(arg, node) for arg in args]
        if len(bounds) == 1:
            bounds = [number(0), bounds[0]]
        if len(bounds) == 2:
            bounds.append(number(1))
        return RangeValue(*bounds)

    def built_enumerate(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("enumerate", "iterable start?", args, kwargs, node)
        start = found.get("start")
        return Iteration("enumerate", [found["iterable"]], None if start is None else self.as_expr(start, node))

    def from_start(self: Any, iteration: Iteration, position: Expr) -> Expr:
        """Return the number that enumerate gives to a position."""
        return position if iteration.start is None else self.builder.op("add", position, iteration.start)

    def built_zip(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("zip", "*iterables strict=False", args, kwargs, node)
        return Iteration("zip", list(found["iterables"]))

    def built_reversed(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return Iteration("reversed", [bound("reversed", "sequence", args, kwargs, node)["sequence"]])

    def built_next(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The next item of `reversed(xs)`, which a name is bound to: the position is a number like any other."""
        backwards = args[0]
        if not isinstance(backwards, Struct) or backwards.cls is not Backwards or len(args) > 1:
            raise Unsupported("next is accepted on a name that is bound to reversed(...)", node, "use a for loop")
        fields = self.fields(backwards)
        at = self.builder.op("subtract", fields["at"], 1)
        fields["at"] = at
        return self.load(self.get(fields["items"], at), "item")

    def built_isinstance(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("isinstance", "obj kinds", args, kwargs, node)
        wanted = found["kinds"]
        classes = [wanted] if not isinstance(wanted, Struct) else list(self.fields(wanted).values())
        value = found["obj"].ref if isinstance(found["obj"], Struct) else found["obj"]
        there, none = (
            any(issubclass(have, c.value) for c in classes) for have in (python_class(found["obj"]), type(None))
        )
        if value in self.unit.optional and there != none:
            return self.builder.op("is_not" if there else "is", value, Const(None))
        return number(there)

    def built_type(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        value = bound("type", "object", args, kwargs, node)["object"]
        if value in self.unit.optional:
            raise Unsupported("the class of what may be None is asked for", node, "ask whether it is None")
        found = python_class(value)
        return Const(found, Static(found), found.__name__)

    def built_sum(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("sum", "iterable start?", args, kwargs, node)
        value: Value = found["iterable"]
        total: Value = found.get("start", number(0))
        if isinstance(value, Struct):
            for item in self.iterated(value, node):
                total = (
                    item if isinstance(total, Const) and total.value == 0 else self.operate("add", total, item, node)
                )
            return total
        if isinstance(value, RangeValue | Iteration):
            raise Unsupported("sum of this iterable is not accepted yet", node)
        expr = self.as_expr(value, node)
        result = (
            self.builder.op("sum_list", expr)
            if isinstance(expr.type, ListOf)
            else self.builder.op("sum", expr, axis=0, form="np.sum")
        )
        return result if isinstance(total, Const) and total.value == 0 else self.operate("add", total, result, node)

    def built_max(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.extreme("maximum", "max", args, kwargs, node)

    def built_min(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.extreme("minimum", "min", args, kwargs, node)

    def extreme(self: Any, name: str, word: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The built-in max or min, of several values or of the items of one."""
        found = bound(word, "*values key=None default?", args, kwargs, node)
        values = list(found["values"])
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
        result = self.as_expr(values[0], node)
        for value in values[1:]:
            result = self.builder.op(name, result, self.as_expr(value, node), form=word)
        return result

    def extreme_of_items(self: Any, word: str, value: Value, default: Value, node: Any) -> Value:
        """The largest or smallest item of an array or of a list whose length is not known."""
        if not isinstance(value, Expr) or not isinstance(value.type, Array | ListOf):
            raise Unsupported(f"{word} of this iterable is not accepted yet", node)
        array = value if isinstance(value.type, Array) else self.as_array(value)
        assert isinstance(array.type, Array)
        if array.type.ndim != 1:
            raise Unsupported(f"{word} of rows: which is larger is not defined", node, f"use np.{word}")
        if default is not None:
            raise Unsupported(f"{word} with a default is accepted of a fixed list only", node, "test the length first")
        return self.builder.op(word, array, form=f"np.{word}")

    def built_tuple(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.convert("tuple", args, kwargs, node)

    def built_list(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.convert("list", args, kwargs, node)

    def convert(self: Any, kind: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound(kind, "iterable?", args, kwargs, node)
        if not found:
            site = self.site(node)
            if site in self.unit.knowledge.dynamic:
                return self.new_list([], site)
            return self.struct(kind, {}, site=site)
        value = found["iterable"]
        items: Any
        if isinstance(value, Struct):
            items = self.iterated(value, node)
        elif isinstance(value, Expr) and isinstance(value.type, ListOf) and kind == "list":
            return self.builder.op("copy", value)
        elif isinstance(value, Expr) and isinstance(value.type, Array) and kind == "list":
            return self.builder.op("to_list", value)
        else:
            items = None if isinstance(value, Expr) else self.fixed_items(value)
        if items is None:
            raise Unsupported(f"{kind}() of this value is not accepted yet", node)
        return self.display(kind, items, node)

    def built_dict(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        if len(args) > 1 or (args and not (isinstance(args[0], Struct) and args[0].kind == "dict")):
            raise Unsupported("dict() is accepted of a dict of known keys, and of keywords", node)
        fields = dict(self.fields(args[0])) if args else {}
        return self.struct("dict", {**fields, **kwargs})

    def built_slogdet(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        array = self.operand(bound("np.linalg.slogdet", "a", args, kwargs, node)["a"], node, "det")
        parts = {0: self.builder.op("signdet", array), 1: self.builder.op("logabsdet", array)}
        return self.struct("tuple", parts, cls=SLOGDET)

    def built_pow(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("pow", "base exp mod=None", args, kwargs, node)
        return self.operate("power", found["base"], found["exp"], node)

    def parts_of(self: Any, name: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> list[Expr]:
        """Return the arrays that np.vstack or np.hstack joins."""
        found = bound(name, "tup * dtype=None casting=same_kind", args, kwargs, node)
        if not isinstance(found["tup"], Struct):
            raise Unsupported(f"{name} is accepted for a list or tuple of arrays of known length", node, "use np.stack")
        return [self.operand(part, node, "atleast_1d") for part in self.iterated(found["tup"], node)]

    def joined(self: Any, parts: list[Expr], **attrs: Any) -> Expr:
        """Return the concatenation of arrays."""
        whole = self.materialize(self.struct("list", dict(enumerate(parts))))
        return self.builder.op("concatenate", whole, form="np.concatenate", **attrs)

    def built_vstack(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        parts = self.parts_of("np.vstack", args, kwargs, node)
        return self.joined([self.builder.op("atleast_2d", part, form="np.atleast_2d") for part in parts])

    def built_hstack(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        parts = [
            part
            if isinstance(part.type, Array) and part.type.ndim
            else self.builder.op("atleast_1d", part, form="np.atleast_1d")
            for part in self.parts_of("np.hstack", args, kwargs, node)
        ]
        return self.joined(parts, axis=0 if parts[0].type.ndim == 1 else 1)

    def built_errstate(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return Const("errstate")

    def built_add_at(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.add.at", "a indices b", args, kwargs, node)
        self.store_array(found["a"], self.as_expr(found["indices"], node), found["b"], "add_at", node)
        return Const(None)

    # --- methods ----------------------------------------------------------------------------------------------
    def call_method(self: Any, method: ArrayMethod, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        base = method.value
        if isinstance(base, Struct) or isinstance(base.type, ListOf):
            return self.list_method(base, method.name, args, node, kwargs)
        if isinstance(base.type, Opaque) and base.type.what.partition(".")[0] in HARMLESS:
            return self.tell(method.name, [base, *args], kwargs, node)
        if isinstance(base.type, Opaque):
            raise Unsupported(f"methods of {describe(base.type)} are not accepted", node)
        name = TABLE.methods.get(method.name)
        if method.name == "fill":
            self.store_array(base, None, bound("fill", "value", args, kwargs, node)["value"], "set", node)
            return Const(None)
        if name is None:
            raise Unsupported(f"the method {method.name!r} of an array has no rule", node)
        return self.call_op(name, "." + method.name, [base, *args], kwargs, node)

    def list_method(
        self: Any, base: Value, name: str, args: list[Value], node: Any, kwargs: dict[str, Value] | None = None
    ) -> Value:
        """Methods of lists and dicts."""
        kind = base.kind if isinstance(base, Struct) else "list"
        signature = LIST_METHODS.get((kind, name))
        found = {} if signature is None else bound(name, signature, args, kwargs or {}, node)
        if isinstance(base, Struct):
            return self.struct_method(base, name, found, node)
        if name == "append":
            self.append_to(base, found["object"], "")
            return Const(None)
        if name == "extend":
            self.loop_over(found["iterable"], node, lambda: self.append_to(base, self.state.names.pop("_"), ""), ITEM)
            return Const(None)
        if name == "pop" and "index" not in found:
            return self.load(self.read(self.builder.op("pop", base), base), "item")
        if name == "copy":
            return self.builder.op("copy", base)
        raise Unsupported(f"the list method {name!r} is not accepted yet for a list that grows in a loop", node)

    def struct_method(self: Any, base: Struct, name: str, found: dict[str, Value], node: Any) -> Value:
        fields = self.fields(base)
        match base.kind, name:
            case "dict", "items":
                pairs = [self.struct("tuple", {0: constant_expr(k), 1: v}) for k, v in fields.items()]
                return self.struct("tuple", dict(enumerate(pairs)))
            case "dict", "keys":
                return self.struct("tuple", {i: constant_expr(k) for i, k in enumerate(fields)})
            case "dict", "values":
                return self.struct("tuple", dict(enumerate(fields.values())))
            case "dict", "get":
                key = self.known(found["key"])
                return fields[key] if key in fields else found.get("default", Const(None))
            case (("dict" | "list"), "copy"):
                return self.struct(base.kind, dict(fields), site=self.site(node))
            case "list", ("append" | "extend"):
                if base.ref is not None:
                    raise Unsupported("a list from outside is extended", node, "copy it first: list(xs)")
                if name == "extend" and not isinstance(found["iterable"], Struct):
                    raise self.make_dynamic(base, node)
                more = [found["object"]] if name == "append" else self.iterated(found["iterable"], node)
                for value in more:
                    fields[len(fields)] = value
                return Const(None)
            case "list", "pop" if "index" not in found and fields:
                return fields.pop(len(fields) - 1)
        raise Unsupported(f"the {base.kind} method {name!r} is not accepted yet", node)

    # --- the user's functions ---------------------------------------------------------------------------------
    def default_values(self: Any, params: cst.Parameters) -> dict[str, Value]:
        """Evaluate the defaults of a nested function."""
        found = {}
        for param in (*params.params, *params.kwonly_params):
            if param.default is not None:
                found[param.name.value] = self.expression(param.default)
        return found

    def bind_defaults(self: Any, node: Any, function: types.FunctionType, state: State) -> None:
        """Bind parameters that were not given to their defaults."""
        for name, default in function_defaults(function).items():
            if name not in state.names:
                state.names[name] = self.outside(name, default, ("default", function, name))

    def bind_parameters(
        self: Any, params: cst.Parameters, defaults: Any, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> dict[str, Value]:
        """Bind call arguments to the parameters of a function."""
        names: dict[str, Value] = {}
        positional = [p.name.value for p in (*params.posonly_params, *params.params)]
        keyword = [p.name.value for p in params.kwonly_params]
        rest = list(args)
        for name in positional:
            if rest:
                names[name] = rest.pop(0)
        if isinstance(params.star_arg, cst.Param):
            names[params.star_arg.name.value] = self.struct("tuple", dict(enumerate(rest)))
            rest = []
        if rest:
            raise Unsupported("too many arguments", node)
        extra: dict[str, Value] = {}
        for key, value in kwargs.items():
            if key in (*positional, *keyword):
                names[key] = value
            else:
                extra[key] = value
        if params.star_kwarg is not None:
            names[params.star_kwarg.name.value] = self.struct("dict", extra)
        elif extra:
            raise Unsupported(f"unexpected argument {next(iter(extra))!r}", node)
        for name in (*positional, *keyword):
            if name not in names:
                names[name] = defaults(name)
        return names

    def call_local(self: Any, local: LocalFunction, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Inline a nested function or lambda; it reads its free names as they are now."""

        def default(name: str) -> Value:
            if name in local.defaults:
                return local.defaults[name]
            raise Unsupported(f"the argument {name!r} is missing", node)

        names = self.bind_parameters(local.node.params, default, args, kwargs, node)
        return self.inline(local.node, names, local.scope.parsed, local.scope.function, local.scope, node)

    def call_user(
        self: Any, function: types.FunctionType, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> Value:
        """Call a function of the user's: inlined if small or if it must be, else as a function of its own."""
        from s2sad.frontend.lower import parse

        try:
            parsed = parse(function)
        except SourceError as error:
            raise Unsupported(str(error), node) from None
        self.unit.reached.setdefault(f"call:{id(function)}", function)
        defaults = function_defaults(function)

        def default(name: str) -> Value:
            if name in defaults:
                return self.outside(name, defaults[name], ("default", function, name))
            raise Unsupported(f"the argument {name!r} of {function.__name__} is missing", node)

        names = self.bind_parameters(parsed.node.params, default, args, kwargs, node)
        if self.should_inline(function, parsed.node, names):
            return self.inline(parsed.node, names, parsed, function, None, node)
        return self.instance_call(function, names, node)

    def should_inline(self: Any, function: types.FunctionType, node: Any, names: dict[str, Value]) -> bool:
        knowledge = self.unit.knowledge
        if function in knowledge.recursive:
            return False
        if ("inline", function) in knowledge.dynamic:
            return True
        if any(self.holds_function(value) for value in names.values()):
            return True
        if is_small(node) and self.weight(function) <= INLINED:
            return True
        once = is_small(node, ONCE * SMALL) and self.calls_of(function) == 1
        return once and self.weight(function, limit=ONCE * SMALL) <= ONCE * INLINED

    def calls_of(self: Any, function: types.FunctionType) -> int:
        """Return from how many places a function is called, in all functions that can be reached."""
        from s2sad.frontend.lower import parse

        unit = self.unit
        if unit.calls is None:
            unit.calls = {}
            seen, stack = {unit.function}, [unit.function]
            while stack:
                try:
                    parsed = parse(caller := stack.pop())
                except SourceError:
                    continue
                for called in called_functions(caller, parsed.source.node):
                    unit.calls[called] = unit.calls.get(called, 0) + 1
                    if called not in seen and not self.is_library(called) and TABLE.lookup(called) is None:
                        seen.add(called)
                        stack.append(called)
        return unit.calls.get(function, 0)

    def weight(self: Any, function: types.FunctionType, depth: int = 0, limit: int = SMALL) -> int:
        """Return the statements that come of inlining a function: its own, and those of the small ones it calls."""
        from s2sad.frontend.lower import parse

        weights: dict[types.FunctionType, int] = self.unit.weights
        if function in weights:
            return weights[function]
        if depth > INLINED:
            return 2 * ONCE * INLINED
        parsed = parse(function)
        if isinstance(parsed.node, cst.Lambda) or not is_small(parsed.node, limit):
            return 0 if depth else 1
        weights[function] = 2 * ONCE * INLINED  # of a function that calls itself
        total = len(parsed.node.body.body)
        for called in called_functions(function, parsed.source.node):
            if total <= ONCE * INLINED and not self.is_library(called) and TABLE.lookup(called) is None:
                total += self.weight(called, depth + 1)
        weights[function] = total
        return total

    def holds_function(self: Any, value: Value) -> bool:
        if isinstance(value, LocalFunction | Bound | RangeValue | Iteration):
            return True
        if isinstance(value, Struct):
            return any(self.holds_function(item) for item in self.fields(value).values())
        return False

    def inline(
        self: Any, body: Any, names: dict[str, Value], parsed: Any, function: Any, outer: Any, node: Any
    ) -> Value:
        """Lower the body of a function in place."""
        from s2sad.frontend.lower import Frame

        key = body
        if any(getattr(frame, "body", None) is key for frame in self.frames) or len(self.frames) > 40:
            if isinstance(function, types.FunctionType) and outer is None:
                self.unit.knowledge.recursive.add(function)
                raise Relower
            raise Unsupported(
                "a nested function that calls itself is not accepted yet",
                node,
                "define it at the top level of its module",
            )
        if not returns_at_tail(body):
            raise Unsupported(
                "a function that returns inside a loop cannot be inlined here",
                node,
                "define it at the top level and do not give it a function or an object it changes",
            )
        caller = self.frame
        frame = Frame(parsed, function, State(names, caller.state.heap), outer=outer, inline=True)
        frame.body = key  # type: ignore[attr-defined]
        self.frames.append(frame)
        loops, self.loops = self.loops, []
        origin = self.builder.origin
        try:
            value = (
                self.expression(body.body) if isinstance(body, cst.Lambda) else self.inline_block(list(body.body.body))
            )
        finally:
            self.frames.pop()
            self.loops = loops
        if not isinstance(body, cst.Lambda):
            self.builder.origin = origin
        caller.state.heap = frame.state.heap
        for name, owner in frame.nonlocals.items():
            owner.state.names[name] = frame.state.names[name]
        return value

    def inline_block(self: Any, statements: list[Any]) -> Value:
        """Lower statements up to their return; return the value."""
        for i, statement in enumerate(statements):
            rest = statements[i + 1 :]
            if isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[-1], cst.Return):
                for small in statement.body[:-1]:
                    self.simple(small)
                returned = statement.body[-1]
                self.builder.origin = self.origin(statement, self.code(returned))
                return Const(None) if returned.value is None else self.expression(returned.value)
            if isinstance(statement, cst.If) and has_return(statement):
                return self.inline_if(statement, rest)
            if isinstance(statement, cst.Return):
                self.builder.origin = self.origin(statement, self.code(statement))
                return Const(None) if statement.value is None else self.expression(statement.value)
            self.lower_statement(statement)
            if self.state.ended:
                return Const(None)
        return Const(None)

    def inline_if(self: Any, statement: cst.If, rest: list[Any]) -> Value:
        """`if c: return a` followed by more is `if c: return a else: more`."""
        origin = self.origin(statement, f"if {self.code(statement.test)}:")
        self.builder.origin = origin
        test = self.test(statement.test)
        orelse = statement.orelse
        other = [] if orelse is None else [orelse] if isinstance(orelse, cst.If) else list(orelse.body.body)
        then = list(statement.body.body) + rest
        other = other + rest
        if isinstance(test, bool):
            return self.inline_block(then if test else other)
        name = ".returned"

        def arm(body: list[Any]) -> Any:
            def run() -> None:
                value = self.inline_block(body)
                if not self.state.ended:
                    self.state.names[name] = value

            return run

        self.branch(test, arm(then), arm(other), origin)
        if self.state.ended:
            return Const(None)
        value = self.usable(self.state.names.pop(name), "the result of this call", statement)
        if isinstance(value, Var) and value.name.startswith("."):
            value.name, value.user = "result", False
        return value

    def instance_call(self: Any, function: types.FunctionType, names: dict[str, Value], node: Any) -> Value:
        """Call a function that is lowered on its own for these argument types."""
        from s2sad.frontend.lower import lower_function

        exprs = {name: self.as_expr(value, node) for name, value in names.items()}
        canonical = Canonical(function in self.unit.knowledge.recursive)
        types_ = [(name, canonical(expr, self.unit.knowledge)) for name, expr in exprs.items()]
        for _, type_ in types_:
            self.check_nesting(type_, node)
        key = (function, tuple(types_), frozenset(name for name, expr in exprs.items() if expr in self.unit.optional))
        unit = self.unit
        if key in unit.active:
            cycle = {active[0] for active in unit.active[unit.active.index(key) :]}
            if not cycle <= unit.knowledge.recursive:
                unit.knowledge.recursive |= cycle
                raise Relower
            if key not in unit.knowledge.results:
                unit.awaited.add(key)
                raise Pending
            made, result = unit.instances[key], unit.knowledge.folded_result(key)
        else:
            if any(active[0] is function for active in unit.active) and function not in unit.knowledge.recursive:
                unit.knowledge.recursive.add(function)
                raise Relower
            if sum(1 for active in unit.active if active[0] is function) > 30:
                raise Unsupported("the recursion never ends for arguments of these types", node)
            if key not in unit.instances:
                made = self.lower_instance(function, types_, key, lower_function)
            else:
                made = unit.instances[key]
            result = made.result
        self.check_instance(function, made, node)
        passed = tuple(
            expr for expr, (_, type_) in zip(exprs.values(), types_, strict=True) if not isinstance(type_, Static)
        )
        passed += tuple(self.captured_in(made))
        result = canonical.restored(result)
        call = self.builder.bind(Call(made, passed, result))
        if made.optional:
            self.unit.optional.add(call)
        return self.load(call, "item") if not isinstance(result, Static) else Const(result.value, result)

    def captured_in(self: Any, made: Any) -> list[Expr]:
        """Globals and closure cells that a called function reads are arguments of the call."""
        found = []
        for var, where in made.captured:
            key = place_of(where)
            captured = self.frames[0].captured
            if key not in captured:
                mine = self.capture(where[2], var.type, where)
                captured[key] = self.load(mine, var.name, (self.name, var.name))
            found.append(self.materialize(captured[key]))
        return found

    def lower_instance(self: Any, function: Any, types_: list[Any], key: Any, lower_function: Any) -> Any:
        """Lower a function for these types, a recursive one until the type of its result is known."""
        unit = self.unit
        from s2sad.ir.nodes import Function
        from s2sad.ir.types import join, same_type

        shell = unit.instances[key] = Function(unit.name_for(function.__name__), [], [])
        unit.active.append(key)
        try:
            for _ in range(6):
                made = lower_function(unit, function, types_, shell.name, key[2])
                before = unit.knowledge.results.get(key)
                after = made.result if before in (None, Static(None)) else join(before, made.result)
                if after is None:
                    raise Unsupported("the function returns values of unlike kinds", None)
                self.check_nesting(after, None)
                unit.knowledge.results[key] = after
                if function not in unit.knowledge.recursive or (before is not None and same_type(before, after)):
                    break
            else:
                self.fold(key)
        finally:
            unit.active.pop()
        unit.awaited.discard(key)
        if unit.awaited:  # a caller's result is not known yet: what waits for it was left out
            del unit.instances[key]
        shell.params = [p for p in made.params if not isinstance(p.type, Static)] + [v for v, _ in made.captured]
        shell.body, shell.result, shell.span = made.body, unit.knowledge.results[key], made.span
        shell.source, shell.doc, shell.captured = made.source, made.doc, made.captured
        shell.optional, shell.absent, shell.python, shell.primal = made.optional, made.absent, function, True
        return shell

    def check_nesting(self: Any, type_: Type, node: Any) -> None:
        """Refuse a structure that has another type after every call: an ever deeper one."""
        if nesting(type_) > NESTING:
            raise Unsupported(
                f"structures of more than {NESTING} levels are not accepted: this one grows with every call", node
            )

    def fold(self: Any, key: Any) -> None:
        """The type of a recursive function's result grows with every call: what it holds of its own gets a name."""
        knowledge = self.unit.knowledge
        result = knowledge.results[key]
        if key in knowledge.folded or not isinstance(result, Structure):
            return
        if any(isinstance(item, Structure) for item in result.items):
            knowledge.folded[key] = f"{key[0].__qualname__}{len(knowledge.folded)}"
            del knowledge.results[key]
            raise Relower

    def check_instance(self: Any, function: Any, made: Any, node: Any) -> None:
        """A function that changes the fields of an object, grows a list or writes in a container is inlined."""
        params = set(made.params)
        if function not in self.unit.knowledge.recursive and writes_inside(made):
            self.unit.knowledge.dynamic.add(("inline", function))
            raise Relower
        for stmt in walk(made.body):
            outside = (
                isinstance(stmt, SetField)
                or (
                    isinstance(stmt, Effect)
                    and isinstance(stmt.value, Op)
                    and stmt.value.name == "append"
                    and stmt.value.args[0] in params
                )
                or (isinstance(stmt, Store) and isinstance(stmt.base.type, ListOf) and stmt.base in params)
            )
            if outside:
                if function in self.unit.knowledge.recursive:
                    raise Unsupported("a recursive function changes an object of its caller's", node)
                self.unit.knowledge.dynamic.add(("inline", function))
                raise Relower

    def construct(self: Any, cls: type, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Make an object: dataclasses by their fields, plain classes by their __init__."""
        if dataclasses.is_dataclass(cls) and "__init__" in cls.__dict__ and not hasattr(cls, "__post_init__"):
            fields = dataclasses.fields(cls)
            values = bound(cls.__name__, field_signature(fields), args, kwargs, node)
            for f in fields:
                if f.name not in values:
                    if f.default is dataclasses.MISSING:
                        raise Unsupported(f"the field {f.name!r} is missing", node)
                    values[f.name] = self.outside(f.name, f.default, ("global", cls, f.name))
            return self.struct("object", {f.name: values[f.name] for f in fields}, cls=cls)
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            given = bound(cls.__name__, " ".join(f"{name}?" for name in cls._fields), args, kwargs, node)
            return self.named_tuple(cls, given, node)
        init = cls.__init__  # type: ignore[misc]
        if isinstance(init, types.FunctionType):
            made = self.struct("object", {}, cls=cls)
            self.unit.knowledge.dynamic.add(("inline", init))
            self.call_user(init, [made, *args], kwargs, node)
            return made
        raise Unsupported(f"objects of {cls.__name__} cannot be made in differentiated code", node)


class Canonical:
    """Types of arguments in the key of an instance: sizes are renamed in order; equal ones stay equal."""

    def __init__(self, recursive: bool) -> None:
        self.recursive = recursive
        self.names: dict[Any, Size] = {}
        self.given: dict[str | None, Size] = {}  # by new name: the size it stands for

    def __call__(self, expr: Expr, knowledge: Any) -> Type:
        """Return the canonical type of an argument."""
        if isinstance(expr, Const) and not isinstance(expr.type, Scalar):
            return expr.type
        type_ = expr.type
        if isinstance(type_, Scalar) and type_.kind == "bool" and isinstance(expr, Const):
            return Static(expr.value)
        if isinstance(type_, Recursive):
            type_ = knowledge.structures[type_.name]
        return self.rename(type_)

    def rename(self, type_: Type) -> Type:
        """Rename the sizes in a type."""
        if isinstance(type_, Scalar) and type_.size is not None:
            size = self.size(Size(f"={type_.size.value}") if type_.size.value is not None else type_.size)
            self.given[size.symbol] = type_.size
            return Scalar(type_.kind, type_.dtype, Size(size.symbol, size.offset, None))
        return with_sizes(type_, self.size)

    def restored(self, type_: Type) -> Type:
        """Return the type of a result in the sizes of these arguments; those it has beyond them are new."""
        return renewed(with_sizes(type_, self.original))

    def original(self, size: Size) -> Size:
        """Return the size that a new name stands for, and an offset from it."""
        found = self.given.get(size.symbol)
        if found is None:
            return size
        return Size(found.symbol, found.offset + size.offset, found.unit if not size.offset else size.unit)

    def size(self, size: Size) -> Size:
        """Return the new name of a size."""
        if self.recursive:
            made = Size(f"n{len(self.names)}", 0, None)
            self.names[len(self.names)] = made
            self.given[made.symbol] = size
            return made
        if size.value == 1:
            return size
        key = (size.symbol, size.offset)
        if key not in self.names:
            self.names[key] = Size(f"n{len(self.names)}", 0, size.is_unit)
            self.given[self.names[key].symbol] = size
        return self.names[key]


def writes_inside(function: Any) -> bool:
    """Return whether a function writes an array that it takes out of a container it is given."""
    inside = {param for param in function.params if isinstance(param.type, Structure | ListOf)}
    for stmt in walk(function.body) if inside else ():
        if isinstance(stmt, Store) and isinstance(stmt.base.type, Array) and stmt.base in inside:
            return True
        if isinstance(stmt, Assign) and taken_from(stmt.value) in inside:
            inside.add(stmt.target)
        if isinstance(stmt, Move):
            inside.update(t for t, s in zip(stmt.targets, stmt.sources, strict=True) if s in inside)
    return False


def taken_from(value: Expr) -> Expr | None:
    """Return the value whose memory another may share: what it is a field, an item or a view of."""
    if not isinstance(value, Op) or not value.args:
        return value
    base = value.args[0]
    if value.name == "getitem":
        return base if isinstance(base.type, ListOf) or is_basic(value.args[1]) else None
    return base if value.name in ("field", "pop") or view_kind(value) else None


def function_defaults(function: types.FunctionType) -> dict[str, Any]:
    """Return the defaults of a function's parameters."""
    found = {}
    for name, parameter in inspect.signature(function, follow_wrapped=False).parameters.items():
        if parameter.default is not inspect.Parameter.empty:
            found[name] = parameter.default
    return found


def python_class(value: Value) -> type:
    """Return the Python class a value will have."""
    if isinstance(value, Struct):
        kinds: dict[str, type] = {"tuple": tuple, "list": list, "dict": dict}
        return value.cls or kinds.get(value.kind, object)
    if isinstance(value, LocalFunction | Bound):
        return types.FunctionType
    type_ = value.type
    if isinstance(type_, Array):
        return np.ndarray
    if isinstance(type_, Scalar):
        if type_.dtype:
            return np.dtype(type_.dtype).type
        return {"bool": bool, "int": int, "float": float, "complex": complex}[type_.kind]
    if isinstance(type_, Static):
        return type(type_.value)
    return list if isinstance(type_, ListOf) else tuple if isinstance(type_, Shape) else object


def called_functions(function: types.FunctionType, tree: ast.AST) -> Iterator[types.FunctionType]:
    """Yield the Python functions that a function calls by name, with repetition."""
    variables = inspect.getclosurevars(function)
    names = {**variables.builtins, **variables.globals, **variables.nonlocals}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        path: list[str] = []
        called: Any = node.func
        while isinstance(called, ast.Attribute):
            path.append(called.attr)
            called = called.value
        found = names.get(called.id) if isinstance(called, ast.Name) else None
        for name in reversed(path):
            found = getattr(found, name, None) if isinstance(found, types.ModuleType) else None
        if isinstance(found, types.FunctionType):
            yield found


def has_return(node: Any) -> bool:
    """Return whether a statement contains a return (not one of a nested function)."""
    if isinstance(node, cst.Return):
        return True
    if isinstance(node, cst.FunctionDef | cst.Lambda | cst.BaseExpression):
        return False
    return any(has_return(child) for child in node.children)


SIMPLE = cst.SimpleStatementLine | cst.BaseSmallStatement  # the latter where a body stands behind its colon


def returns_at_tail(node: Any) -> bool:
    """Return whether no return stands in a loop, with or try."""
    if isinstance(node, cst.Lambda):
        return True
    return _tail(node.body.body)


def _tail(statements: Any) -> bool:
    for statement in statements:
        if isinstance(statement, cst.If):
            arms = [statement.body.body]
            orelse = statement.orelse
            if orelse is not None:
                arms.append([orelse] if isinstance(orelse, cst.If) else orelse.body.body)
            if not all(_tail(arm) for arm in arms):
                return False
        elif not isinstance(statement, SIMPLE | cst.FunctionDef) and has_return(statement):
            return False
    return True


def is_small(node: Any, limit: int = SMALL) -> bool:
    """Return whether a function is a few straight lines that end in a return."""
    if isinstance(node, cst.Lambda):
        return True
    statements = list(node.body.body)
    if len(statements) > limit:
        return False
    return all(isinstance(statement, SIMPLE) for statement in statements)


def field_signature(fields: tuple[dataclasses.Field[Any], ...]) -> str:
    """Return the signature of a dataclass: keyword-only fields last, those without an `init` not at all."""
    given = [f for f in fields if f.init]
    return " ".join([*(f"{f.name}?" for f in given if not f.kw_only), "*", *(f"{f.name}?" for f in given if f.kw_only)])


def spelled(name: str, spelling: str) -> str:
    """Return an operation as the user wrote it."""
    return spelling.removeprefix(".") or name


def operands_of(rule: Any, spelling: str) -> list[str]:
    """Return the names of the operands of a rule; those of elementwise operations are given by position."""
    names = list(rule.signature[: rule.signature.index("|")]) if rule.signature else []
    if names:
        return names
    count = len(rule.partials) or getattr(getattr(np, rule.name, None), "nin", 1)
    return [f"x{i + 1}" for i in range(count)] if count > 1 else ["x"]


def signature_of(rule: Any, spelling: str, operands: list[str]) -> str:
    """Return the signature of an operation as it is spelled; all that follows its operands is optional."""
    if spelling in SIGNATURES:
        return SIGNATURES[spelling]
    attributes = rule.signature[rule.signature.index("|") + 1 :] if rule.signature else ()
    if spelling.startswith("np.") and isinstance(getattr(np, rule.name, None), np.ufunc) and not attributes:
        attributes = ("out",)
    optional = [word if "=" in word or word == "*" else word + "?" for word in attributes]
    return " ".join([*operands, *optional])


SIGNATURES = {"np.average": "a axis? weights=None returned=False * keepdims?"}
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
}
SEQUENCE_OPS = {"stack", "concatenate", "array", "list", "zeros_list", "zeros_tree", "add_lists"}
INDEX_OPS = {"winners"}  # their index stays one
SHAPE_OPS = {"zeros", "ones", "empty", "full", "broadcast_to"}
LIST_OPS = {"len", "copy", "zeros_like", "empty_like"}
SPECIAL = {
    "range": "built_range",
    "enumerate": "built_enumerate",
    "zip": "built_zip",
    "reversed": "built_reversed",
    "next": "built_next",
    "isinstance": "built_isinstance",
    "type": "built_type",
    "sum": "built_sum",
    "max": "built_max",
    "min": "built_min",
    "tuple": "built_tuple",
    "list": "built_list",
    "dict": "built_dict",
    "slogdet": "built_slogdet",
    "pow": "built_pow",
    "vstack": "built_vstack",
    "hstack": "built_hstack",
    "errstate": "built_errstate",
}


class _Identity:
    """Objects found by identity, so that unhashable ones can be asked about."""

    def __init__(self, objects: list[Any]) -> None:
        self.objects = {id(object_): object_ for object_ in objects}

    def __contains__(self, object_: Any) -> bool:
        return id(object_) in self.objects


SPECIAL_OBJECTS = _Identity(
    [
        range,
        enumerate,
        zip,
        reversed,
        next,
        isinstance,
        type,
        sum,
        max,
        min,
        tuple,
        list,
        dict,
        np.linalg.slogdet,
        pow,
        np.vstack,
        np.hstack,
        np.errstate,
    ]
)
