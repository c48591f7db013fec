"""Lowering of the operations of the rule table: signatures, operands, and those that need more than their types."""

from __future__ import annotations

import functools
import inspect
from typing import Any

import numpy as np

from s2sad.frontend import prelude
from s2sad.frontend.arguments import bound, given
from s2sad.frontend.models import FOLLOWED, is_ours
from s2sad.frontend.pools import is_place
from s2sad.frontend.values import (
    UNKNOWN,
    Chosen,
    RangeValue,
    Struct,
    Unsupported,
    Value,
)
from s2sad.ir.nodes import Const, Effect, Expr, Op, Var
from s2sad.ir.types import (
    Array,
    ListOf,
    Scalar,
    Shape,
    Static,
    Structure,
    dtype_of,
    is_strong,
    numeric_kind,
)
from s2sad.rules.builder import Sym, constant_expr, index_expr, index_key, number
from s2sad.rules.core import SNAPSHOT, TABLE, TypeProblem, static
from s2sad.rules.infer import array_of, describe, dtype_name, index_parts, is_ellipsis, is_newaxis, normal_axes
from s2sad.rules.register import OwnRule, resolve
from s2sad.rules.symbols import call, length

SIGNATURES: dict[str, str] = {}
SEQUENCE_OPS = {"stack", "concatenate", "array", "list", "zeros_list", "zeros_tree", "add_lists", "conj_tree"}
INDEX_OPS = {"winners"}  # their index stays one
SHAPE_OPS = {"zeros", "ones", "empty", "full", "broadcast_to"}
TOTAL = {"add", "subtract", "multiply", "maximum", "minimum", "negative", "absolute", "exp", "sin", "cos", "tanh"}
PAIR_OPS = {"interpolate.on_grid", "linalg.lu_solve", "linalg.cho_solve", "signal.get_window"}  # take pairs
PLANE = "np.cross takes vectors of three elements here: of two, write a[0] * b[1] - a[1] * b[0]"
COMPLEX_POWER = (
    "a negative Python float to a fractional power is complex: write complex(x) ** y, or np.float64(x) ** y for nan"
)
POSITIVE = {"absolute", "fabs", "exp", "exp2", "sqrt", "hypot", "cosh", "len", "square"}  # of real numbers
LAYOUTS = {"order", "casting", "subok"}
LIST_OPS = {"len", "copy", "zeros_like", "empty_like"}


WHOLE_ARRAYS = {"A", "a", "x", "ary", "arr", "m", "array", "z", "p", "v"}  # what functions of arrays call the first one
RANKS = {"atleast_1d": 1, "atleast_2d": 2, "atleast_3d": 3}


