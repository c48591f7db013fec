"""Functions of NumPy and math that are written out by what they do: they return views, take lists, or write arrays."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.frontend import prelude
from s2sad.frontend.arguments import bound, given
from s2sad.frontend.scientific import lowered_of_scipy
from s2sad.frontend.values import UNKNOWN, Struct, Unsupported, Value
from s2sad.ir.nodes import Const, Expr
from s2sad.ir.types import Array, Scalar, Static, dtype_of, numeric_kind
from s2sad.rules.builder import Sym, cast_like, number
from s2sad.rules.core import TABLE
from s2sad.rules.infer import array_of, normal_axes
from s2sad.rules.symbols import along, call, joined, length, on_axis, positive, stacked, where

REDUCED = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logical_and": "all"}
REDUCED |= {"logical_or": "any"}
RUNNING = {"maximum": "cummax", "minimum": "cummin"}
ACCUMULATED = {"add": "cumsum", "multiply": "cumprod"}


class UfuncMethod:
    """`np.add.reduce` and its like."""

    def __init__(self, ufunc: np.ufunc, name: str) -> None:
        self.ufunc = ufunc
        self.name = name


class Library:
    """Library functions; `LOWERED` says which."""

    def sym(self: Any, value: Value, node: Any) -> Sym:
        """Return a value as a symbol; a sequence of numbers is an array."""
        return Sym(self.operand(value, node, ""), self.builder)

    def items_of(self: Any, value: Value, name: str, node: Any) -> list[Value]:
        """Return the items of a list or tuple of known length."""
        if isinstance(value, Struct) and value.kind in ("list", "tuple"):
            return list(self.iterated(value, node))
        items = self.fixed_items(value)
        if items is None:
            raise Unsupported(f"{name} is accepted for a list or tuple of known length", node)
        return list(items)

    def static_of(self: Any, value: Value, name: str, node: Any) -> Any:
        """Return the Python value of an argument that must be known when code is generated."""
        found = self.known(value)
        if not isinstance(found, int | float | str | tuple | type(None)):
            raise Unsupported(f"{name} must be known when code is generated", node)
        return found

    def tuple_of_syms(self: Any, parts: list[Sym], kind: str = "tuple") -> Struct:
        found: Struct = self.struct(kind, dict(enumerate(part.expr for part in parts)))
        return found

    # --- put together ---------------------------------------------------------------------------------------------
    def lower_column_stack(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.column_stack", "tup", args, kwargs, node)["tup"]
        parts = [self.sym(part, node) for part in self.items_of(found, "np.column_stack", node)]
        if all(part.ndim == 1 for part in parts):
            return stacked(parts, 1).expr
        return joined([part.op("expand_dims", axis=1) if part.ndim == 1 else part for part in parts], 1).expr

    def lower_dstack(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.dstack", "tup", args, kwargs, node)["tup"]
        return joined([self.sym(p, node).op("atleast_3d") for p in self.items_of(found, "np.dstack", node)], 2).expr

    def lower_np_block(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Innermost lists are joined along the last axis, the next ones along the one before."""
        arrays = bound("np.block", "arrays", args, kwargs, node)["arrays"]
        depth, value = 0, arrays
        while isinstance(value, Struct) and value.kind == "list":
            depth, value = depth + 1, self.items_of(value, "np.block", node)[0]
        rank = max(depth, *(part.ndim for part in self.leaves_of(arrays, node)))
        return self.blocks(arrays, depth, rank, node).expr

    def leaves_of(self: Any, value: Value, node: Any) -> list[Sym]:
        if isinstance(value, Struct) and value.kind == "list":
            return [leaf for item in self.items_of(value, "np.block", node) for leaf in self.leaves_of(item, node)]
        return [self.sym(value, node)]

    def blocks(self: Any, value: Value, depth: int, rank: int, node: Any) -> Sym:
        if not depth:
            part: Sym = self.sym(self.no_number(value), node)
            missing = rank - part.ndim
            return part.op("expand_dims", axis=tuple(range(missing))) if missing else part
        parts = [self.blocks(item, depth - 1, rank, node) for item in self.items_of(value, "np.block", node)]
        return joined(parts, rank - depth)

    def lower_gradient(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Central differences inside, one-sided ones at the ends; an array for each axis."""
        found = bound("np.gradient", "f *varargs axis? edge_order?", args, kwargs, node)
        f: Sym = self.sym(found["f"], node)
        axis = given(found, "axis")
        axes = normal_axes(None if axis is None else self.static_of(axis, "the axis of np.gradient", node), f.ndim)
        order = self.static_of(found.get("edge_order", number(1)), "edge_order", node)
        spacing = [self.sym(v, node) for v in found["varargs"]] or [None]
        points = len(axes) > 1 and len(spacing) == 1 and spacing[0] is not None and spacing[0].ndim
        if len(spacing) not in (1, len(axes)) or points:
            raise Unsupported("np.gradient takes one spacing, or one for each axis", node)
        spacing = spacing * len(axes) if len(spacing) == 1 else spacing
        options = {"edge_order": order} if order != 1 else {}
        made = [f.op("gradient", h, axis=a, **options) for h, a in zip(spacing, axes, strict=True)]
        return made[0].expr if len(made) == 1 else self.tuple_of_syms(made)

    # --- taken apart: views of what is given ----------------------------------------------------------------------
    def lower_split(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.split(bound("np.split", "ary sections axis?", args, renamed(kwargs), node), True, node)

    def lower_array_split(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.split(bound("np.array_split", "ary sections axis?", args, renamed(kwargs), node), False, node)

    def lower_vsplit(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.split(bound("np.vsplit", "ary sections", args, renamed(kwargs), node), True, node)

    def lower_hsplit(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.hsplit", "ary sections", args, renamed(kwargs), node)
        axis = number(1 if self.sym(found["ary"], node).ndim > 1 else 0)
        return self.split({**found, "axis": axis}, True, node)

    def lower_dsplit(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.dsplit", "ary sections", args, renamed(kwargs), node)
        return self.split({**found, "axis": number(2)}, True, node)

    def split(self: Any, found: dict[str, Value], equal: bool, node: Any) -> Value:
        """Slices between places, or that many equal ones: then a reshape says that they must be equal."""
        x: Sym = self.sym(found["ary"], node)
        axis = positive(self.static_of(found.get("axis", number(0)), "the axis of np.split", node), x.ndim)
        sections = found["sections"]
        places = self.items_of(sections, "np.split", node) if isinstance(sections, Struct) else None
        if places is not None:
            ends = [self.as_expr(place, node) for place in places]
            return self.tuple_of_syms(slices(x, axis, [None, *ends], [*ends, None]), "list")
        count = self.static_of(sections, "the number of sections", node)
        if not isinstance(count, int):
            raise Unsupported("np.split is accepted with a constant number of sections, or a list of places", node)
        if equal:
            sizes = tuple(length(x, i) for i in range(x.ndim))
            apart = x.op("reshape", shape=(*sizes[:axis], count, -1, *sizes[axis + 1 :]))
            return self.tuple_of_syms([along(apart, axis, i) for i in range(count)], "list")
        n = length(x, axis)
        each, more = n.op("floor_divide", count), n.op("remainder", count)
        starts = [0] + [i * each + call(self.builder, "minimum", i, more, form="min") for i in range(1, count)]
        return self.tuple_of_syms(slices(x, axis, [None, *starts[1:]], [*starts[1:], None]), "list")

    def lower_broadcast_arrays(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.broadcast_arrays", "*args subok=False", args, kwargs, node)["args"]
        parts = [self.sym(value, node) for value in found]
        total = parts[0]
        for part in parts[1:]:
            total = call(self.builder, "add", total.op("zeros_like"), part.op("zeros_like"))
        shape = total.op("shape")
        return self.tuple_of_syms([part.op("broadcast_to", shape=shape) for part in parts])

    def lower_meshgrid(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.meshgrid", "*xi copy=True sparse? indexing?", args, kwargs, node)
        parts = [self.sym(value, node) for value in found["xi"]]
        parts = [part.op("ravel") if part.ndim != 1 else part for part in parts]
        sparse = self.static_of(found.get("sparse", Const(False)), "sparse", node)
        swapped = self.static_of(found.get("indexing", Const("xy")), "indexing", node) == "xy" and len(parts) > 1
        rank = len(parts)
        order = [1, 0, *range(2, rank)] if swapped else list(range(rank))
        placed = [on_axis(part, order[i], rank) for i, part in enumerate(parts)]
        placed = [p.op("expand_dims", axis=tuple(range(rank - p.ndim))) if p.ndim < rank else p for p in placed]
        if sparse:
            return self.tuple_of_syms([part.op("copy") for part in placed])
        sizes = [length(parts[order.index(axis)]) for axis in range(rank)]
        return self.tuple_of_syms([part.op("broadcast_to", shape=tuple(sizes)).op("copy") for part in placed])

    def lower_ix(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        parts = []
        for i, value in enumerate(bound("np.ix_", "*args", args, kwargs, node)["args"]):
            part = self.sym(value, node)
            part = part.op("flatnonzero") if array_of(part.type).dtype == "bool" else part
            parts.append(on_axis(part, i, len(args)))
            missing = len(args) - parts[-1].ndim
            if missing:
                parts[-1] = parts[-1].op("expand_dims", axis=tuple(range(missing)))
        return self.tuple_of_syms(parts)

    # --- choices --------------------------------------------------------------------------------------------------
    def lower_select(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The first condition that holds decides."""
        found = bound("np.select", "condlist choicelist default?", args, kwargs, node)
        conditions = [self.sym(v, node) for v in self.items_of(found["condlist"], "np.select", node)]
        choices = [self.sym(v, node) for v in self.items_of(found["choicelist"], "np.select", node)]
        made: Any = self.sym(found.get("default", number(0)), node)
        for condition, choice in reversed(list(zip(conditions, choices, strict=True))):
            made = where(condition, choice, made)
        return made.expr

    def lower_choose(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.choose", "a choices out=None mode=raise", args, kwargs, node)
        a = self.sym(found["a"], node)
        choices = [self.sym(v, node) for v in self.items_of(found["choices"], "np.choose", node)]
        made = choices[-1]
        for i in range(len(choices) - 2, -1, -1):
            made = where(a.equals(i), choices[i], made)
        return made.expr

    def lower_piecewise(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Each function is called with the elements that its condition picks; the last one may have none left."""
        found = bound("np.piecewise", "x condlist funclist", args, kwargs, node)
        x = self.sym(found["x"], node)
        conditions = [self.sym(v, node) for v in self.items_of(found["condlist"], "np.piecewise", node)]
        functions = self.items_of(found["funclist"], "np.piecewise", node)
        if len(functions) == len(conditions) + 1:
            rest = conditions[0]
            for condition in conditions[1:]:
                rest = rest.op("logical_or", condition)
            conditions.append(rest.op("logical_not"))
        if len(functions) != len(conditions):
            raise Unsupported("np.piecewise needs a function for each condition, and perhaps one more", node)
        y = self.builder.op("zeros_like", x.expr, form="np.zeros_like")
        for condition, function in zip(conditions, functions, strict=True):
            value = function
            if not isinstance(function, Expr) or isinstance(function, Const):
                plain = isinstance(function, Const) and isinstance(function.value, int | float)
                value = function if plain else self.call_function(function, [x[condition].expr], {}, node)
            self.store_array(y, condition.expr, value, "set", node)
        return y

    # --- written arrays -------------------------------------------------------------------------------------------
    def lower_fill_diagonal(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.fill_diagonal", "a val wrap=False", args, kwargs, node)
        a = self.sym(found["a"], node)
        sizes = [length(a, i) for i in range(a.ndim)]
        n = call(self.builder, "minimum", *sizes, form="min") if a.ndim == 2 else sizes[0]
        i = call(self.builder, "arange", n)
        self.store_array(found["a"], self.materialize(self.tuple_of_syms([i] * a.ndim)), found["val"], "set", node)
        return Const(None)

    def lower_copyto(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.copyto", "dst src casting=same_kind where?", args, kwargs, node)
        mask = given(found, "where")
        if mask is None or (isinstance(mask, Const) and mask.value is True):
            self.store_array(found["dst"], None, found["src"], "set", node)
            return Const(None)
        self.masked_store(found["dst"], self.sym(mask, node), self.sym(found["src"], node), node)
        return Const(None)

    def masked_store(self: Any, target: Value, mask: Sym, source: Sym, node: Any) -> None:
        """`target[mask] = source[mask]`, where both are broadcast to the target."""
        shape = self.builder.op("shape", target)
        if not isinstance(mask.type, Array) or mask.ndim != target.type.ndim:
            mask = mask.op("broadcast_to", shape=shape)
        value = source
        if source.ndim:
            value = (source if source.ndim == mask.ndim else source.op("broadcast_to", shape=shape))[mask]
        self.store_array(target, mask.expr, value.expr, "set", node)

    def lower_require(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """np.require: an array in the order that is asked for; nothing else of what it may be asked for is a value."""
        found = bound("np.require", "a dtype? requirements? * like=None", args, kwargs, node)
        asked = given(found, "requirements")
        items = self.fields(asked).values() if isinstance(asked, Struct) else [] if asked is None else [asked]
        flags = {str(self.known(word)).upper()[:1] for word in items}
        if "O" in flags or "W" in flags:
            raise Unsupported("np.require copies where the array is not its own or not writeable", node, "use .copy()")
        order = Const("F" if "F" in flags else "C" if "C" in flags else None)
        more = {key: found[key] for key in ("dtype",) if key in found}
        return self.op_asarray("np.asarray", [found["a"]], {**more, "order": order}, node)

    def lower_putmask(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.putmask", "a mask values", args, kwargs, node)
        source, mask = self.sym(found["values"], node), self.sym(found["mask"], node)
        if not source.ndim or array_of(source.type).shape == found["a"].type.shape:
            self.masked_store(found["a"], mask, source, node)
            return Const(None)
        values = source.op("ravel") if source.ndim > 1 else source  # of which there may be fewer: they are repeated
        chosen = values[mask.op("flatnonzero").op("remainder", length(values))]
        self.store_array(found["a"], mask.expr, chosen.expr, "set", node)
        return Const(None)

    def lower_place(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.place", "arr mask vals", args, kwargs, node)
        values = self.sym(found["vals"], node)
        mask = self.sym(found["mask"], node)
        if values.ndim:
            count = mask.op("count_nonzero")
            values = values[call(self.builder, "arange", count).op("remainder", length(values))]
        self.store_array(found["arr"], mask.expr, values.expr, "set", node)
        return Const(None)

    def lower_put(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.put", "a ind v mode=raise", args, kwargs, node)
        target = found["a"]
        index = self.sym(found["ind"], node).expr
        if target.type.ndim > 1:  # the places count in the flat array
            places = self.call_opaque(np.unravel_index, [index, self.builder.op("shape", target)], {}, node)
            index = self.as_index(self.materialize(places))
        self.store_array(target, index, found["v"], "set", node)
        return Const(None)

    def lower_put_along_axis(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.put_along_axis", "arr indices values axis", args, kwargs, node)
        index, rank = self.sym(found["indices"], node), found["arr"].type.ndim
        axis = positive(self.static_of(found["axis"], "the axis", node), rank)
        counts = [call(self.builder, "arange", length(index, i)) for i in range(rank)]
        places = [index if i == axis else on_axis_of(counts[i], i, rank) for i in range(rank)]
        whole = self.materialize(self.tuple_of_syms(places))
        self.store_array(found["arr"], whole, found["values"], "set", node)
        return Const(None)

    # --- numbers --------------------------------------------------------------------------------------------------
    def lower_math_log(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.logarithm("math.log", args, kwargs, node)

    def lower_cmath_log(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.logarithm("cmath.log", args, kwargs, node)

    def logarithm(self: Any, form: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound(form, "x base?", args, kwargs, node)
        x, base = ([self.as_expr(found["x"], node)], given(found, "base"))
        top = self.builder.op("log", *x, form=form)
        if base is None:
            return top
        return self.builder.op("divide", top, self.builder.op("log", self.as_expr(base, node), form=form))

    def lower_hypot(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        if len(args) == 2:
            return self.call_op("hypot", "math.hypot", args, kwargs, node)
        return self.root_of_squares([Sym(self.as_expr(arg, node), self.builder) for arg in args])

    def lower_dist(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("math.dist", "p q", args, kwargs, node)
        p, q = (self.items_of(found[name], "math.dist", node) for name in "pq")
        pairs = zip(p, q, strict=True)
        return self.root_of_squares([Sym(self.operate("subtract", a, b, node), self.builder) for a, b in pairs])

    def root_of_squares(self: Any, parts: list[Sym]) -> Expr:
        total: Any = 0.0
        for part in parts:
            total = part * part + total if total != 0.0 else part * part
        return call(self.builder, "sqrt", total, form="math.sqrt").expr

    def lower_fsum(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.built_sum(args, kwargs, node)

    def lower_math_prod(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("math.prod", "iterable * start?", args, kwargs, node)
        items = self.fixed_items(found["iterable"])
        if items is None:
            value = self.builder.op("prod", self.as_array(found["iterable"]))
            return value if "start" not in found else self.operate("multiply", found["start"], value, node)
        total = found.get("start", number(1))
        for item in items:
            total = self.operate("multiply", total, item, node)
        return total

    def lower_sumprod(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("math.sumprod", "p q", args, kwargs, node)
        p, q = (self.items_of(found[name], "math.sumprod", node) for name in "pq")
        total = number(0)
        for a, b in zip(p, q, strict=True):
            total = self.operate("add", total, self.operate("multiply", a, b, node), node)
        return total

    def lower_divmod(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("divmod", "a b", args, kwargs, node)
        a, b = found["a"], found["b"]
        answered = self.answered([(a, "__divmod__", b), (b, "__rdivmod__", a)], node)
        if answered is not None:
            return answered
        names = {0: "floor_divide", 1: "remainder"}
        return self.struct("tuple", {i: self.operate(n, a, b, node) for i, n in names.items()})

    def lower_modf(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        x = self.sym(bound("modf", "x", args, kwargs, node)["x"], node)
        whole = x.op("trunc", form="np.trunc")
        return self.tuple_of_syms([x - whole, whole])

    def lower_frexp(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        x = self.sym(bound("frexp", "x", args, kwargs, node)["x"], node)
        exponent = x.op("frexp_exponent")
        return self.tuple_of_syms([x * cast_like(2.0 ** (-exponent), x.expr), exponent])

    def lower_polar(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        z = self.as_expr(bound("cmath.polar", "z", args, kwargs, node)["z"], node)
        return self.struct("tuple", {0: self.builder.op("absolute", z, form="abs"), 1: self.phase_of(z)})

    def lower_cmath_phase(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.phase_of(self.as_expr(bound("cmath.phase", "z", args, kwargs, node)["z"], node))

    def phase_of(self: Any, z: Expr) -> Expr:
        parts = [self.builder.op(name, z) for name in ("imag", "real")]
        found: Expr = self.builder.op("arctan2", *parts, form="math.atan2")
        return found

    def lower_rect(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("cmath.rect", "r phi", args, kwargs, node)
        r, phi = (Sym(self.as_expr(found[name], node), self.builder) for name in ("r", "phi"))
        parts = [r * call(self.builder, name, phi, form=f"math.{name}") for name in ("cos", "sin")]
        return self.builder.op("complex", *parts)

    # --- products -------------------------------------------------------------------------------------------------
    def lower_multi_dot(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.linalg.multi_dot", "arrays out=None", args, kwargs, node)
        parts = [self.sym(v, node) for v in self.items_of(found["arrays"], "np.linalg.multi_dot", node)]
        total = parts[0]
        for part in parts[1:]:
            total = total @ part
        return total.expr

    # --- methods of ufuncs ----------------------------------------------------------------------------------------
    def call_ufunc_method(
        self: Any, method: UfuncMethod, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> Value:
        name = method.ufunc.__name__
        spelled = f"np.{name}.{method.name}"
        if spelled == "np.add.at":
            return self.built_add_at(args, kwargs, node)
        if spelled == "np.subtract.at":
            found = bound(spelled, "a indices b", args, kwargs, node)
            value = self.builder.op("negative", self.operand(found["b"], node, "negative"))
            self.add_at(found["a"], found["indices"], value, node)
            return Const(None)
        if method.name == "reduce" and name in REDUCED:
            if len(args) == 1 and "axis" not in kwargs and self.sym(args[0], node).ndim > 1:
                kwargs = {**kwargs, "axis": number(0)}
            return self.call_op(REDUCED[name], f"np.{REDUCED[name]}", args, kwargs, node)
        if method.name == "reduceat" and name == "add":
            return self.call_op("add_reduceat", spelled, args, kwargs, node)
        if method.name == "at":
            return self.applied_at(method.ufunc, args, kwargs, node)
        if method.name == "reduce" and name in ("logaddexp", "hypot"):
            return self.call_op(f"{name}_reduce", spelled, args, kwargs, node)
        if method.name == "accumulate" and name in RUNNING:
            return self.call_op(RUNNING[name], spelled, args, kwargs, node)
        if method.name == "accumulate" and name in ACCUMULATED:
            if len(args) == 1 and "axis" not in kwargs:
                kwargs = {**kwargs, "axis": number(0)}
            return self.call_op(ACCUMULATED[name], f"np.{ACCUMULATED[name]}", args, kwargs, node)
        if method.name in FOLDS:
            return self.folded(method, args, kwargs, node)
        known = TABLE.lookup(method.ufunc)
        if method.name == "outer" and known is not None and len(args) == 2 and not kwargs:
            a, b = (self.sym(arg, node) for arg in args)
            weak = [isinstance(part.type, Scalar) and part.type.dtype is None for part in (a, b)]
            if any(weak) and not all(weak):  # NumPy makes an array of the number, whose dtype counts
                a, b = (
                    part.op("asarray", form="np.asarray") if alone else part
                    for part, alone in zip((a, b), weak, strict=True)
                )
            if b.ndim:
                a = a.op("expand_dims", axis=tuple(range(a.ndim, a.ndim + b.ndim))) if a.ndim else a
            return self.builder.op(known[0], a.expr, b.expr, form=f"np.{name}")
        raise Unsupported(f"{spelled} is not accepted yet", node)

    def applied_at(self: Any, ufunc: np.ufunc, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`f.at(a, indices, b)`, one place after the other."""
        found = bound(f"np.{ufunc.__name__}.at", "a indices b?", args, kwargs, node)
        places = self.sym(found["indices"], node)
        if places.ndim != 1 or numeric_kind(places.type) != "int":
            raise Unsupported(f"np.{ufunc.__name__}.at is accepted with a vector of ints", node, "write the loop")
        function = Const(ufunc, Static(ufunc))
        if "b" not in found:
            return self.call_user(prelude.applied_to_each, [function, found["a"], places.expr], {}, node)
        b = self.sym(found["b"], node).expr
        return self.call_user(prelude.applied_at, [function, found["a"], places.expr, b], {}, node)

    def folded(self: Any, method: UfuncMethod, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Methods that go on along an axis, of ufuncs without a rule of their own for it: as a loop."""
        spelled, keeps = f"np.{method.ufunc.__name__}.{method.name}", method.name == "reduce"
        signature = "array indices axis?" if method.name == "reduceat" else "array axis?"
        found = bound(
            spelled,
            f"{signature} dtype=None out? keepdims?" if keeps else f"{signature} dtype=None out?",
            args,
            kwargs,
            node,
        )
        x = self.sym(found["array"], node)
        axis = positive(self.static_of(found.get("axis", number(0)), "axis", node), x.ndim)
        rows = x.op("moveaxis", source=axis, destination=0) if axis else x
        more = [self.sym(found["indices"], node).expr] if "indices" in found else []
        given_ = [Const(method.ufunc, Static(method.ufunc)), rows.expr, *more]
        made = self.sym(self.call_user(FOLDS[method.name], given_, {}, node), node)
        if not keeps and axis:
            made = made.op("moveaxis", source=0, destination=axis)
        if keeps and self.static_of(found.get("keepdims", Const(False)), "keepdims", node):
            made = made.op("expand_dims", axis=axis)
        return self.deliver(made.expr, found.get("out"), node)

    # --- sets of elements, sequences of arrays ----------------------------------------------------------------------
    def lower_unique(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Of floats the elements at the places where NumPy found each first."""
        signature = "ar return_index? return_inverse? return_counts? axis? * equal_nan=True sorted=True"
        found = bound("np.unique", signature, args, kwargs, node)
        x = self.sym(found["ar"], node)
        wanted = [key for key in RETURNED if key in found and self.static_of(found[key], key, node)]
        if numeric_kind(x.type) not in ("float", "complex") or (not wanted and given(found, "axis") is None):
            return (
                self.call_op("unique", "np.unique", args, kwargs, node)
                if not wanted
                else self.call_opaque(np.unique, args, kwargs, node)
            )
        if given(found, "axis") is not None:
            raise Unsupported("np.unique of floats is accepted without an axis", node)
        asked = {key: Const(True) for key in RETURNED if key == "return_index" or key in wanted}
        made = self.call_library(np.unique, "numpy.unique", [x.op("stop_gradient").expr], asked, node)
        parts = dict(zip(asked, list(self.fields(made).values())[1:], strict=True))
        flat = x.op("ravel") if x.ndim != 1 else x
        values = flat[Sym(parts["return_index"], self.builder)]
        return self.struct("tuple", dict(enumerate([values.expr, *(parts[key] for key in wanted)])))

    def lower_diagflat(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.diagflat", "v k?", args, kwargs, node)
        v = self.sym(found["v"], node)
        flat = v.op("ravel") if v.ndim > 1 else v if v.ndim else v.op("atleast_1d")
        return self.op_diag("np.diag", [flat.expr], {"k": found["k"]} if "k" in found else {}, node)

    def lower_unstack(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.unstack", "x * axis?", args, kwargs, node)
        x = self.sym(found["x"], node)
        axis = positive(self.static_of(found.get("axis", number(0)), "axis", node), x.ndim)
        return self.builder.op("to_list", (x.op("moveaxis", source=axis, destination=0) if axis else x).expr)

    def lower_broadcast_shapes(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        shapes = [self.as_expr(value, node) for value in args]
        return self.builder.op("broadcast_shapes", *shapes, form="np.broadcast_shapes")

    def lower_result_type(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """The dtype that arrays and dtypes have together: known, as their own are."""
        found: list[Any] = []
        for value in bound("np.result_type", "*arrays_and_dtypes", args, kwargs, node)["arrays_and_dtypes"]:
            known = self.known(value)
            type_ = value.type if isinstance(value, Expr) else None
            if isinstance(type_, Scalar) and type_.dtype is None:
                found.append({"int": 0, "float": 0.0, "complex": 0j, "bool": False}[type_.kind])
            else:
                found.append(np.dtype(dtype_of(type_) if known is UNKNOWN and type_ is not None else known))
        made = np.result_type(*found)
        return Const(made, Static(made), "")

    def lower_iscomplexobj(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Known: the dtype is."""
        value = self.operand(bound("np.iscomplexobj", "x", args, kwargs, node)["x"], node, "")
        if not isinstance(value.type, Scalar | Array):
            return self.call_opaque(np.iscomplexobj, args, kwargs, node)
        return number(numeric_kind(value.type) == "complex")

    def lower_isrealobj(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        found = bound("np.isrealobj", "x", args, kwargs, node)
        return self.builder.op("not", self.as_expr(self.lower_iscomplexobj([found["x"]], {}, node), node))

    def lower_finfo(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.limits_of(np.finfo, args, kwargs, node)

    def lower_iinfo(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        return self.limits_of(np.iinfo, args, kwargs, node)

    def limits_of(self: Any, kind: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """What a dtype can hold, of a dtype or of something that has one."""
        value = bound(f"np.{kind.__name__}", "dtype", args, kwargs, node)["dtype"]
        known = self.known(value)
        dtype = (dtype_of(value.type) or "float64") if known is UNKNOWN and isinstance(value, Expr) else known
        made = kind(dtype)
        return Const(made, Static(made), "")

    def lower_real_if_close(self: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Whether complex numbers become real depends on them; real ones stay."""
        x = self.sym(bound("np.real_if_close", "a tol?", args, kwargs, node)["a"], node)
        if numeric_kind(x.type) == "complex":
            raise Unsupported(
                "np.real_if_close gives real or complex numbers, as they happen to be", node, "take .real"
            )
        return x.expr


RETURNED = ("return_index", "return_inverse", "return_counts")
FOLDS = {"reduce": prelude.reduced, "accumulate": prelude.accumulated, "reduceat": prelude.reduced_at}


def renamed(kwargs: dict[str, Value]) -> dict[str, Value]:
    """Return arguments with the long name of NumPy's for the sections of a split shortened."""
    return {"sections" if key == "indices_or_sections" else key: value for key, value in kwargs.items()}


def slices(x: Sym, axis: int, starts: list[Any], stops: list[Any]) -> list[Sym]:
    """Return the slices of an axis between places."""
    return [along(x, axis, slice(start, stop)) for start, stop in zip(starts, stops, strict=True)]


def on_axis_of(x: Sym, axis: int, rank: int) -> Sym:
    """Return a vector as an array of that rank, in all axes."""
    placed = on_axis(x, axis, rank)
    missing = rank - placed.ndim
    return placed.op("expand_dims", axis=tuple(range(missing))) if missing else placed


def _lowered() -> dict[int, tuple[Any, str]]:
    """Return the functions that have a method here, by identity."""
    found: list[tuple[Callable[..., Any] | None, str]] = [
        *((getattr(np, name, None), f"lower_{name}") for name in NUMPY),
        (np.ix_, "lower_ix"),
        (np.block, "lower_np_block"),
        (math.log, "lower_math_log"),
        (cmath.log, "lower_cmath_log"),
        (math.hypot, "lower_hypot"),
        (math.dist, "lower_dist"),
        (math.fsum, "lower_fsum"),
        (math.prod, "lower_math_prod"),
        (getattr(math, "sumprod", None), "lower_sumprod"),
        (divmod, "lower_divmod"),
        (np.divmod, "lower_divmod"),
        (math.modf, "lower_modf"),
        (math.frexp, "lower_frexp"),
        (cmath.polar, "lower_polar"),
        (cmath.phase, "lower_cmath_phase"),
        (cmath.rect, "lower_rect"),
        (np.linalg.multi_dot, "lower_multi_dot"),
    ]
    return {id(function): (function, name) for function, name in found if function is not None}


NUMPY = [
    "column_stack",
    "dstack",
    "gradient",
    "split",
    "array_split",
    "vsplit",
    "hsplit",
    "dsplit",
    "broadcast_arrays",
    "meshgrid",
    "select",
    "choose",
    "piecewise",
    "fill_diagonal",
    "copyto",
    "require",
    "putmask",
    "place",
    "put",
    "put_along_axis",
    "modf",
    "frexp",
    "unique",
    "unstack",
    "diagflat",
    "real_if_close",
    "broadcast_shapes",
    "result_type",
    "iscomplexobj",
    "isrealobj",
    "finfo",
    "iinfo",
]
LOWERED = _lowered()


def lowered(object_: Any) -> str | None:
    """Return the method that lowers a library function, if it has one."""
    found = LOWERED.get(id(object_))
    return found[1] if found is not None and found[0] is object_ else lowered_of_scipy(object_)
