"""Expressions as Python text, with the parentheses that precedence asks for and no others."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import sys
import types
from typing import Any

import numpy as np

from s2sad.backends.dialect import FUNCTIONS, LIBRARIES, MADE, METHODS, OPERATORS, UNARY, USUAL
from s2sad.errors import Problem, UnsupportedError
from s2sad.ir.nodes import Call, Const, Expr, Op, Var
from s2sad.ir.types import Array, ListOf, Scalar, Structure, Type, differentiable, numeric_kind
from s2sad.rules.core import TABLE, scipy_module
from s2sad.rules.infer import is_path

ATOM = 20
UNUSUAL = object()
CALL = 16


def is_none(expr: Expr) -> bool:
    """Return whether an expression is None."""
    return isinstance(expr, Const) and expr.value is None


def made_by_fields(cls: Any) -> bool:
    """Return whether `cls(name=value, ...)` gives an object with just these attributes."""
    if cls is types.SimpleNamespace:
        return True
    generated = dataclasses.is_dataclass(cls) and "__init__" in vars(cls) and not hasattr(cls, "__post_init__")
    return generated and all(f.init for f in dataclasses.fields(cls)) and dataclasses_init(cls)


def dataclasses_init(cls: Any) -> bool:
    """Return whether the `__init__` of a dataclass is the generated one, which takes the fields and no more."""
    names = list(inspect.signature(cls).parameters)
    return cls.__init__.__code__.co_filename == "<string>" and names == [f.name for f in dataclasses.fields(cls)]


SIGNS = {"add": "subtract", "subtract": "add"}


def without_sign(expr: Expr) -> Expr | None:
    """Return x of `-x`, and of a product or quotient that begins with it; None of anything else."""
    if isinstance(expr, Const) and isinstance(expr.value, int | float) and expr.value < 0:
        return Const(-expr.value, expr.type)
    if not isinstance(expr, Op) or expr.form.startswith(LIBRARIES):
        return None
    if expr.name == "negative":
        return expr.args[0]
    if expr.name not in ("multiply", "divide") or len(expr.args) != 2:
        return None
    first = without_sign(expr.args[0])
    return None if first is None else Op(expr.name, (first, expr.args[1]), expr.type, expr.attrs, expr.form)


def opposite(test: Expr) -> Op | None:
    """Return the comparison that holds where one of two numbers for equality does not; None of other tests."""
    if not isinstance(test, Op) or test.name not in ("equal", "not_equal") or test.form:
        return None
    if not all(isinstance(arg.type, Scalar) for arg in test.args):
        return None
    return Op("not_equal" if test.name == "equal" else "equal", test.args, test.type)


class Printer:
    """Prints expressions of one function."""

    def __init__(self, names: dict[Var, str], helpers: set[str], imports: set[str]) -> None:
        self.names = names
        self.helpers = helpers
        self.imports = imports
        self.layouts = False  # whether reshapes of shadows must copy where those of the primal do

    def text(self, expr: Expr, level: int = 0) -> str:
        """Return the text of an expression, parenthesised if it binds weaker than `level`."""
        made, own = self.show(expr)
        return f"({made})" if own < level else made

    def show(self, expr: Expr) -> tuple[str, int]:
        if isinstance(expr, Var):
            return self.names[expr], ATOM
        if isinstance(expr, Const):
            return self.constant(expr)
        if isinstance(expr, Call):
            return f"{expr.function.name}({self.arguments(expr.args)})", CALL
        assert isinstance(expr, Op)
        special = getattr(self, "show_" + expr.name.replace(".", "_"), None)
        if special is not None:
            return special(expr)
        if expr.name in MADE:
            return self.made(expr)
        if expr.name == "divide" and expr.form == "np.float64":
            return f"np.float64({self.text(expr.args[0])}) / {self.text(expr.args[1], 13)}", 12
        if expr.form.startswith(LIBRARIES) or expr.form in ("max", "min", "abs", "round"):
            return self.call(expr.form, expr)
        if expr.name in OPERATORS and len(expr.args) == 2:
            return self.binary(expr)
        if expr.name == "not" and (other := opposite(expr.args[0])) is not None:
            return self.binary(other)
        inner = without_sign(expr.args[0]) if expr.name == "negative" else None
        if inner is not None and isinstance(inner.type, Scalar):  # of an array it would not be a new one
            return self.show(inner)
        if expr.name in UNARY:
            sign, level = UNARY[expr.name]
            return f"{sign}{self.text(expr.args[0], level)}", level
        return self.function(expr)

    def made(self, expr: Op) -> tuple[str, int]:
        """Print what is done with an object of SciPy, options only where they are not the usual ones."""
        module = expr.name.partition(".")[0]
        self.imports.add(f"scipy:{module}")
        usual = dict(USUAL)
        shape = MADE[expr.name]
        parts = [self.text(arg) for arg in expr.args]
        coefficients = expr.args[0]
        made = coefficients if isinstance(coefficients, Op) and coefficients.name in MADE else None
        if expr.name == "interpolate.ppoly" and made is not None and made.args[0] is expr.args[1]:  # the spline itself
            shape = shape.replace("interpolate.PPoly({0}, {1})", "{0}")
            parts[0] = parts[0].removesuffix(".c")
            usual["extrapolate"] = made.name != "interpolate.akima"
        if expr.name == "interpolate.on_grid":
            usual |= {"bounds_error": True, "method": "linear"}
        options = dict.fromkeys((*USUAL, "k", "bounds_error", "fill_value", "rows"), "")
        if expr.name == "interpolate.interp1d" and getattr(expr.args[1].type, "ndim", 0) > 1:
            options["rows"] = ", axis=0"
        for key, value in expr.attrs.items():
            told = expr.name == "interpolate.on_grid" and key == "fill_value"  # there NaN is the usual one, None is not
            nothing = isinstance(value, Const) and (value.value != value.value if told else value.value is None)
            plain = nothing or (isinstance(value, Const) and value.value == usual.get(key, UNUSUAL))
            options[key] = "" if plain else f", {key}={self.text(value)}"
        if expr.name == "interpolate.bspline_fit" and options["k"] in (", k=0", ", k=1"):
            shape += ".copy()"  # they are the values themselves
        return shape.format(*parts, **options), CALL

    def show_norm_squared(self, expr: Op) -> tuple[str, int]:
        if expr.form:
            return f"{expr.form}({self.text(expr.args[0])})", CALL
        return self.binary(Op("power", (expr.args[0], expr.attrs["exponent"]), expr.type))

    show_std_squared = show_absolute_squared = show_norm_squared

    def show_polygamma_of(self, expr: Op) -> tuple[str, int]:
        self.imports.add("math")
        self.helpers.add("_polygamma")
        return f"_polygamma({', '.join(map(self.text, expr.args))})", CALL

    def show_special_psi_rise(self, expr: Op) -> tuple[str, int]:
        return self.special_helper(expr)

    def show_special_ellipkinc_by_m(self, expr: Op) -> tuple[str, int]:
        return self.special_helper(expr, "_ellipinc_by_m")

    def show_special_ellipeinc_by_m(self, expr: Op) -> tuple[str, int]:
        return self.special_helper(expr, "_ellipinc_by_m")

    def show_special_gammainc_by_shape(self, expr: Op) -> tuple[str, int]:
        return self.special_helper(expr, "_half_line")

    def show_special_stdtr_by_df(self, expr: Op) -> tuple[str, int]:
        return self.special_helper(expr, "_half_line")

    def show_special_betainc_by_first(self, expr: Op) -> tuple[str, int]:
        return self.special_helper(expr, "_betainc_by_shape", "_half_line")

    def show_special_betainc_by_second(self, expr: Op) -> tuple[str, int]:
        return self.special_helper(expr, "_betainc_by_shape", "_half_line")

    def special_helper(self, expr: Op, *more: str) -> tuple[str, int]:
        """Print a call of a helper that is written with scipy.special, and other helpers."""
        name = FUNCTIONS[expr.name]
        self.imports.add("scipy:special")
        self.helpers |= {name, *more}
        return f"{name}({', '.join(map(self.text, expr.args))})", CALL

    def show_sparse_dot(self, expr: Op) -> tuple[str, int]:
        self.imports.add("scipy:sparse")
        data, row, col = (self.text(arg) for arg in expr.args[:3])
        shape = f"({self.text(expr.attrs['m'])}, {self.text(expr.attrs['n'])})"
        matrix = f"sparse.coo_array(({data}, ({row}, {col})), shape={shape})"
        return self.matrix_times(matrix, expr.args[3])

    def show_sparse_compressed_dot(self, expr: Op) -> tuple[str, int]:
        self.imports.add("scipy:sparse")
        by = expr.attrs["by"]
        assert isinstance(by, Const)
        parts = ", ".join(map(self.text, expr.args[:3]))
        shape = f"({self.text(expr.attrs['m'])}, {self.text(expr.attrs['n'])})"
        return self.matrix_times(f"sparse.{by.value}_array(({parts}), shape={shape})", expr.args[3])

    def matrix_times(self, matrix: str, x: Expr) -> tuple[str, int]:
        level = OPERATORS["matmul"][1]
        return f"{matrix} @ {self.text(x, level + 1)}", level

    def binary(self, expr: Op) -> tuple[str, int]:
        """Print chains of one operator without recursion: sums of a thousand terms are common."""
        sign, level = OPERATORS[expr.name]
        if expr.name == "power":
            return f"{self.text(expr.args[0], level + 1)}**{self.text(expr.args[1], 13)}", level
        parts: list[str] = []
        current: Expr = expr
        while (
            isinstance(current, Op)
            and len(current.args) == 2
            and OPERATORS.get(current.name, ("", 0))[1] == level
            and not current.form.startswith(LIBRARIES)
            and level not in (6,)
        ):
            right = current.args[1]
            how = current.name
            while how in SIGNS and (other := without_sign(right)) is not None:
                right, how = other, SIGNS[how]  # `x + -y` is `x - y`, to the last bit
            shown = OPERATORS[how][0]
            parts.append(f" {shown} {self.text(right, level + 1)}")
            current = current.args[0]
        if not parts:
            parts.append(f" {sign} {self.text(expr.args[1], level + 1)}")
            current = expr.args[0]
        return self.text(current, level if level != 6 else 7) + "".join(reversed(parts)), level

    def function(self, expr: Op) -> tuple[str, int]:
        """Print a call: a method on a name, a function otherwise."""
        if (expr.form.startswith(".") and expr.form != ".T") or (
            expr.name in METHODS and is_place(expr.args[0], expr.name) and isinstance(expr.args[0].type, Array | ListOf)
        ):
            rest = [self.text(arg) for arg in expr.args[1:]] + self.keywords(expr)
            return f"{self.text(expr.args[0], CALL)}.{expr.name}({', '.join(rest)})", CALL
        rule = TABLE.rules.get(expr.name)
        name = FUNCTIONS.get(expr.name) or (rule.spelling if rule is not None else "") or f"np.{expr.name}"
        if ":" in name:  # a function of the user's that has a rule
            return self.call(self.imported(name), expr)
        if name.startswith("_"):
            self.helpers.add(name)
        return self.call(name, expr)

    def call(self, name: str, expr: Op) -> tuple[str, int]:
        module = name.rpartition(".")[0]
        if module in ("math", "cmath"):
            self.imports.add(module)
        if name.startswith("scipy."):
            module = scipy_module(name)
            package, _, last = module.rpartition(".")
            self.imports.add(f"{package}:{last}")
            name = last + name.removeprefix(module)
        text = f"{name}({', '.join([*self.operands(expr), *self.keywords(expr)])})"
        rule = TABLE.rules.get(expr.name)
        if rule is not None and rule.checked is not None and rule.checked(expr) and isinstance(expr.type, Array):
            self.helpers.add("_expect_array")
            text = f"_expect_array({text}, {expr.type.dtype!r}, {expr.type.ndim})"
        if rule is not None and rule.widened and numeric_kind(expr.args[0].type) != "complex":
            assert isinstance(expr.type, Array)
            text += ".astype(complex)" if expr.type.dtype == "complex128" else f".astype(np.{expr.type.dtype})"
        return text, CALL

    def operands(self, expr: Op) -> list[str]:
        """Return the operands of a call: by position, the optional ones by name where they are given."""
        rule = TABLE.rules.get(expr.name)
        names = rule.operands if rule is not None else ()
        if rule is None or len(names) == rule.required:
            return [self.text(arg) for arg in expr.args]
        optional = zip(names[rule.required :], expr.args[rule.required :], strict=True)
        named = [f"{key}={self.text(arg)}" for key, arg in optional if not is_none(arg)]
        return [*(self.text(arg) for arg in expr.args[: rule.required]), *named]

    def keywords(self, expr: Op) -> list[str]:
        found = []
        for key, value in expr.attrs.items():
            if key == "dtype":
                found.append(f"dtype={self.dtype(value)}")
            else:
                found.append(f"{key}={self.text(value)}")
        return found

    def dtype(self, value: Expr) -> str:
        """Return the text of a dtype argument."""
        assert isinstance(value, Const)
        if value.value is None:
            return "None"
        name = str(np.dtype(value.value))
        return {"float64": "float", "int64": "int", "bool": "bool", "complex128": "complex"}.get(name, f"np.{name}")

    def arguments(self, args: tuple[Expr, ...]) -> str:
        return ", ".join(self.text(arg) for arg in args)

    def constant(self, expr: Const) -> tuple[str, int]:
        value = expr.value
        if expr.text:
            if expr.text.startswith("math."):
                self.imports.add("math")
            return expr.text, ATOM
        if value is Ellipsis:
            return "...", ATOM
        if isinstance(value, float):
            return self.number(value)
        if isinstance(value, complex):  # -1j is an operation, not a number
            return repr(value), ATOM if value.real == 0 and repr(value)[0] != "-" else CALL
        if isinstance(value, int) and not isinstance(value, bool):
            return repr(value), ATOM if value >= 0 else 13
        if isinstance(value, np.dtype):
            return f"np.{value}", ATOM
        if isinstance(value, type) and hasattr(np, value.__name__) and issubclass(value, np.generic):
            return f"np.{value.__name__}", ATOM
        if isinstance(value, enum.Enum):
            return f"{self.class_name(type(value))}.{value.name}", CALL
        if isinstance(value, type):
            return value.__name__ if value.__module__ == "builtins" else self.class_name(value), ATOM
        if callable(value):
            return self.function_name(value), ATOM
        if value is sys.stderr or value is sys.stdout:
            self.imports.add("sys")
            return "sys.stderr" if value is sys.stderr else "sys.stdout", ATOM
        return repr(value), ATOM

    def function_name(self, value: Any) -> str:
        """Return the name of a function that is handed on, which generated code must be able to import."""
        module, path = getattr(value, "__module__", None) or "", getattr(value, "__qualname__", "<lambda>")
        if "<" in path or not module:
            raise UnsupportedError([Problem(f"the function {path!r} is handed to what is not differentiated", None)])
        if module == "builtins":
            return path
        return self.imported(f"{module}/{path}" if isinstance(value, types.BuiltinFunctionType) else f"{module}:{path}")

    def number(self, value: float) -> tuple[str, int]:
        if value != value:
            return "np.nan", ATOM
        if value in (float("inf"), float("-inf")):
            return ("np.inf", ATOM) if value > 0 else ("-np.inf", 13)
        return repr(value), ATOM if value >= 0 else 13

    # --- containers and items ---------------------------------------------------------------------------------
    def show_zeros_like(self, expr: Op) -> tuple[str, int]:
        """Print the user's `np.zeros_like`; ours by the shape, which NumPy does in a third of the time.

        Where a reshape of the array may be a view, its shadow needs the layout as well: of other layout, its reshape
        would be a copy.
        """
        like = expr.args[0]
        if not isinstance(like.type, Array) or (self.layouts and like.type.ndim > 1):
            return self.call(expr.form or "np.zeros_like", expr)
        if expr.form or expr.attrs or like.type.dtype != "float64":
            return self.call(expr.form or "np.zeros_like", expr)
        return f"np.zeros({self.text(like, CALL)}.shape)", CALL

    def show_copy(self, expr: Op) -> tuple[str, int]:
        """Print the user's copy; ours keeps the layout where that matters."""
        if expr.form.startswith("np."):
            return self.call(expr.form, expr)
        like = expr.args[0]
        if self.layouts and not expr.form and isinstance(like.type, Array) and like.type.ndim > 1:
            return f"{self.text(like, CALL)}.copy(order='K')", CALL
        if isinstance(like.type, ListOf):
            whole = like.type.kind == "tuple"
            return f"list({self.text(like)})" if whole else f"{self.text(like, CALL)}.copy()", CALL
        return self.function(expr)

    def show_outer(self, expr: Op) -> tuple[str, int]:
        """Print the user's `np.outer`; ours as the product it is, which NumPy computes without a detour."""
        if expr.form:
            return self.call(expr.form, expr)
        left, right = expr.args
        return f"{self.text(left, CALL)}[:, None] * {self.text(right, 12)}", OPERATORS["multiply"][1]

    def show_getitem(self, expr: Op) -> tuple[str, int]:
        return f"{self.text(expr.args[0], CALL)}[{self.index(expr.args[1])}]", CALL

    def show_newest(self, expr: Op) -> tuple[str, int]:
        return f"len({self.text(expr.args[0])}) - 1", OPERATORS["subtract"][1]

    def show_place(self, expr: Op) -> tuple[str, int]:
        return self.show(expr.args[0])

    def list_changed(self, base: Expr, expr: Op) -> str:
        """Return the list that is changed: one that is named, or an item of it."""
        text = self.text(base, CALL)
        return f"{text}[{self.text(expr.attrs['of'])}]" if "of" in expr.attrs else text

    def index(self, index: Expr) -> str:
        """Return the text between brackets."""
        if is_path(index):
            return "][".join(map(self.text, index.args))  # type: ignore[attr-defined]
        if isinstance(index, Op) and index.name == "tuple":
            items = [self.index_item(item) for item in index.args]
            if not items:
                return "()"
            return ", ".join(items) + ("," if len(items) == 1 else "")
        return self.index_item(index)

    def show_slice(self, expr: Op) -> tuple[str, int]:
        """Print a slice that is no index."""
        return f"slice({', '.join(map(self.text, expr.args))})", CALL

    def index_item(self, item: Expr) -> str:
        if isinstance(item, Op) and item.name == "slice":
            lower, upper, step = ("" if isinstance(p, Const) and p.value is None else self.text(p) for p in item.args)
            return f"{lower}:{upper}" + (f":{step}" if step else "")
        return self.text(item)

    def show_winners(self, expr: Op) -> tuple[str, int]:
        self.helpers.add("_winners")
        base, index = expr.args
        return f"_winners({self.text(base)}, {self.index_value(index)})", CALL

    def index_value(self, index: Expr) -> str:
        """Return an index as a value: `(i, j)`, or `np.s_[i, 1:]` if there is a slice in it."""
        parts = index.args if isinstance(index, Op) and index.name == "tuple" else (index,)
        if any(isinstance(part, Op) and part.name == "slice" for part in parts):
            return f"np.s_[{self.index(index)}]"
        return f"({self.index(index)})" if len(parts) > 1 else self.index(parts[0])

    def show_field(self, expr: Op) -> tuple[str, int]:
        key = expr.attrs["key"].value  # type: ignore[attr-defined]
        base = self.text(expr.args[0], CALL)
        return (f"{base}.{key}" if expr.form == "object" else f"{base}[{key!r}]"), CALL

    def show_build(self, expr: Op) -> tuple[str, int]:
        keys = expr.attrs["keys"].value  # type: ignore[attr-defined]
        return self.structure(expr, keys)

    def structure(self, expr: Op, keys: tuple[Any, ...]) -> tuple[str, int]:
        parts = [self.text(arg) for arg in expr.args]
        kind = expr.form
        cls = expr.type.cls if isinstance(expr.type, Structure) else None
        if kind == "list":
            return f"[{', '.join(parts)}]", ATOM
        if kind == "dict":
            return "{" + ", ".join(f"{k!r}: {p}" for k, p in zip(keys, parts, strict=True)) + "}", ATOM
        if cls is slice:
            return f"slice({', '.join(parts)})", CALL
        if kind in ("object", "tuple") and cls is not None:
            names = keys if kind == "object" else cls._fields  # type: ignore[attr-defined]
            fields = ", ".join(f"{k}={p}" for k, p in zip(names, parts, strict=True))
            if kind == "tuple" or made_by_fields(cls):
                return f"{self.class_name(cls)}({fields})", CALL
            self.helpers.add("_object")
            return f"_object({self.class_name(cls)}, {fields})", CALL
        return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})", ATOM

    def class_name(self, cls: type) -> str:
        """Return the name of a class of the user's, which is imported."""
        if "<locals>" in cls.__qualname__:
            message = f"an object of {cls.__qualname__!r} is made in generated code, which cannot import its class"
            raise UnsupportedError([Problem(message, None, "define the class at the top level of its module")])
        self.imports.add(f"{cls.__module__}:{cls.__qualname__.partition('.')[0]}")
        return cls.__qualname__

    def show_tuple(self, expr: Op) -> tuple[str, int]:
        parts = [self.text(arg) for arg in expr.args]
        return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})", ATOM

    def show_list(self, expr: Op) -> tuple[str, int]:
        return f"[{self.arguments(expr.args)}]", ATOM

    def show_shape(self, expr: Op) -> tuple[str, int]:
        return f"{self.text(expr.args[0], CALL)}.shape", CALL

    def show_strides(self, expr: Op) -> tuple[str, int]:
        return f"{self.text(expr.args[0], CALL)}.strides", CALL

    def show_size(self, expr: Op) -> tuple[str, int]:
        return f"{self.text(expr.args[0], CALL)}.size", CALL

    def show_transpose(self, expr: Op) -> tuple[str, int]:
        base = expr.args[0]
        if not expr.attrs and (expr.form in ("", ".T") or expr.form == ".transpose"):
            return f"{self.text(base, CALL)}.T", CALL
        axes = self.text(expr.attrs["axes"]) if "axes" in expr.attrs else ""
        return (
            f"{self.text(base, CALL)}.transpose({axes})"
            if isinstance(base, Var)
            else f"np.transpose({self.text(base)}, {axes})"
        ), CALL

    def show_reshape(self, expr: Op) -> tuple[str, int]:
        shape = self.text(expr.attrs["shape"])
        order = f", order={self.text(expr.attrs['order'])}" if "order" in expr.attrs else ""
        if not isinstance(expr.args[0].type, Array):  # a number, which may be Python's
            return f"np.reshape({self.text(expr.args[0])}, {shape}{order})", CALL
        return f"{self.text(expr.args[0], CALL)}.reshape({shape}{order})", CALL

    def show_expand_dims(self, expr: Op) -> tuple[str, int]:
        """`x[:, None]` for the last axis of a vector, np.expand_dims otherwise."""
        base, axis = expr.args[0], expr.attrs["axis"]
        value = axis.value if isinstance(axis, Const) else None
        rank = base.type.ndim if isinstance(base.type, Array) else 0
        if not rank and isinstance(base.type, Scalar):
            return f"np.expand_dims({self.text(base)}, {self.text(axis)})", CALL
        if value in (rank, -1) and rank == 1:
            return f"{self.text(base, CALL)}[:, None]", CALL
        if value in (rank, -1):
            return f"{self.text(base, CALL)}[..., None]", CALL
        if value == 0:
            return f"{self.text(base, CALL)}[None]", CALL
        return f"np.expand_dims({self.text(base)}, {self.text(axis)})", CALL

    def show_broadcast_to(self, expr: Op) -> tuple[str, int]:
        return f"np.broadcast_to({self.text(expr.args[0])}, {self.text(expr.attrs['shape'])})", CALL

    def show_logabsdet(self, expr: Op) -> tuple[str, int]:
        return f"np.linalg.slogdet({self.text(expr.args[0])})[1]", CALL

    def show_frexp_exponent(self, expr: Op) -> tuple[str, int]:
        return f"np.frexp({self.text(expr.args[0])})[1]", CALL

    def show_gradient(self, expr: Op) -> tuple[str, int]:
        given = [self.text(arg) for arg in expr.args if not is_none(arg)]
        return f"np.gradient({', '.join([*given, *self.keywords(expr)])})", CALL

    def show_unwrap_turns(self, expr: Op) -> tuple[str, int]:
        p, period = (self.text(arg, 12) for arg in expr.args)
        more = "".join(f", {word}" for word in self.keywords(expr) if not word.endswith("=None"))
        return f"np.round((np.unwrap({p}, period={period}{more}) - {p}) / {period})", CALL

    def show_unique_places(self, expr: Op) -> tuple[str, int]:
        return f"np.unique({self.text(expr.args[0])}, return_index=True)[1]", CALL

    def show_solve_banded(self, expr: Op) -> tuple[str, int]:
        self.imports.add("scipy:linalg")
        band = ", ".join(self.text(expr.attrs[key]) for key in ("lower", "upper"))
        return f"linalg.solve_banded(({band}), {', '.join(map(self.text, expr.args))})", CALL

    def show_signdet(self, expr: Op) -> tuple[str, int]:
        return f"np.linalg.slogdet({self.text(expr.args[0])})[0]", CALL

    show_phasedet = show_signdet

    def show_einsum(self, expr: Op) -> tuple[str, int]:
        return f"np.einsum({self.text(expr.attrs['subscripts'])}, {self.arguments(expr.args)})", CALL

    def show_flatten(self, expr: Op) -> tuple[str, int]:
        return f"{self.text(expr.args[0], CALL)}.flatten()", CALL

    def show_astype(self, expr: Op) -> tuple[str, int]:
        """Print a cast; a number may be Python's, which has no method for it."""
        if isinstance(expr.args[0].type, Scalar):
            return f"np.{np.dtype(expr.attrs['dtype'].value)}({self.text(expr.args[0])})", CALL  # type: ignore[attr-defined]
        return f"{self.text(expr.args[0], CALL)}.astype({self.dtype(expr.attrs['dtype'])})", CALL

    def show_real(self, expr: Op) -> tuple[str, int]:
        return f"{self.text(expr.args[0], CALL)}.real", CALL

    def show_conj(self, expr: Op) -> tuple[str, int]:
        """Print the user's conjugate; ours of a number, which may be Python's, by the method both kinds have."""
        if expr.form.startswith("np."):
            return self.call(expr.form, expr)
        value = expr.args[0]
        return f"{self.text(value, CALL)}.{'conjugate' if isinstance(value.type, Scalar) else 'conj'}()", CALL

    def show_imag(self, expr: Op) -> tuple[str, int]:
        return f"{self.text(expr.args[0], CALL)}.imag", CALL

    def show_truncate(self, expr: Op) -> tuple[str, int]:
        return f"del {self.text(expr.args[0], CALL)}[{self.text(expr.args[1])}:]", 0

    def show_append(self, expr: Op) -> tuple[str, int]:
        target, item, *at = expr.args
        base = self.list_changed(target, expr)
        if at:
            return f"{base}.insert({self.text(at[0])}, {self.text(item)})", CALL
        return f"{base}.append({self.text(item)})", CALL

    def show_stop_gradient(self, expr: Op) -> tuple[str, int]:
        return self.show(expr.args[0])

    def show_at_limit(self, expr: Op) -> tuple[str, int]:
        return self.show(expr.args[0])

    def show_item(self, expr: Op) -> tuple[str, int]:
        if isinstance(expr.args[0].type, Array):
            return f"{self.text(expr.args[0], CALL)}.item()", CALL
        kind = "complex" if numeric_kind(expr.type) == "complex" else "float"
        return f"{kind}({self.text(expr.args[0])})", CALL

    def show_swapaxes(self, expr: Op) -> tuple[str, int]:
        axes = f"{self.text(expr.attrs['axis1'])}, {self.text(expr.attrs['axis2'])}"
        if isinstance(expr.args[0], Var):
            return f"{self.text(expr.args[0], CALL)}.swapaxes({axes})", CALL
        return f"np.swapaxes({self.text(expr.args[0])}, {axes})", CALL

    def show_if_else(self, expr: Op) -> tuple[str, int]:
        value, test, other = (self.text(arg, 3) for arg in expr.args)
        return f"{value} if {test} else {other}", 2

    def show_reversed(self, expr: Op) -> tuple[str, int]:
        return f"reversed({self.text(expr.args[0])})", CALL

    def show_next(self, expr: Op) -> tuple[str, int]:
        return f"next({self.text(expr.args[0])})", CALL

    def show_pop(self, expr: Op) -> tuple[str, int]:
        base, *at = expr.args
        return f"{self.list_changed(base, expr)}.pop({self.arguments(tuple(at))})", CALL

    def show_full_like_value(self, expr: Op) -> tuple[str, int]:
        return f"np.full_like({self.text(expr.args[1])}, {self.text(expr.args[0])})", CALL

    def show_zeros_list(self, expr: Op) -> tuple[str, int]:
        """A list of zero cotangents, as long as the list."""
        if isinstance(expr.type, ListOf) and expr.type.kind == "tuple":
            made = Op(expr.name, expr.args, dataclasses.replace(expr.type, kind="list"), expr.attrs)
            return f"tuple({self.text(made)})", CALL
        base = self.text(expr.args[0])
        path = expr.attrs["path"].value if "path" in expr.attrs else ()  # type: ignore[attr-defined]
        optional = expr.attrs["optional"].value if "optional" in expr.attrs else ()  # type: ignore[attr-defined]
        assert isinstance(expr.type, ListOf)
        if isinstance(expr.type.item, Scalar) and not optional:
            zero = "0j" if numeric_kind(expr.type.item) == "complex" else "0.0"
            return f"[{zero}] * len({base})", 12
        inner = expr.type.item
        if isinstance(inner, ListOf) and isinstance(inner.item, Scalar) and not (path or optional or inner.optional):
            zero = "0j" if numeric_kind(inner.item) == "complex" else "0.0"
            return f"[[{zero}] * len(row) for row in {base}]", ATOM
        if not path and holds_objects(inner):
            none = "None if item is None else " if expr.type.optional else ""
            return f"[{none}{self.zeros_of(inner, 'item')} for item in {base}]", ATOM
        zeros = "np.zeros_like" if isinstance(expr.type.item, Array) and not optional else "_zeros"
        if zeros == "_zeros":
            self.helpers.add(zeros)
        keys = keys_text(expr.attrs["item"].value, path) if path else []  # type: ignore[attr-defined]
        return f"[{tests_of_none(keys, optional)}{zeros}(item{''.join(keys)}) for item in {base}]", ATOM

    def zeros_of(self, type_: Type, text: str) -> str:
        """Return the zero cotangent of a value, leaf by leaf of a structure; None for what has no derivative."""
        if isinstance(type_, Structure):
            parts = []
            for key, item in zip(type_.keys, type_.items, strict=True):
                part = text + keys_text(type_, (key,))[0]
                none = f"None if {part} is None else " if key in type_.optional else ""
                parts.append(none + self.zeros_of(item, part))
            return structure_text(type_, parts)
        if not differentiable(type_):
            return "None"
        if isinstance(type_, Scalar):
            return "0j" if numeric_kind(type_) == "complex" else "0.0"
        if isinstance(type_, Array):
            return f"np.zeros_like({text})"
        self.helpers.add("_zeros")
        return f"_zeros({text})"

    def show_to_list(self, expr: Op) -> tuple[str, int]:
        """The rows of an array as a list, those of the rows too where the items are lists."""
        array = self.text(expr.args[0])
        type_ = expr.type.item if isinstance(expr.type, ListOf) else None
        if not isinstance(type_, ListOf):
            return f"list({array})", CALL
        text = "list(row)"
        while isinstance(type_.item, ListOf):
            type_ = type_.item
            text = f"[{text} for row in row]"
        return f"[{text} for row in {array}]", ATOM

    def show_to_tuple(self, expr: Op) -> tuple[str, int]:
        return f"tuple({self.text(expr.args[0])})", CALL

    def show_repeat_list(self, expr: Op) -> tuple[str, int]:
        item, count = expr.args
        if isinstance(item.type, Array):
            return f"[{self.text(item, CALL)}.copy() for _ in range({self.text(count)})]", ATOM
        return f"[{self.text(item)}] * {self.text(count, 13)}", 12

    def show_zip_list(self, expr: Op) -> tuple[str, int]:
        """Lists of the leaves of some items as one list of items; None where a leaf has no derivative."""
        paths = expr.attrs["paths"].value  # type: ignore[attr-defined]
        names = {path: f"part{i}" for i, path in enumerate(paths)}
        item = item_text(expr.attrs["item"].value, names)  # type: ignore[attr-defined]
        return (
            f"[{item} for {', '.join(names.values())}{',' * (len(names) == 1)} in zip({self.arguments(expr.args)})]",
            ATOM,
        )

    def show_pick_items(self, expr: Op) -> tuple[str, int]:
        """One leaf of each item of a list."""
        path = expr.attrs["path"].value  # type: ignore[attr-defined]
        keys = [f"[{key!r}]" for key in path]
        optional = expr.attrs["optional"].value if "optional" in expr.attrs else ()  # type: ignore[attr-defined]
        number = isinstance(expr.type, ListOf) and isinstance(expr.type.item, Scalar)
        nothing = "0.0" if number else "None"  # the cotangent of what is not there
        tests = tests_of_none(keys, optional, nothing)
        return f"[{tests}item{''.join(keys)} for item in {self.text(expr.args[0])}]", ATOM

    def show_histogram_weights(self, expr: Op) -> tuple[str, int]:
        """The weights come last, by name."""
        a, weights = map(self.text, expr.args)
        return f"np.histogram({', '.join([a, *self.keywords(expr), f'weights={weights}'])})", CALL

    def show_isinstance(self, expr: Op) -> tuple[str, int]:
        """Whether an exception that was caught is of some classes."""
        classes = [self.imported(form) for form in expr.attrs["errors"].value]  # type: ignore[attr-defined]
        kinds = classes[0] if len(classes) == 1 else f"({', '.join(classes)})"
        return f"isinstance({self.text(expr.args[0])}, {kinds})", CALL

    def show_exception(self, expr: Op) -> tuple[str, int]:
        args = [self.text(arg) for arg in expr.args]
        name = args.pop(0) if expr.form == "call" else self.imported(expr.form)
        more = [f"{key}={self.text(value)}" for key, value in expr.attrs.items() if key != "cause"]
        return f"{name}({', '.join([*args, *more])})", CALL

    def show_print(self, expr: Op) -> tuple[str, int]:
        rest = [f"{key}={self.text(value)}" for key, value in expr.attrs.items()]
        return f"print({', '.join([*map(self.text, expr.args), *rest])})", CALL

    def show_tell(self, expr: Op) -> tuple[str, int]:
        """A call that only tells somebody: of a function of a module, or a method of the first argument."""
        *owner, name = expr.form.split(".")
        args = [self.text(arg) for arg in expr.args]
        if owner:
            self.imports.add(".".join(owner))
        else:
            name = f"{args.pop(0)}.{name}"
        rest = [f"{key}={self.text(value)}" for key, value in expr.attrs.items()]
        return f"{'.'.join([*owner, name])}({', '.join([*args, *rest])})", CALL

    def show_opaque(self, expr: Op) -> tuple[str, int]:
        """What runs as it stands: `.method`, `attribute name`, `item`, `module.function`, `module:function`."""
        form, _, promised = expr.form.partition(" -> ")
        if promised:
            text, _ = self.show_opaque(Op(expr.name, expr.args, expr.type, expr.attrs, form))
            dtype, _, rank = promised.rstrip("]").partition("[")
            self.helpers.add("_expect_array" if rank else "_expect")
            return (f"_expect_array({text}, {dtype!r}, {rank})" if rank else f"_expect({text}, {promised})"), CALL
        kind, _, name = form.partition(" ")
        if kind == "attribute":
            return f"{self.text(expr.args[0], CALL)}.{name}", CALL
        if kind == "item":
            return f"{self.text(expr.args[0], CALL)}[{self.index(expr.args[1])}]", CALL
        if kind == "infix":
            return f" {name} ".join(self.text(arg, 7) for arg in expr.args), 6
        args = [self.text(arg) for arg in expr.args]
        if kind.startswith(".") or kind == "call":
            name = f"{self.text(expr.args[0], CALL)}{kind.removeprefix('call')}"
            args = args[1:]
        else:
            name = self.imported(kind)
        rest = [f"{key}={self.text(value)}" for key, value in expr.attrs.items()]
        return f"{name}({', '.join([*args, *rest])})", CALL

    show_draw = show_library = show_opaque

    def imported(self, form: str) -> str:
        """Return the name of a function in generated code, which imports what it needs."""
        module, colon, name = form.partition(":")
        if colon:
            self.imports.add(form)
            return name
        module, slash, path = form.rpartition("/")
        root, _, rest = module.partition(".")
        if root == "numpy":
            return ".".join(["np", *rest.split("."), path]) if rest else f"np.{path}"
        if slash:
            self.imports.add(module)
        return f"{module}.{path}" if slash else path

    def format_spec(self, part: Op) -> str:
        """Return the format of a field of an f-string, in which values may stand."""
        if "spec" not in part.attrs:
            return ""
        values = iter(part.args[1:])
        pieces = part.attrs["spec"].value  # type: ignore[attr-defined]
        return ":" + "".join(piece if piece is not None else "{" + self.text(next(values)) + "}" for piece in pieces)

    def show_fstring(self, expr: Op) -> tuple[str, int]:
        parts = []
        for part in expr.args:
            if isinstance(part, Const):
                parts.append(str(part.value))
            else:
                assert isinstance(part, Op)
                parts.append("{" + self.text(part.args[0]) + part.form + self.format_spec(part) + "}")
        text = "".join(parts)
        quote = next(q for q in ('"', "'", '"""', "'''") if q not in text and not text.endswith(q[0]))
        return f"f{quote}{text}{quote}", ATOM


