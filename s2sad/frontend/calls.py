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
from s2sad.frontend.expressions import place_of
from s2sad.frontend.source import unwrap
from s2sad.frontend.values import (
    ArrayMethod,
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
from s2sad.ir.nodes import Call, Const, Effect, Expr, Op, SetField, Store, Var, walk
from s2sad.ir.types import Array, ListOf, Opaque, Scalar, Shape, Size, Static, Structure, Type
from s2sad.rules.builder import constant_expr, number
from s2sad.rules.core import TABLE, static
from s2sad.rules.infer import describe

HARMLESS = {"print"}
ITEM = cst.Name("_")  # the target of the hidden loop of `extend`
SMALL = 6  # statements of a function that is inlined
INLINED = 12  # statements it may come to with the small functions that it calls
ONCE = 3  # how much longer a function may be that is called from one place only
LIBRARIES = ("numpy", "scipy", "math", "builtins")


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
                args.extend(self.fields(value).values())
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
        if isinstance(object_, type):
            return self.construct(object_, args, kwargs, node)
        function, self_value = unwrap(object_)
        helper = self.helper_op(function) if isinstance(function, types.FunctionType) else None
        if helper is not None:
            return (
                self.made_object(args, kwargs) if helper == "_object" else self.call_op(helper, "", args, kwargs, node)
            )
        if isinstance(function, types.FunctionType) and not self.is_library(function):
            if self_value is not None:
                raise Unsupported("a bound method that is a global is not accepted yet", node, "call it on its object")
            return self.call_user(function, args, kwargs, node)
        return self.call_opaque(object_, args, kwargs, node)

    def helper_op(self: Any, function: types.FunctionType) -> str | None:
        """Return the operation that a helper pasted into generated code stands for."""
        from s2sad.backends.dialect import FUNCTIONS, HELPERS
        from s2sad.frontend.lower import parse

        text = HELPERS.get(function.__name__)
        if text is None or parse(function).source.text.strip() != text.strip():
            return None
        return next((name for name, spelled in FUNCTIONS.items() if spelled == function.__name__), function.__name__)

    def is_library(self: Any, function: types.FunctionType) -> bool:
        return (function.__module__ or "").split(".")[0] in LIBRARIES

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
        out = kwargs.pop("out", None)
        operands, attrs = self.bind_signature(rule, args, kwargs, node)
        exprs = [self.operand(value, node, name) for value in operands]
        given = {key: self.as_expr(value, node) for key, value in attrs.items()}
        result = self.builder.op(name, *exprs, form=spelling, **given)
        if out is not None and not (isinstance(out, Const) and out.value is None):
            self.store_array(out, None, result, "set", node)
            return out
        return result

    def operand(self: Any, value: Value, node: Any, name: str) -> Expr:
        """Return an operand: sequences become arrays, except where the operation takes a sequence."""
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
        self: Any, rule: Any, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> tuple[list[Value], dict[str, Value]]:
        """Split call arguments into operands and attributes by the signature of the rule."""
        if rule.signature in ((), ("|",)):
            extra = [key for key in kwargs if not self.is_none(kwargs[key])]
            if extra:
                raise Unsupported(f"{rule.name}: the argument {extra[0]!r} is not accepted yet", node)
            return args, {}
        bar = rule.signature.index("|")
        operands, attributes = rule.signature[:bar], rule.signature[bar + 1 :]
        values = dict(zip((*operands, *attributes), args, strict=False))
        if len(args) > len(operands) + len(attributes):
            raise Unsupported(f"{rule.name}: too many arguments", node)
        for key, value in kwargs.items():
            if key not in (*operands, *attributes):
                raise Unsupported(f"{rule.name}: the argument {key!r} is not accepted yet", node)
            values[key] = value
        picked = [values[key] for key in operands if key in values]
        given = {key: values[key] for key in attributes if key in values and not self.is_none(values[key])}
        return picked, given

    def is_none(self: Any, value: Value) -> bool:
        return isinstance(value, Const) and value.value is None

    def op_reshape(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        array = self.operand(args[0], node, "reshape")
        shape = args[1:] or [kwargs["shape"]]
        if len(shape) == 1:
            target = self.as_expr(shape[0], node)
        else:
            target = self.materialize(self.struct("tuple", dict(enumerate(shape))))
        return self.builder.op("reshape", array, shape=target, form=spelling)

    def op_transpose(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        array = self.operand(args[0], node, "transpose")
        axes = kwargs.get("axes", args[1] if len(args) == 2 else None)
        if len(args) > 2:
            axes = self.struct("tuple", dict(enumerate(args[1:])))
        if axes is None or self.is_none(axes):
            return self.builder.op("transpose", array, form=spelling)
        return self.builder.op("transpose", array, axes=self.as_expr(axes, node), form=spelling)

    def op_einsum(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        operands = [self.operand(arg, node, "einsum") for arg in args[1:]]
        return self.builder.op("einsum", *operands, subscripts=self.as_expr(args[0], node), form=spelling)

    def op_norm(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        _, attrs = self.bind_signature(TABLE.rules["norm"], args, dict(kwargs), node)
        array = self.operand(args[0], node, "norm")
        attrs = {key: self.as_expr(value, node) for key, value in attrs.items()}
        axis = static(attrs["axis"]) if "axis" in attrs else None
        order = static(attrs["ord"]) if "ord" in attrs else None
        rank = array.type.ndim if isinstance(array.type, Array) else 0
        vector = isinstance(axis, int) or (axis is None and rank == 1)
        if not (order is None or (order == 2 and vector) or (order == "fro" and not vector)):
            raise Unsupported(f"np.linalg.norm with ord={order!r} is not accepted yet", node)
        given = {key: value for key, value in attrs.items() if key != "ord"}
        return self.builder.op("norm", array, form=spelling, **given)

    def op_where(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        if len(args) != 3:
            raise Unsupported("np.where is accepted with three arguments", node, "use np.nonzero on inactive values")
        return self.builder.op("where", *(self.operand(a, node, "where") for a in args), form=spelling)

    def op_clip(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        names = ("a", "a_min", "a_max")
        values = dict(zip(names, args, strict=False))
        for key, value in kwargs.items():
            values[{"min": "a_min", "max": "a_max"}.get(key, key)] = value
        operands = [self.operand(values.get(key, Const(None)), node, "clip") for key in names]
        return self.builder.op("clip", *operands, form=spelling)

    def op_stack(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.assemble("stack", spelling, args, kwargs, node)

    def op_concatenate(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.assemble("concatenate", spelling, args, kwargs, node)

    def assemble(self: Any, name: str, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Stack and concatenate: a fixed list of parts stays a list; one that grows becomes an array first."""
        axis = kwargs.get("axis", args[1] if len(args) > 1 else None)
        attrs = {} if axis is None else {"axis": self.as_expr(axis, node)}
        parts = args[0]
        if isinstance(parts, Expr) and isinstance(parts.type, ListOf):
            if name == "concatenate":
                raise Unsupported("np.concatenate of a list that grows is not accepted yet", node, "use np.stack")
            stacked = self.builder.op("array", parts, form="np.array")
            if not attrs or static(attrs["axis"]) == 0:
                return stacked
            return self.builder.op("moveaxis", stacked, source=0, destination=static(attrs["axis"]))
        return self.builder.op(name, self.materialize(parts), form=spelling, **attrs)

    def op_array(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        value = self.materialize(args[0]) if isinstance(args[0], Struct) else self.as_expr(args[0], node)
        dtype = kwargs.get("dtype", args[1] if len(args) > 1 else None)
        attrs = {} if dtype is None or self.is_none(dtype) else {"dtype": self.as_expr(dtype, node)}
        return self.builder.op("array", value, form=spelling, **attrs)

    def op_asarray(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        value = args[0]
        if isinstance(value, Struct) or (isinstance(value, Expr) and isinstance(value.type, ListOf | Scalar)):
            return self.op_array("np.array", args, kwargs, node)
        dtype = kwargs.get("dtype", args[1] if len(args) > 1 else None)
        if dtype is not None and not self.is_none(dtype):
            from s2sad.rules.infer import dtype_name

            assert isinstance(value, Expr)
            if isinstance(value.type, Array) and dtype_name(self.known(dtype)) != value.type.dtype:
                return self.builder.op("astype", value, dtype=dtype)
        return self.builder.op("asarray", self.as_expr(value, node), form=spelling)

    def op_len(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        value = args[0]
        if isinstance(value, Struct):
            if value.cls is not None and hasattr(value.cls, "__len__") and value.kind == "object":
                return self.call_function(value.cls.__len__, [value], {}, node)
            return number(len(self.fields(value)))
        result = self.builder.op("len", self.as_expr(value, node))
        size = result.type.size if isinstance(result.type, Scalar) else None
        return number(size.value) if size is not None and size.value is not None else result

    def op_absolute(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.builder.op("absolute", self.operand(args[0], node, "absolute"), form=spelling)

    def op_float(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        value = args[0]
        if isinstance(value, Const) and isinstance(value.value, str | int):
            return constant_expr(float(value.value))
        return self.builder.op("float", self.as_expr(value, node))

    def op_print(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        attrs = {key: self.as_expr(value, node) for key, value in kwargs.items()}
        exprs = tuple(self.as_expr(arg, node) for arg in args)
        self.builder.block.append(Effect(Op("print", exprs, Static(None), attrs), self.builder.origin))
        return Const(None)

    # --- built-ins --------------------------------------------------------------------------------------------
    def built_range(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        bounds = [self.as_expr(arg, node) for arg in args]
        if len(bounds) == 1:
            bounds = [number(0), bounds[0]]
        if len(bounds) == 2:
            bounds.append(number(1))
        return RangeValue(*bounds)

    def built_enumerate(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        if len(args) > 1 or kwargs:
            raise Unsupported("enumerate with a start is not accepted yet", node)
        return Iteration("enumerate", args)

    def built_zip(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return Iteration("zip", args)

    def built_reversed(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return Iteration("reversed", args)

    def built_isinstance(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        wanted = args[1]
        classes = [wanted] if not isinstance(wanted, Struct) else list(self.fields(wanted).values())
        have = python_class(args[0])
        return number(any(issubclass(have, c.value) for c in classes))

    def built_sum(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        value = args[0]
        total: Value = args[1] if len(args) > 1 else number(0)
        if isinstance(value, Struct):
            for item in self.fields(value).values():
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
        return self.extreme("maximum", "max", args, node)

    def built_min(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.extreme("minimum", "min", args, node)

    def extreme(self: Any, name: str, word: str, args: list[Value], node: Any) -> Value:
        if len(args) == 1 and isinstance(args[0], Struct):
            args = list(self.fields(args[0]).values())
        if len(args) == 1:
            array = (
                self.as_array(args[0]) if not isinstance(args[0], Expr) or isinstance(args[0].type, ListOf) else args[0]
            )
            return self.builder.op(word, array, form=f"np.{word}")
        result = self.as_expr(args[0], node)
        for arg in args[1:]:
            result = self.builder.op(name, result, self.as_expr(arg, node), form=word)
        return result

    def built_tuple(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.convert("tuple", args, node)

    def built_list(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.convert("list", args, node)

    def convert(self: Any, kind: str, args: list[Value], node: Any) -> Value:
        if not args:
            site = self.site(node)
            if site in self.unit.knowledge.dynamic:
                return self.new_list([])
            return self.struct(kind, {}, site=site)
        value = args[0]
        items: Any
        if isinstance(value, Struct):
            items = list(self.fields(value)) if value.kind == "dict" else list(self.fields(value).values())
        elif isinstance(value, Expr) and isinstance(value.type, ListOf) and kind == "list":
            return self.builder.op("copy", value)
        else:
            items = None if isinstance(value, Expr) else self.fixed_items(value)
        if items is None:
            raise Unsupported(f"{kind}() of this value is not accepted yet", node)
        return self.struct(kind, dict(enumerate(items)), site=self.site(node))

    def built_dict(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        fields = dict(self.fields(args[0])) if args else {}
        return self.struct("dict", {**fields, **kwargs})

    def built_slogdet(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        array = self.operand(args[0], node, "det")
        return self.struct("tuple", {0: self.builder.op("signdet", array), 1: self.builder.op("logabsdet", array)})

    def built_pow(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.operate("power", args[0], args[1], node)

    def built_vstack(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        parts = [
            self.builder.op("atleast_2d", self.as_expr(p, node), form="np.atleast_2d")
            for p in self.fields(args[0]).values()
        ]
        return self.builder.op(
            "concatenate", self.materialize(self.struct("list", dict(enumerate(parts)))), form="np.concatenate"
        )

    def built_hstack(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        parts = [
            self.builder.op("atleast_1d", self.as_expr(p, node)) if not isinstance(p.type, Array) else p
            for p in self.fields(args[0]).values()
        ]
        axis = 0 if isinstance(parts[0].type, Array) and parts[0].type.ndim == 1 else 1
        return self.builder.op(
            "concatenate",
            self.materialize(self.struct("list", dict(enumerate(parts)))),
            axis=axis,
            form="np.concatenate",
        )

    def built_errstate(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return Const("errstate")

    def built_add_at(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        base, index, value = args
        self.store_array(base, self.as_expr(index, node), value, "add_at", node)
        return Const(None)

    # --- methods ----------------------------------------------------------------------------------------------
    def call_method(self: Any, method: ArrayMethod, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        base = method.value
        if isinstance(base, Struct) or isinstance(base.type, ListOf):
            return self.list_method(base, method.name, args, node)
        if isinstance(base.type, Opaque):
            raise Unsupported(f"methods of {describe(base.type)} are not accepted", node)
        name = TABLE.methods.get(method.name)
        if method.name == "fill":
            self.store_array(base, None, args[0], "set", node)
            return Const(None)
        if name is None:
            raise Unsupported(f"the method {method.name!r} of an array has no rule", node)
        return self.call_op(name, "." + method.name, [base, *args], kwargs, node)

    def list_method(self: Any, base: Value, name: str, args: list[Value], node: Any) -> Value:
        """Methods of lists and dicts."""
        if isinstance(base, Struct):
            return self.struct_method(base, name, args, node)
        if name == "append":
            self.append_to(base, args[0], "")
            return Const(None)
        if name == "extend":
            self.loop_over(args[0], node, lambda: self.append_to(base, self.state.names.pop("_"), ""), ITEM)
            return Const(None)
        if name == "pop" and not args:
            return self.load(self.builder.op("pop", base), "item")
        if name == "copy":
            return self.builder.op("copy", base)
        raise Unsupported(f"the list method {name!r} is not accepted yet for a list that grows in a loop", node)

    def struct_method(self: Any, base: Struct, name: str, args: list[Value], node: Any) -> Value:
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
                key = self.known(args[0])
                return fields[key] if key in fields else args[1] if len(args) > 1 else Const(None)
            case (("dict" | "list"), "copy"):
                return self.struct(base.kind, dict(fields), site=self.site(node))
            case "list", ("append" | "extend"):
                if base.ref is not None:
                    raise Unsupported("a list from outside is extended", node, "copy it first: list(xs)")
                more = list(self.fields(args[0]).values()) if name == "extend" and isinstance(args[0], Struct) else args
                if name == "extend" and not isinstance(args[0], Struct):
                    raise self.make_dynamic(base, node)
                for value in more:
                    fields[len(fields)] = value
                return Const(None)
            case "list", "pop" if not args and fields:
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
        test = self.truth(self.expression(statement.test))
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
        types_ = [(name, canonical(expr, name, self.unit.knowledge)) for name, expr in exprs.items()]
        key = (function, tuple(types_))
        unit = self.unit
        if key in unit.active:
            if function not in unit.knowledge.recursive:
                unit.knowledge.recursive.add(function)
                raise Relower
            if key not in unit.knowledge.results:
                raise Pending
            made, result = unit.instances[key], unit.knowledge.results[key]
        else:
            if any(active[0] is function for active in unit.active) and function not in unit.knowledge.recursive:
                unit.knowledge.recursive.add(function)
                raise Relower
            if sum(1 for active in unit.active if active[0] is function) > 30:
                raise Unsupported("the recursion never ends for arguments of these types", node)
            if key not in unit.instances:
                self.lower_instance(function, types_, key, lower_function)
            made = unit.instances[key]
            result = made.result
        self.check_instance(function, made, node)
        passed = tuple(
            expr for expr, (_, type_) in zip(exprs.values(), types_, strict=True) if not isinstance(type_, Static)
        )
        passed += tuple(self.captured_in(made))
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

    def lower_instance(self: Any, function: Any, types_: list[Any], key: Any, lower_function: Any) -> None:
        unit = self.unit
        from s2sad.ir.nodes import Function
        from s2sad.ir.types import join, same_type

        shell = unit.instances[key] = Function(unit.name_for(function.__name__), [], [])
        unit.active.append(key)
        try:
            for _ in range(6):
                made = lower_function(unit, function, types_, shell.name)
                before = unit.knowledge.results.get(key)
                after = made.result if before is None else join(before, made.result)
                if after is None:
                    raise Unsupported("the function returns values of unlike kinds", None)
                unit.knowledge.results[key] = after
                if function not in unit.knowledge.recursive or (before is not None and same_type(before, after)):
                    break
        finally:
            unit.active.pop()
        shell.params = [p for p in made.params if not isinstance(p.type, Static)] + [v for v, _ in made.captured]
        shell.body, shell.result, shell.span = made.body, unit.knowledge.results[key], made.span
        shell.source, shell.doc, shell.captured = made.source, made.doc, made.captured
        shell.optional, shell.python, shell.primal = made.optional, function, True

    def check_instance(self: Any, function: Any, made: Any, node: Any) -> None:
        """A function that changes the fields of an object or grows a list of its caller's is inlined."""
        params = set(made.params)
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
            values = dict(zip([f.name for f in fields], args, strict=False))
            values.update(kwargs)
            for f in fields:
                if f.name not in values:
                    if f.default is dataclasses.MISSING:
                        raise Unsupported(f"the field {f.name!r} is missing", node)
                    values[f.name] = self.outside(f.name, f.default, ("global", cls, f.name))
            return self.struct("object", {f.name: values[f.name] for f in fields}, cls=cls)
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            return self.named_tuple(cls, dict(zip(cls._fields, args, strict=False)) | kwargs, node)
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

    def __call__(self, expr: Expr, name: str, knowledge: Any) -> Type:
        """Return the canonical type of an argument."""
        if isinstance(expr, Const) and not isinstance(expr.type, Scalar):
            return expr.type
        type_ = expr.type
        if isinstance(type_, Scalar) and type_.kind == "bool" and isinstance(expr, Const):
            return Static(expr.value)
        return self.rename(type_)

    def rename(self, type_: Type) -> Type:
        """Rename the sizes in a type."""
        match type_:
            case Array():
                return Array(type_.dtype, tuple(self.size(size) for size in type_.shape))
            case Scalar(size=Size()):
                assert type_.size is not None
                size = self.size(Size(f"={type_.size.value}") if type_.size.value is not None else type_.size)
                return Scalar(type_.kind, type_.dtype, Size(size.symbol, size.offset, None))
            case Structure():
                return Structure(type_.kind, type_.keys, tuple(map(self.rename, type_.items)), type_.cls)
            case ListOf():
                return ListOf(self.rename(type_.item))
            case Shape():
                return Shape(tuple(self.size(size) for size in type_.sizes))
        return type_

    def size(self, size: Size) -> Size:
        """Return the new name of a size."""
        if self.recursive:
            made = Size(f"n{len(self.names)}", 0, None)
            self.names[len(self.names)] = made
            return made
        if size.value == 1:
            return size
        key = (size.symbol, size.offset)
        if key not in self.names:
            self.names[key] = Size(f"n{len(self.names)}", 0, size.is_unit)
        return self.names[key]


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
        elif not isinstance(statement, cst.SimpleStatementLine | cst.FunctionDef) and has_return(statement):
            return False
    return True


def is_small(node: Any, limit: int = SMALL) -> bool:
    """Return whether a function is a few straight lines that end in a return."""
    if isinstance(node, cst.Lambda):
        return True
    statements = list(node.body.body)
    if len(statements) > limit:
        return False
    return all(isinstance(statement, cst.SimpleStatementLine) for statement in statements)


SEQUENCE_OPS = {"stack", "concatenate", "array", "list", "zeros_list"}
SHAPE_OPS = {"zeros", "ones", "empty", "full", "broadcast_to"}
LIST_OPS = {"len", "copy", "zeros_like", "empty_like"}
SPECIAL = {
    "range": "built_range",
    "enumerate": "built_enumerate",
    "zip": "built_zip",
    "reversed": "built_reversed",
    "isinstance": "built_isinstance",
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
        isinstance,
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