class Operations:
    """Operations of the rule table; `op_...` are those with a lowering of their own."""

    def call_op(self: Any, name: str, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Apply an operation of the table."""
        if ("where" in kwargs or "initial" in kwargs) and f"{name}_where" in TABLE.rules:
            name, spelling = f"{name}_where", f"np.{name}"
        if isinstance(getattr(np, name, None), np.ufunc) and not LAYOUTS.isdisjoint(kwargs):
            return self.laid_out_elementwise(name, spelling, args, kwargs, node)
        if "where" in kwargs and isinstance(getattr(np, name, None), np.ufunc):
            return self.elementwise_where(name, spelling, args, dict(kwargs), node)
        if "dtype" in kwargs and isinstance(getattr(np, name, None), np.ufunc) and spelling.startswith("np."):
            args, kwargs = self.computed_in(name, args, dict(kwargs), node)
        whole = TABLE.rules[name].operands[:1] if name in TABLE.rules else ()
        if spelling.startswith("np.") and args and set(whole) & WHOLE_ARRAYS:
            beside = [value for value in (*args[1:], *kwargs.values()) if isinstance(value, Expr)]
            if not any(isinstance(value.type, Array) for value in beside):  # whose dtype would no longer count
                args = [self.no_number(args[0]), *args[1:]]
        if name in ("delete", "insert"):
            args, kwargs = self.with_places(name, args, kwargs, node)
        special = getattr(self, "op_" + name, None)
        if special is not None:
            return special(spelling, args, kwargs, node)
        if name in self.unit.knowledge.followed:
            return self.call_user(FOLLOWED[name], args, kwargs, node)
        rule = TABLE.rules[name]
        if ":" in rule.spelling:
            self.unit.reached[f"rule:{name}"] = OwnRule(rule)
        operands, attrs, out = self.bind_signature(rule, spelling, args, kwargs, node)
        exprs = [self.operand(value, node, "" if name == "full" and i else name) for i, value in enumerate(operands)]
        made = {key: self.as_expr(value, node) for key, value in attrs.items()}
        if is_ours(self.frame.parsed.source.file) and exprs and self.has_rank(exprs[0], RANKS.get(name)):
            return exprs[0]
        root = self.root_of_square(exprs[0], number(2)) if name == "square" and not made else None
        if root is not None:
            result = self.squared(root, exprs[0], number(2), "np.square")
        else:
            result = self.builder.op(name, *exprs, form=spelling, **made)
        if isinstance(result.type, Structure):
            return self.load(result, "indices")
        return self.deliver(result, out, node)

    def with_places(
        self: Any, name: str, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> tuple[list[Value], dict[str, Value]]:
        """Give np.delete and np.insert the places that a slice names."""
        names = "arr obj values axis?" if name == "insert" else "arr obj axis?"
        found = bound(f"np.{name}", names, args, kwargs, node)
        obj = found["obj"]
        cls = getattr(obj, "cls", getattr(getattr(obj, "type", None), "cls", None))
        if cls is slice:
            obj = self.as_slice(self.as_expr(obj, node))
        elif not (isinstance(obj, Op) and obj.name == "slice"):
            return args, kwargs
        a, axis = self.sym(found["arr"], node), given(found, "axis")
        count = a.op("size") if axis is None else length(a, self.static_of(axis, "axis", node))
        places = call(self.builder, "arange", count).op("getitem", obj)
        return [found["arr"], places.expr, *args[2:]], {
            key: v for key, v in kwargs.items() if key not in ("arr", "obj")
        }

    def has_rank(self: Any, value: Expr, rank: int | None) -> bool:
        """Return whether an array has this rank at least: what asks for it in a model need not be written."""
        return rank is not None and isinstance(value.type, Array) and value.type.ndim >= rank

    def no_number(self: Any, value: Value) -> Value:
        """Return a number of Python's as an array: it has no attributes that derivatives ask for."""
        type_ = value.type if isinstance(value, Expr) and not isinstance(value, Const) else None
        weak = isinstance(type_, Scalar) and type_.dtype is None and type_.kind in ("float", "complex")
        return self.builder.op("asarray", value, form="np.asarray") if weak else value

    def elementwise_where(
        self: Any, name: str, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> Value:
        """A ufunc with `where=`: the other elements of the output stay what they were."""
        mask, out = kwargs.pop("where"), kwargs.pop("out", None)
        count = getattr(np, name).nin
        if out is None and len(args) > count:
            out, args = args[count], args[:count]
        if out is None or self.is_none(out):
            raise Unsupported(
                f"{spelled(name, spelling)} with where= and without out= leaves elements unset", node, "give it out="
            )
        chosen = self.operand(mask, node, "where")
        if name not in TOTAL:  # there may be no value where the mask is not
            args = [self.builder.op("where", chosen, self.operand(arg, node, name), 1.0) for arg in args]
        result = self.call_op(name, spelling, args, kwargs, node)
        old = self.as_expr(self.fields(out)[0] if isinstance(out, Struct) else out, node)
        return self.deliver(self.builder.op("where", chosen, result, old), out, node)

    def laid_out_elementwise(
        self: Any, name: str, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> Value:
        """A ufunc with `order=`, `subok=` or `casting=`: of these the first alone says something of its result."""
        order = given(kwargs, "order")
        rest = {key: value for key, value in kwargs.items() if key not in LAYOUTS}
        said: dict[str, Value] = {key: kwargs[key] for key in kwargs.keys() & {"casting", "subok"}}
        bound(spelled(name, spelling), "* casting=same_kind subok?", [], said, node)
        result = self.call_op(name, spelling, args, rest, node)
        return result if "out" in rest else self.laid_out(result, order, node)

    def computed_in(
        self: Any, name: str, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> tuple[list[Value], dict[str, Value]]:
        """A ufunc with `dtype=`: its operands are converted first."""
        wanted = kwargs.pop("dtype")
        if self.is_none(wanted):
            return args, kwargs
        made = [self.operand(arg, node, name) for arg in args]
        count = getattr(np, name).nin
        return [*(self.converted(arg, wanted) for arg in made[:count]), *made[count:]], kwargs

    def converted(self: Any, value: Expr, dtype: Value) -> Expr:
        """Return an array of that dtype."""
        if isinstance(value.type, Array) and value.type.dtype == dtype_name(self.known(dtype)):
            return value
        return self.builder.op("astype", value, dtype=dtype)

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
        value = self.outward(value, node) if name != "len" else self.contents_of(value)
        if name in INDEX_OPS and isinstance(value, Struct):
            parts = [self.as_expr(item, node) for item in self.fields(value).values()]
            return Op("tuple", tuple(parts), Static(index_key(parts)))
        if name in SEQUENCE_OPS:
            return self.materialize(value) if isinstance(value, Struct) else self.as_expr(value, node)
        if isinstance(value, Struct) and (name in SHAPE_OPS or (name in PAIR_OPS and value.kind == "tuple")):
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
        picked = [found.pop(key, Const(None)) for key in operands]
        if "dtype!" in rule.signature and not self.is_none(dtype := found.pop("dtype", Const(None))):
            picked[0] = self.converted(self.operand(picked[0], node, rule.name), dtype)
        out = found.pop("out", None)
        if rule.definition is not None:  # which knows what None means, if it is said to
            parameters = inspect.signature(rule.definition).parameters
            for key, value in found.items():
                if self.is_none(value) and key in parameters and parameters[key].annotation in ("int", "bool", "str"):
                    raise Unsupported(f"{spelled(rule.name, spelling)}: {key}=None is not accepted", node)
            return picked, found, out
        if rule.name in FLATTENED and "axis" in found and self.is_none(found["axis"]):
            picked[0] = self.builder.op("ravel", self.operand(picked[0], node, rule.name))
            found["axis"] = number(0)
        for key, value in found.items():
            if self.is_none(value) and key not in NONES and usual(rule.spelling, key) is not None:
                raise Unsupported(f"{spelled(rule.name, spelling)}: {key}=None is not accepted", node)
        return picked, {key: value for key, value in found.items() if key in NONES or not self.is_none(value)}, out

    def is_none(self: Any, value: Value) -> bool:
        return isinstance(value, Const) and value.value is None

    def order_of(self: Any, name: str, array: Expr, order: Value, node: Any) -> str:
        """Return the order of elements: "C" or "F", or "A" and "K" where that depends on the layout of the array."""
        word = "C" if order is None else self.known(order)
        if word in ("A", "K") and (not isinstance(array.type, Array) or array.type.ndim < 2):
            word = "C"
        if word not in ("C", "F", "A", "K") or (word == "K" and name == "reshape"):
            raise Unsupported(f"the order of {name} is not known when code is generated", node, "write order='C'")
        return str(word)

    def op_cross(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Vectors whose length is not known are taken for ones of three elements, which is checked."""
        rule = TABLE.rules["cross"]
        operands, attrs, _ = self.bind_signature(rule, spelling, args, kwargs, node)
        exprs = [self.operand(value, node, "cross") for value in operands]
        for expr, key in zip(exprs, ("axisa", "axisb"), strict=True):
            axis = self.static_of(given(attrs, "axis") or given(attrs, key) or number(-1), "axis", node)
            shape = expr.type.shape if isinstance(expr.type, Array) else ()
            if shape and shape[axis].value is None:
                size = self.builder.op("getitem", self.builder.op("shape", expr), number(axis))
                error = Op("exception", (Const(PLANE),), Static("exception"), {}, "ValueError")
                self.raise_if(self.builder.op("not_equal", size, number(3)), error)
        made = {key: self.as_expr(value, node) for key, value in attrs.items()}
        return self.builder.op("cross", *exprs, form=spelling, **made)

    def op_power(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        operands, _, out = self.bind_signature(TABLE.rules["power"], spelling, args, kwargs, node)
        a, b = (self.operand(value, node, "power") for value in operands)
        return self.deliver(self.builder.op("power", self.base_of_power(a, b), b, form=spelling), out, node)

    def power(self: Any, a: Expr, b: Expr) -> Expr:
        """`a ** b`: that of Python's floats is complex where a is negative and b no whole number."""
        a = self.base_of_power(a, b)
        known = self.known(a), self.known(b)
        if UNKNOWN not in known and isinstance(known[0], int | float) and known[0] < 0:
            made = known[0] ** known[1]
            if isinstance(made, complex):
                return constant_expr(made)
        if not (is_strong(a.type) or is_strong(b.type)) and numeric_kind(b.type) == "float":
            self.refuse_complex(a, b)
        return self.builder.op("power", a, b)

    def refuse_complex(self: Any, a: Expr, b: Expr) -> None:
        """Raise where a power of floats is complex: what follows is generated for a real number."""
        exponent = self.known(b)
        whole = isinstance(exponent, float) and exponent.is_integer()
        ours = is_ours(self.frame.parsed.source.file)
        if whole or ours or numeric_kind(a.type) == "complex" or self.is_positive(a):
            return
        if self.trying:  # a handler would take it for an error of the program
            hint = "raise it to the power outside of the `try`, or write abs(x) ** y"
            raise Unsupported("a negative float to a fractional power is complex, and this may be one", None, hint)
        test = self.builder.op("less", a, 0.0)
        if exponent is UNKNOWN:
            part = self.builder.op("remainder", b, 1.0)
            test = self.builder.op("and", test, self.builder.op("not_equal", part, 0.0))
        self.raise_if(test, Op("exception", (Const(COMPLEX_POWER),), Static("exception"), {}, "ValueError"))

    def is_positive(self: Any, value: Expr) -> bool:
        """Return whether it is known of a number that it is not negative."""
        made = self.builder.definitions.get(value) if isinstance(value, Var) else value
        if isinstance(made, Const):
            return isinstance(made.value, int | float) and made.value >= 0
        if not isinstance(made, Op):
            return False
        if made.name in POSITIVE or (made.name == "multiply" and made.args[0] is made.args[1]):
            return True
        exponent = self.known(made.args[1]) if made.name == "power" else UNKNOWN
        if exponent is not UNKNOWN and exponent % 2 == 0:
            return True
        every = made.name in ("add", "multiply", "divide", "minimum", "power")
        some = made.name == "maximum"
        sides = [self.is_positive(arg) for arg in made.args] if every or some else [False]
        return all(sides) if every else any(sides)

    def base_of_power(self: Any, a: Expr, b: Expr) -> Expr:
        """A real number to a complex power is taken for a complex one: its logarithm may be."""
        real = numeric_kind(b.type) == "complex" and numeric_kind(a.type) in ("int", "float")
        if not real or isinstance(a, Const):
            return a
        if isinstance(a.type, Scalar) and a.type.dtype is None:
            return self.builder.op("complex", a)
        return self.builder.op("astype", a, dtype=complex_like(a.type, b.type))

    def op_eig(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Complex numbers, also those of a real matrix."""
        a = self.operand(bound(spelled("eig", spelling), "a", args, kwargs, node)["a"], node, "eig")
        real = numeric_kind(a.type) != "complex"
        made = self.builder.op("eig_of_real", a) if real else self.builder.op("eig", a, form=spelling)
        return self.load(made, "eig")

    def op_shape(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Sizes; of a number none."""
        value = self.operand(bound("np.shape", "a", args, kwargs, node)["a"], node, "shape")
        return self.struct("tuple", {}) if isinstance(value.type, Scalar) else self.builder.op("shape", value)

    def op_ndim(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return number(Sym(self.operand(bound("np.ndim", "a", args, kwargs, node)["a"], node, ""), self.builder).ndim)

    def op_bincount(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Counts, or sums of weights."""
        found = bound("np.bincount", "x weights? minlength?", args, kwargs, node)
        x, weights = self.operand(found["x"], node, ""), found.get("weights")
        more = {"minlength": self.as_expr(found["minlength"], node)} if "minlength" in found else {}
        if weights is None or self.is_none(weights):
            return self.builder.op("bincount", x, form="np.bincount", **more)
        return self.builder.op("bincount_weights", x, self.operand(weights, node, ""), **more)

    def op_vecdot(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The sums of products along the last axis, or another one."""
        found = bound(
            spelled("vecdot", spelling),
            "a b * axis?" if "linalg" not in spelling else "x1 x2 * axis?",
            args,
            kwargs,
            node,
        )
        axis = found.pop("axis", None)
        a, b = (self.operand(value, node, "vecdot") for value in found.values())
        if axis is None or self.static_of(axis, "axis", node) == -1:
            return self.builder.op("vecdot", a, b, form=spelling)
        return self.builder.op("vecdot_along", a, b, axis=self.as_expr(axis, node), form=spelling)

    def op_linspace(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Numbers in equal steps, and with `retstep` the step."""
        signature = "start stop num? endpoint? retstep? dtype=None axis?"
        found = bound("np.linspace", signature, args, kwargs, node)
        both = self.static_of(found.pop("retstep", Const(False)), "retstep", node)
        ends = [self.operand(found[key], node, "linspace") for key in ("start", "stop")]
        attrs = {k: self.as_expr(found[k], node) for k in ("num", "endpoint", "axis") if k in found}
        made = self.builder.op("linspace", *ends, form=spelling, **attrs)
        if not both:
            return made
        start, stop = (Sym(end, self.builder) for end in ends)
        count: Any = Sym(attrs.get("num", number(50)), self.builder)
        if self.static_of(found.get("endpoint", Const(True)), "endpoint", node):
            count = count - 1
        return self.struct("tuple", {0: made, 1: ((stop - start) / count).expr})

    def op_histogram(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Counts, or sums of weights, and the edges."""
        found = bound("np.histogram", "a bins? range? density? weights?", args, kwargs, node)
        a, weights = self.operand(found.pop("a"), node, ""), found.pop("weights", None)
        more = {key: self.materialize(value) for key, value in found.items() if not self.is_none(value)}
        if weights is None or self.is_none(weights):
            return self.load(self.builder.op("histogram", a, form="np.histogram", **more), "histogram")
        density = self.static_of(found.get("density", Const(False)), "density", node)
        more = {key: value for key, value in more.items() if key != "density"}
        made = self.load(self.builder.op("histogram_weights", a, self.operand(weights, node, ""), **more), "histogram")
        if not density:
            return made
        sums, edges = (Sym(part, self.builder) for part in self.fields(made).values())
        return self.struct("tuple", {0: (sums / (edges[1:] - edges[:-1]) / sums.sum()).expr, 1: edges.expr})

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
        order = self.order_of("reshape", array, given(found, "order"), node)
        if order == "A":
            return self.call_user(prelude.reshaped_in_own_order, [array, shape], {}, node)
        if order == "C":
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
        order = self.order_of(name, array, given(found, "order"), node)
        if order == "K" and is_ours(self.frame.parsed.source.file):  # of places, which do not move
            return self.call_opaque(np.ravel, [array], {"order": constant_expr("K")}, node)
        if order in prelude.FLAT:
            made = self.call_user(prelude.FLAT[order], [array], {}, node)
            return made if name == "ravel" else self.builder.op("copy", made)
        if order == "F":
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
        signature = "subscripts *operands * out? dtype? order? casting=safe optimize?"
        found = bound("np.einsum", signature, args, kwargs, node)
        text, arrays = self.known(found["subscripts"]), list(found["operands"])
        if not isinstance(text, str):
            text, arrays = self.sublists([found["subscripts"], *arrays], node)
        operands = [self.operand(arg, node, "einsum") for arg in arrays]
        dtype = found.get("dtype")
        if dtype is not None and not self.is_none(dtype):
            operands = [self.converted(arg, dtype) for arg in operands]
        ranks = [arg.type.ndim if isinstance(arg.type, Array) else 0 for arg in operands]
        parts, output = named_axes(text.replace(" ", ""), ranks)
        for i, letters in enumerate(parts):  # a letter that stands twice picks a diagonal
            operands[i], parts[i] = self.diagonals(operands[i], letters)
        shown = f"{','.join(parts)}->{output}"
        whole = shown if "." in text or "->" not in text or parts != text.split("->")[0].split(",") else text
        subscripts = constant_expr(whole)
        result = self.builder.op("einsum", *operands, subscripts=subscripts, form=spelling)
        result = self.laid_out(result, given(found, "order"), node)
        return self.deliver(result, found.get("out"), node)

    def sublists(self: Any, given: list[Value], node: Any) -> tuple[str, list[Value]]:
        """Return the subscripts of the other form of np.einsum: operands and lists of ints in turn."""
        names, operands, parts = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", [], []
        while len(given) > 1:
            operands.append(given.pop(0))
            parts.append(self.letters(given.pop(0), names, node))
        output = f"->{self.letters(given[0], names, node)}" if given else ""
        return ",".join(parts) + output, operands

    def letters(self: Any, value: Value, names: str, node: Any) -> str:
        items = self.fields(value).values() if isinstance(value, Struct) else ()
        found = [self.known(item) for item in items]
        if not isinstance(value, Struct) or not all(isinstance(i, int) or i is Ellipsis for i in found):
            raise Unsupported("np.einsum takes a constant string, or operands and lists of constant ints in turn", node)
        return "".join("..." if i is Ellipsis else names[i] for i in found)

    def diagonals(self: Any, array: Expr, letters: str) -> tuple[Expr, str]:
        """Replace axes of one name by their diagonal."""
        while len(set(letters)) < len(letters):
            twice = next(c for c in letters if letters.count(c) > 1)
            first = letters.index(twice)
            second = letters.index(twice, first + 1)
            array = self.builder.op("diagonal", array, axis1=first, axis2=second)
            letters = letters[:first] + letters[first + 1 : second] + letters[second + 1 :] + twice
        return array, letters

    def op_norm(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        operands, attrs, _ = self.bind_signature(TABLE.rules["norm"], spelling, args, kwargs, node)
        array = self.operand(operands[0], node, "norm")
        attrs = {key: self.as_expr(value, node) for key, value in attrs.items()}
        axis = static(attrs["axis"]) if "axis" in attrs else None
        order = static(attrs["ord"]) if "ord" in attrs else None
        rank = array.type.ndim if isinstance(array.type, Array) else 0
        vector = isinstance(axis, int) or (axis is None and rank == 1)
        if not (order is None or (order == 2 and vector) or (order == "fro" and not vector)):
            return self.builder.op("norm_of", array, form=spelling, **attrs)
        return self.builder.op("norm", array, form=spelling, **{k: v for k, v in attrs.items() if k != "ord"})

    def op_var(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.spread_of("var", spelling, args, kwargs, node)

    def op_std(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.spread_of("std", spelling, args, kwargs, node)

    def spread_of(self: Any, name: str, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """A variance: `correction` is another name of `ddof`; the mean may be given."""
        found = bound(
            spelled(name, spelling), "a axis? dtype? out? ddof? keepdims? * mean? correction?", args, kwargs, node
        )
        out, mean, dtype = found.pop("out", None), given(found, "mean"), given(found, "dtype")
        array = self.operand(found.pop("a"), node, name)
        array = array if dtype is None else self.converted(array, dtype)
        found = {"ddof" if key == "correction" else key: value for key, value in found.items()}
        attrs = {k: self.as_expr(found[k], node) for k in ("axis", "ddof", "keepdims") if given(found, k) is not None}
        if mean is not None:
            made = self.builder.op(f"{name}_about", array, self.operand(mean, node, name), form=f"np.{name}", **attrs)
        else:
            made = self.builder.op(name, array, form=spelling, **attrs)
        return self.deliver(made, out, node)

    def op_cholesky(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The factor below the diagonal, or that above it."""
        found = bound(spelled("cholesky", spelling), "a * upper?", args, kwargs, node)
        a = self.operand(found["a"], node, "cholesky")
        if not self.known(found.get("upper", Const(False))):
            return self.builder.op("cholesky", a, form=spelling)
        return self.builder.op("cholesky_upper", a, upper=True, form=spelling)

    def op_average(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The average, and with `returned` the sum of the weights."""
        found = bound(spelling, "a axis? weights? returned? * keepdims?", args, kwargs, node)
        both = self.known(found.pop("returned", Const(False)))
        attrs = {key: self.as_expr(found[key], node) for key in ("axis", "keepdims") if given(found, key) is not None}
        a, weights = self.operand(found["a"], node, "average"), given(found, "weights")
        w = Const(None) if weights is None else self.operand(weights, node, "average")
        made = Sym(self.builder.op("average", a, w, form=spelling, **attrs), self.builder)
        if not both:
            return made.expr
        whole = Sym(a if weights is None else w, self.builder)
        if weights is None:  # the number of elements
            whole = whole.op("ones_like")
        total = whole.op("sum", **(attrs if whole.ndim == Sym(a, self.builder).ndim else {}))
        total = Sym(self.converted(total.expr, Const(np.dtype(dtype_of(made.type)))), self.builder)
        if made.ndim != total.ndim:
            total = total.op("broadcast_to", shape=made.op("shape")).op("copy")
        return self.struct("tuple", {0: made.expr, 1: total.expr})

    def op_where(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        if len(args) == 1 and not kwargs:
            return self.call_op("nonzero", "np.nonzero", args, {}, node)
        if len(args) != 3 or kwargs:
            raise Unsupported("np.where is accepted with one or three arguments", node)
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
        found = bound(spelled(name, spelling), "arrays axis? out? * dtype? casting=same_kind", args, kwargs, node)
        parts, axis, dtype = self.contents_of(found["arrays"]), found.get("axis"), given(found, "dtype")
        if dtype is not None and isinstance(parts, Struct):
            parts = self.all_converted(parts, dtype, node)
        if isinstance(parts, Expr) and isinstance(parts.type, ListOf):
            result = self.assemble_list(name, parts, 0 if axis is None else self.known(axis), node)
            result = result if dtype is None else self.converted(result, dtype)
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

    def all_converted(self: Any, parts: Struct, dtype: Value, node: Any) -> Value:
        """Return a list or tuple of arrays that have that dtype."""
        made = [self.converted(self.operand(part, node, "ravel"), dtype) for part in self.fields(parts).values()]
        return self.struct(parts.kind, dict(enumerate(made)))

    def assemble_list(self: Any, name: str, parts: Expr, axis: Any, node: Any) -> Expr:
        """Stack a list that grows."""
        if name == "concatenate":
            return self.concatenated(parts, axis, node)
        stacked = self.builder.op("array", parts, form="np.array")
        return stacked if axis == 0 else self.builder.op("moveaxis", stacked, source=0, destination=axis)

    def concatenated(self: Any, parts: Expr, axis: Any, node: Any) -> Expr:
        """Concatenate the arrays in a list that grows."""
        self.early(parts)
        item = array_of(self.item_type(parts))
        if item is not self.item_type(parts) or not item.ndim:
            raise Unsupported("np.concatenate of a list that grows is accepted for one of arrays", node)
        if axis not in (0, -item.ndim) and not (axis is None and item.ndim == 1):
            hint = "concatenate along the first axis, and move it: np.moveaxis"
            raise Unsupported("np.concatenate of a list that grows is accepted along the first axis", node, hint)
        joined: Expr = self.builder.op("concatenate", parts, form="np.concatenate")
        return joined

    def op_array(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        signature = "object dtype? copy? order? subok? ndmin? like=None"
        found = bound("np.array", signature, args, kwargs, node)
        made = self.new_array(found["object"], found.get("dtype"), self.copies(found, True, node), node)
        made = self.laid_out(made, given(found, "order"), node)
        wanted = self.known(found["ndmin"]) if "ndmin" in found else 0
        missing = wanted - made.type.ndim if isinstance(wanted, int) else -1
        if not isinstance(wanted, int):
            raise Unsupported("np.array with an ndmin that is not known when code is generated", node)
        return made if missing <= 0 else self.builder.op("expand_dims", made, axis=tuple(range(missing)))

    def laid_out(self: Any, made: Expr, order: Value, node: Any) -> Expr:
        """Return an array in an order of its elements in memory: `K` and `A` are its own."""
        word = "K" if order is None else self.known(order)
        if word not in ("C", "F", "K", "A"):
            raise Unsupported("order= must be known when code is generated: 'C', 'F', 'A' or 'K'", node)
        several = isinstance(made.type, Array) and made.type.ndim > 1
        if not several or word in ("K", "A"):
            return made
        return self.builder.op("asarray", made, form="np.ascontiguousarray" if word == "C" else "np.asfortranarray")

    def copies(self: Any, found: dict[str, Value], default: bool | None, node: Any) -> bool | None:
        """Return the argument `copy`: True, or None for "only where it must"."""
        copy = self.known(found["copy"]) if "copy" in found else default
        if copy is not None and not isinstance(copy, bool):
            raise Unsupported("copy= must be known when code is generated", node)
        return copy

    def new_array(self: Any, value: Value, dtype: Value, copy: bool | None, node: Any) -> Expr:
        """Return np.array(value, dtype, copy=copy): a new array, or without need for one the array itself."""
        value = self.outward(value, node)
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
        contiguous = spelling in ("np.ascontiguousarray", "np.asfortranarray")
        signature = (
            "a dtype? order?"
            if spelling == "np.asarray_chkfinite"
            else "a dtype? like=None"
            if contiguous
            else "a dtype? order? * device=None copy? like=None"
        )
        found = bound(spelled("asarray", spelling), signature, args, kwargs, node)
        made = self.new_array(found["a"], found.get("dtype"), self.copies(found, None, node), node)
        made = self.laid_out(made, given(found, "order"), node)
        if not contiguous and made is not found["a"]:
            return made
        if contiguous and made.type.ndim == 0:
            made = self.builder.op("atleast_1d", made, form="np.atleast_1d")
        return self.builder.op("asarray", made, form=spelling)

    def op_astype(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """A conversion; `copy=False` to the dtype that is there gives the array itself."""
        found = bound("astype", "x dtype order? casting=unsafe subok? copy?", args, kwargs, node)
        value, order = self.operand(found["x"], node, "astype"), given(found, "order")
        copy = self.copies(found, True, node)
        if not copy and isinstance(value.type, Array) and dtype_name(self.known(found["dtype"])) == value.type.dtype:
            return self.laid_out(value, order, node)
        made = self.builder.op("astype", value, dtype=self.as_expr(found["dtype"], node))
        return self.laid_out(made, order, node)

    def op_copy(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound(spelled("copy", spelling), "a order? subok=False", args, kwargs, node)
        order = self.known(found.get("order", Const("C" if spelling == ".copy" else "K")))
        if order not in ("C", "K", "F", "A"):
            raise Unsupported("the order of a copy must be known when code is generated", node)
        if isinstance(found["a"], Struct) or isinstance(found["a"].type, ListOf):
            return self.new_array(found["a"], None, True, node)
        value = self.as_expr(found["a"], node)
        if order in ("F", "A"):
            return self.builder.op("copy", value, form="np.copy", order=order)
        return self.builder.op("copy", value, form=".copy" if order == "C" else "np.copy")

    def op_snapshot(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The copy that an object of a library makes of what it is given."""
        value = self.operand(args[0], node, "ravel")
        return self.builder.bind(Op("copy", (value,), value.type, {}, SNAPSHOT))

    def op_conj(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The method returns a real array itself, the function a new one."""
        operands, _, out = self.bind_signature(TABLE.rules["conj"], spelling, args, kwargs, node)
        value = self.operand(operands[0], node, "conj")
        if numeric_kind(value.type) == "complex":
            return self.deliver(self.builder.op("conj", value, form=spelling), out, node)
        if spelling.startswith("."):
            return self.deliver(value, out, node)
        return self.deliver(self.builder.op("copy", value) if isinstance(value.type, Array) else value, out, node)

    def op_sign(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The sign of a complex number is its direction, which moves with it."""
        operands, _, out = self.bind_signature(TABLE.rules["sign"], spelling, args, kwargs, node)
        value = self.operand(operands[0], node, "sign")
        name = "phase" if numeric_kind(value.type) == "complex" else "sign"
        return self.deliver(self.builder.op(name, value, form=spelling), out, node)

    def op_dense(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        raise Unsupported("the tangent of an array of records with ints is not differentiated again", node)

    def op_moveaxis(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """An axis that stays where it is moves nothing."""
        (a,), attrs, _ = self.bind_signature(TABLE.rules["moveaxis"], spelling, args, kwargs, node)
        source, destination = (self.known(attrs[key]) for key in ("source", "destination"))
        array = self.operand(a, node, "moveaxis")
        if isinstance(source, int) and source == destination and isinstance(array.type, Array):
            normal_axes(source, array.type.ndim)
            return array
        made = {key: self.as_expr(value, node) for key, value in attrs.items()}
        return self.builder.op("moveaxis", array, form=spelling, **made)

    def op_round(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        names = "number ndigits?" if spelling == "round" else "a decimals? out?"
        found = bound(spelled("round", spelling), names, args, kwargs, node)
        out = found.pop("out", None)
        operands = [self.operand(value, node, "round") for value in found.values() if not self.is_none(value)]
        return self.deliver(self.builder.op("round", *operands, form=spelling or "round"), out, node)

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
        names = "n dtype?" if spelling == "np.identity" else "N M? k? dtype? order?"
        found = bound(spelled("eye", spelling), f"{names} * device=None like=None", args, kwargs, node)
        sizes = [self.as_expr(found[key], node) for key in ("n", "N", "M") if given(found, key) is not None]
        attrs = {k: self.as_expr(found[k], node) for k in ("k", "dtype", "order") if given(found, k) is not None}
        return self.builder.op("eye", *sizes, form=spelling, **attrs)

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

    def op_outer(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Arrays of other ranks are flattened."""
        found = bound(
            spelled("outer", spelling), "a b out?" if spelling != "np.linalg.outer" else "x1 x2", args, kwargs, node
        )
        out = found.pop("out", None)
        parts = []
        for value in found.values():
            part = self.operand(value, node, "outer")
            rank = part.type.ndim if isinstance(part.type, Array) else 0
            parts.append(part if rank == 1 else self.builder.op("ravel" if rank else "atleast_1d", part))
        return self.deliver(self.builder.op("outer", *parts, form=spelling), out, node)

    def op_diag(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """A diagonal beside the main one: of a matrix a view, of a vector the main diagonal of a wider matrix, cut."""
        found = bound("np.diag", "v k?", args, kwargs, node)
        v, k = self.operand(found["v"], node, "diag"), self.static_of(found.get("k", number(0)), "k", node)
        if not k:
            return self.builder.op("diag", v, form="np.diag")
        if v.type.ndim == 2:
            return self.builder.op("diagonal", v, offset=k)
        wide = self.builder.op("pad_constant", v, pad_width=(abs(k), 0))
        whole = self.builder.op("diag", wide, form="np.diag")
        moved = {"axis": number(0 if k > 0 else 1)}
        return self.call_op("roll", "np.roll", [whole, number(-abs(k))], moved, node)

    def op_dot(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """np.dot contracts the last axis and the last but one."""
        operands, _, out = self.bind_signature(TABLE.rules["dot"], spelling, args, kwargs, node)
        a, b = (self.operand(value, node, "dot") for value in operands)
        ranks = [x.type.ndim if isinstance(x.type, Array) else 0 for x in (a, b)]
        if ranks[0] and ranks[1] > 2:
            left, right = free_letters(ranks)
            subscripts = f"{left}z,{right[:-1]}z{right[-1]}->{left}{right}"
            return self.deliver(self.builder.op("einsum", a, b, subscripts=constant_expr(subscripts)), out, node)
        return self.deliver(self.builder.op("dot", a, b, form=spelling), out, node)

    def op_inner(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """np.inner contracts the last axes: it is np.dot with the transpose of the second."""
        found = bound("np.inner", "a b", args, kwargs, node)
        a, b = self.operand(found["a"], node, "dot"), self.operand(found["b"], node, "dot")
        ranks = [x.type.ndim if isinstance(x.type, Array) else 0 for x in (a, b)]
        if not all(ranks):
            return self.builder.op("dot", a, b, form="np.dot")
        if ranks[1] > 2:
            left, right = free_letters(ranks)
            return self.builder.op("einsum", a, b, subscripts=constant_expr(f"{left}z,{right}z->{left}{right}"))
        return self.builder.op("dot", a, self.transposed(b), form="np.dot")

    def op_len(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        value = bound("len", "obj", args, kwargs, node)["obj"]
        if is_place(value) or (isinstance(value, Chosen) and value.place is not None):
            value = self.apart(value, "item")
        if isinstance(value, Chosen):
            parts = [lambda part=part: self.op_len(spelling, [part], {}, node) for part in (value.then, value.orelse)]
            return self.chosen(value.test, *map(self.in_class, parts), "the length of this", node)
        if isinstance(value, Struct):
            length = self.member(value.cls, "__len__") if value.cls is not None and value.kind == "object" else None
            if length is not None:
                return self.call_function(length, [value], {}, node)
            return number(len(self.fields(value)))
        if isinstance(value, Const) and isinstance(value.value, str | frozenset):
            return number(len(value.value))
        if isinstance(value, RangeValue):
            ends = [self.known(end) for end in (value.start, value.stop, value.step)]
            if UNKNOWN in ends:
                raise Unsupported("len of a range is accepted where its ends are known", node)
            return number(len(range(*ends)))
        result = self.length(self.as_expr(value, node))
        size = result.type.size if isinstance(result.type, Scalar) else None
        return number(size.value) if size is not None and size.value is not None else result

    def op_float(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        value = self.apart(bound("float", "x?", args, kwargs, node).get("x", number(0.0)), "item")
        method = self.method_of(value, "__float__")
        if method is not None:
            return self.call_function(method, [value], {}, node)
        if isinstance(value, Const) and isinstance(value.value, str | int):
            try:
                return constant_expr(float(value.value))
            except ValueError as error:
                raise self.missing("ValueError", str(error), str(error), node) from None
        return self.builder.op("float", self.as_expr(value, node))

    def op_complex(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("complex", "real? imag?", args, kwargs, node)
        parts = [self.as_expr(found.get("real", number(0.0)), node)]
        parts += [self.as_expr(found["imag"], node)] if "imag" in found else []
        return self.builder.op("complex", *parts)

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


def free_letters(ranks: list[int]) -> tuple[str, str]:
    """Return letters for the axes of two arrays but one of each, which is contracted."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return letters[: ranks[0] - 1], letters[ranks[0] - 1 : sum(ranks) - 2]


def complex_like(a: Any, b: Any) -> Expr:
    """Return the dtype of complex numbers in the precision of two types."""
    return constant_expr(np.dtype(np.result_type(dtype_of(a), dtype_of(b))))


def named_axes(text: str, ranks: list[int]) -> tuple[list[str], str]:
    """Return the letters of each operand and of the output of an einsum: an ellipsis gets letters of its own."""
    left, arrow, output = text.partition("->")
    parts = left.split(",")
    if len(parts) != len(ranks):
        raise TypeProblem("einsum: the number of operands does not fit the subscripts")
    free = [c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" if c not in text]
    hidden = [rank - len(part.replace("...", "")) for part, rank in zip(parts, ranks, strict=True) if "..." in part]
    most = "".join(free[: max(hidden, default=0)])
    found = []
    for part, rank in zip(parts, ranks, strict=True):
        count = rank - len(part.replace("...", ""))
        found.append(part.replace("...", most[len(most) - count :]))
    if not arrow:
        letters = "".join(found)
        output = most + "".join(sorted(c for c in set(letters) if letters.count(c) == 1 and c not in most))
    return found, output.replace("...", most)


def spelled(name: str, spelling: str) -> str:
    """Return an operation as the user wrote it."""
    return spelling.removeprefix(".") or name


FLATTENED = {"sort", "argsort", "partition", "argpartition", "take_along_axis"}  # axis=None is that of x.ravel()


NONES = {"padtype"}  # None is no other word for what is usual


@functools.cache
def usual(spelling: str, key: str) -> Any:
    """Return what an argument of a function of NumPy or SciPy is where it is not given."""
    try:
        parameters = inspect.signature(resolve(spelling)).parameters
    except (TypeError, ValueError, AssertionError):
        return None
    default = parameters[key].default if key in parameters else None
    return None if default in (inspect.Parameter.empty, np._NoValue) else default


def operands_of(rule: Any, spelling: str) -> list[str]:
    """Return the names of the operands of a rule; those of elementwise operations are given by position."""
    if rule.operands:
        return list(rule.operands)
    count = len(rule.partials) or getattr(getattr(np, rule.name, None), "nin", 1)
    return [f"x{i + 1}" for i in range(count)] if count > 1 else ["x"]


def signature_of(rule: Any, spelling: str, operands: list[str]) -> str:
    """Return the signature of an operation as it is spelled; all that follows its operands is optional."""
    if spelling in SIGNATURES:
        return SIGNATURES[spelling]
    attributes = rule.signature[rule.signature.index("|") + 1 :] if rule.signature else ()
    if spelling.startswith("np.") and isinstance(getattr(np, rule.name, None), np.ufunc) and not attributes:
        attributes = ("out",)
    optional = [word if "=" in word or word == "*" else word.strip("@!") + "?" for word in attributes]
    return " ".join([*(operands[: rule.required or None]), *optional])