def tests_of_none(keys: list[str], optional: tuple[int, ...], nothing: str = "None") -> str:
    """Return what stands before a part of `item`: what is taken where one of the steps to it leads to None."""
    return "".join(f"{nothing} if item{''.join(keys[:n])} is None else " for n in optional if n < len(keys))


def is_place(expr: Expr, method: str) -> bool:
    """Return whether a method is written on an expression: on a name, or `u[1:].copy()`."""
    return isinstance(expr, Var) or (method == "copy" and isinstance(expr, Op) and expr.name == "getitem")


def holds_objects(type_: Type) -> bool:
    """Return whether an object is in a structure, or it is one."""
    return isinstance(type_, Structure) and (type_.kind == "object" or any(map(holds_objects, type_.items)))


def keys_text(type_: Type, path: tuple[Any, ...]) -> list[str]:
    """Return how each key of a path into a structure is written."""
    found = []
    for key in path:
        attribute = isinstance(type_, Structure) and type_.kind == "object"
        found.append(f".{key}" if attribute else f"[{key!r}]")
        if isinstance(type_, Structure):
            type_ = type_.item(key)
    return found


def item_text(type_: Type, names: dict[tuple[Any, ...], str], path: tuple[Any, ...] = ()) -> str:
    """Return the text of the cotangent of an item, from the names of its leaves."""
    if not isinstance(type_, Structure):
        return names.get(path, "None")
    parts = [item_text(part, names, (*path, key)) for key, part in zip(type_.keys, type_.items, strict=True)]
    return structure_text(type_, parts)


def structure_text(type_: Structure, parts: list[str]) -> str:
    """Return the text of the cotangent of a structure: of an object, a dict."""
    if type_.kind == "tuple":
        return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
    if type_.kind == "list":
        return f"[{', '.join(parts)}]"
    return "{" + ", ".join(f"{key!r}: {part}" for key, part in zip(type_.keys, parts, strict=True)) + "}"
