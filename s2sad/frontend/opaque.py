"""What is not differentiated: a call of what has neither a rule nor source to follow runs as it stands, once.

Its result is opaque. It may be handed on, asked for attributes and items, called methods of and tested; `int()`,
`float()`, `bool()` and `len()` make a number of it, and so does the annotation of the function that returns it, which
is then checked at run time. Numbers drawn by `numpy.random` have a type, and are drawn once. Active data is refused
as an argument when activity is known (`transforms/constants.py`).
"""

from __future__ import annotations

import importlib
import inspect
import math
import sys
import types
import warnings
from typing import Any

import libcst as cst
import numpy as np

from s2sad.frontend.arguments import bound
from s2sad.frontend.expressions import place_of
from s2sad.frontend.pools import is_listlike
from s2sad.frontend.raised import INSIDE
from s2sad.frontend.values import FUNCTIONS, UNKNOWN, Struct, Unsupported, Value
from s2sad.ir.nodes import Const, Expr, Op
from s2sad.ir.types import (
    TEXT,
    Array,
    ListOf,
    Opaque,
    Scalar,
    Shape,
    Structure,
    Type,
    broadcast,
    differentiable,
    dtype_of,
    fresh_size,
    kind_of_dtype,
)
from s2sad.rules.builder import Sym, constant_expr, number
from s2sad.rules.infer import describe, scalar_or_array, shape_of, sizes_of

CONVERSIONS: dict[Any, Type] = {
    int: Scalar("int"),
    float: Scalar("float"),
    bool: Scalar("bool"),
    complex: Scalar("complex"),
    len: Scalar("int"),
    str: TEXT,
    ord: Scalar("int"),
}
ANNOTATED: dict[Any, type] = {
    **{kind: kind for kind in (int, float, bool, complex)},
    "int": int,
    "float": float,
    "bool": bool,
}

# what functions of the standard library return
KNOWN: dict[str, type] = {
    **dict.fromkeys(("math.comb", "math.factorial", "math.gcd", "math.lcm", "math.perm", "math.isqrt"), int),
    **dict.fromkeys(("time.time", "time.perf_counter", "time.monotonic", "time.process_time"), float),
    **dict.fromkeys(("time.time_ns", "time.perf_counter_ns", "os.getpid", "builtins.hash", "builtins.id"), int),
    **dict.fromkeys(("random.random", "random.uniform", "random.gauss", "random.normalvariate"), float),
    **dict.fromkeys(("random.randint", "random.randrange", "random.getrandbits"), int),
    **dict.fromkeys(("posixpath.exists", "genericpath.exists", "genericpath.isfile", "genericpath.isdir"), bool),
}

# and what kind of object
OBJECTS = {
    "numpy.random.default_rng": "Generator",
    "numpy.random.RandomState": "RandomState",
    "numpy.random.mtrand.RandomState": "RandomState",
    "random.Random": "random.Random",
}

# parameters of the distributions; what is drawn is a float, but for these
DRAWS = {
    "random": "size? dtype? out=None",
    "random_sample": "size?",
    "standard_normal": "size? dtype? out=None",
    "standard_exponential": "size? dtype? method=zig out=None",
    "normal": "loc? scale? size?",
    "uniform": "low? high? size?",
    "exponential": "scale? size?",
    "laplace": "loc? scale? size?",
    "gumbel": "loc? scale? size?",
    "logistic": "loc? scale? size?",
    "lognormal": "mean? sigma? size?",
    "gamma": "shape scale? size?",
    "beta": "a b size?",
    "chisquare": "df size?",
    "standard_t": "df size?",
    "standard_cauchy": "size?",
    "standard_gamma": "shape size? dtype? out=None",
    "pareto": "a size?",
    "weibull": "a size?",
    "power": "a size?",
    "rayleigh": "scale? size?",
    "wald": "mean scale size?",
    "vonmises": "mu kappa size?",
    "triangular": "left mode right size?",
    "f": "dfnum dfden size?",
    "noncentral_chisquare": "df nonc size?",
    "noncentral_f": "dfnum dfden nonc size?",
    "dirichlet": "alpha size?",
    "geometric": "p size?",
    "negative_binomial": "n p size?",
    "hypergeometric": "ngood nbad nsample size?",
    "logseries": "p size?",
    "zipf": "a size?",
    "poisson": "lam? size?",
    "binomial": "n p size?",
    "integers": "low high? size? dtype? endpoint?",
    "choice": "a size? replace? p? axis? shuffle?",
    "multivariate_normal": "mean cov size? check_valid=warn tol=1e-08",
    "randint": "low high? size? dtype?",
}
# distributions of numbers that are drawn at one place and moved to another, and what they are drawn as
LOCATED = {
    **dict.fromkeys(("normal", "laplace", "gumbel", "logistic"), ("loc", "scale")),
    "uniform": ("low", "high"),
    "exponential": ("scale",),
    "lognormal": ("mean", "sigma"),
}
STANDARD = {
    "normal": "standard_normal",
    "lognormal": "standard_normal",
    "uniform": "random",
    "exponential": "standard_exponential",
}
WHOLE = {"poisson", "binomial", "integers", "randint", "geometric", "negative_binomial", "hypergeometric"}
WHOLE |= {"logseries", "zipf"}
GENERATORS = ("Generator", "RandomState")


class OpaqueCalls:
    """Calls that are not differentiated."""

    def opaque(self: Any, form: str, operands: list[Expr], type_: Type, **attrs: Expr) -> Expr:
        """Evaluate something as it stands; `form -> int` checks the kind of the result."""
        if isinstance(type_, Scalar) and type_.kind == "int":
            type_ = Scalar("int", type_.dtype, fresh_size())
        return self.builder.bind(Op("opaque", tuple(operands), type_, attrs, form), name_for(form))

    def call_opaque(self: Any, object_: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call a function without a rule."""
        if any(not self.as_loaded(base) for base in self.borrowed) and isinstance(object_, types.FunctionType):
            raise Unsupported("what is called here may read a list that is changed", node, "give it the list")
        if isinstance(object_, types.FunctionType) and self.catchers:
            raise Unsupported(INSIDE, node, "call it before the `try`")
        if object_ in (eval, exec, compile, globals, locals, vars):
            message = f"{object_.__name__} works with text or names that are not followed"
            raise Unsupported(message, node, "write out what it does")
        name = getattr(object_, "__name__", type(object_).__name__)
        full = public_name(object_, f"{getattr(object_, '__module__', None) or ''}.{name}".removeprefix("."))
        if isinstance(getattr(object_, "__self__", None), str):
            return self.method_of_text(object_, args, kwargs, node)
        if object_ in NUMPY_DRAWS:
            return self.draw(name, f"numpy.random/{name}", [], args, kwargs, node)
        full = full.removeprefix("builtins.") if full not in KNOWN else full
        given = [*args, *kwargs.values()]
        if any(isinstance(arg, FUNCTIONS) for arg in given):
            raise Unsupported(f"{name!r} has no rule and is given a function", node)
        if has_rules(full):
            return self.call_library(object_, full, args, kwargs, node)
        if any(may_be_active(value) for value in given):
            self.tentative(no_rule(full, node))
        operands = [self.handed(value, full, node) for value in args]
        form = self.importable(object_, node)
        if form is None:
            form, operands = "call", [self.given_function(object_, node), *operands]
        more = {key: self.handed(value, full, node) for key, value in kwargs.items()}
        kind = known_result(full) or annotated(object_)
        if kind is None:
            return self.opaque(form, operands, Opaque(OBJECTS.get(full, f"what {full} returned")), **more)
        promised = "" if known_result(full) else f" -> {kind.__name__}"
        return self.opaque(form + promised, operands, CONVERSIONS[kind], **more)

    def known_text(self: Any, value: Value) -> Any:
        """Return what a method of a string is given, be it a list of what is known."""
        items = self.known_items(value) if isinstance(value, Struct) else None
        known = self.known(value) if items is None else [self.known(item) for item in items]
        return UNKNOWN if isinstance(known, list) and UNKNOWN in known else known

    def method_of_text(self: Any, method: Any, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """Call a method of a string that is known now."""
        known = [self.known_text(value) for value in args]
        named = {key: self.known(value) for key, value in kwargs.items()}
        if any(value is UNKNOWN for value in (*known, *named.values())):
            return self.text_method(Const(method.__self__), method.__name__, args, kwargs, node)
        result = method(*known, **named)
        if isinstance(result, list | tuple):
            return self.display("list" if isinstance(result, list) else "tuple", list(map(constant_expr, result)), node)
        return constant_expr(result)

    def call_library(
        self: Any, object_: Any, full: str, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> Value:
        """Call a function of NumPy or SciPy that has no rule: of constants it is one, whose type an example tells.

        No fact rests on the example: generated code checks dtype and rank.
        """
        form = self.importable(object_, node)
        given = [*args, *kwargs.values()]
        exprs = [self.as_expr(value, node) for value in given if not isinstance(value, FUNCTIONS)]
        if form is None or len(exprs) < len(given) or "out" in kwargs:
            raise no_rule(full, node)
        operands, more = exprs[: len(args)], dict(zip(kwargs, exprs[len(args) :], strict=True))
        found = tried(object_, operands, more)
        if found is None:
            raise no_rule(full, node)
        types_ = found if isinstance(found, tuple) else (found,)
        if any(map(differentiable, types_)) and any(may_be_active(value) for value in given):
            self.tentative(no_rule(full, node))
        if isinstance(found, tuple):
            type_ = Structure("tuple", tuple(range(len(types_))), types_)
            whole = self.builder.bind(Op("library", tuple(operands), type_, more, form), "results")
            parts = [
                self.builder.bind(Op("library", (whole, number(i)), part, {}, f"item -> {promise(part)}"), "result")
                for i, part in enumerate(types_)
            ]
            return self.struct("tuple", dict(enumerate(parts)))
        form += f" -> {promise(found)}"
        return self.builder.bind(Op("library", tuple(operands), found, more, form), name_for(form))

    def refuse_missing(self: Any, object_: Any, node: Any) -> None:
        """Refuse a function of a library with rules that has none, whatever it is given."""
        name = getattr(object_, "__name__", type(object_).__name__)
        full = public_name(object_, f"{getattr(object_, '__module__', None) or ''}.{name}")
        if has_rules(full) and full not in KNOWN:
            raise no_rule(full, node)

    def handed(self: Any, value: Value, full: str, node: Any) -> Expr:
        """Return an argument of an opaque call: not a container, whose arrays it could write unseen."""
        if isinstance(value, Struct) and (value.kind != "tuple" or may_be_active(value)):
            raise Unsupported(
                f"{full} has no derivative rule and is given a {value.kind}", node, "give it arrays and numbers"
            )
        if isinstance(value, Expr) and isinstance(value.type, ListOf):
            raise Unsupported(f"{full} has no derivative rule and is given a list", node, "give it an array")
        return self.as_expr(value, node)

    def importable(self: Any, object_: Any, node: Any) -> str | None:
        """Return how generated code calls a function: `os/environ.get`, `helpers:load` of the user's, `open`.

        None of what it cannot import: of a notebook, of a script, of a function.
        """
        module, path = getattr(object_, "__module__", None), getattr(object_, "__qualname__", "")
        spelled = self.spelled_path(node)
        for owner, dotted in [*([spelled] if spelled else []), (module, path)]:
            if owner == "builtins" and not isinstance(getattr(object_, "__self__", None), types.ModuleType | None):
                continue
            if owner and owner != "__main__" and found_at(owner, dotted) == object_:
                if owner == "builtins":
                    return dotted
                package = owner.partition(".")[0].lstrip("_")
                users = isinstance(object_, types.FunctionType | type) and package not in (
                    *sys.stdlib_module_names,
                    "numpy",
                )
                return f"{owner}:{dotted}" if users and "." not in dotted else f"{owner.lstrip('_')}/{dotted}"
        return None

    def given_function(self: Any, object_: Any, node: Any) -> Expr:
        """Return a function as a further argument, like any global or cell that is read at each call."""
        function, name = self.frame.function, getattr(getattr(node, "func", node), "value", "")
        where = None
        if isinstance(name, str) and function.__globals__.get(name) is object_:
            where = ("global", function, name)
        if function.__closure__ and name in function.__code__.co_freevars:
            where = ("cell", function, name)
        if where is None:
            message = "generated code cannot import what is called here"
            raise Unsupported(message, node, "define it at the top level of a module")
        key, frame = place_of(where), self.frames[0]
        if key not in frame.captured:
            frame.captured[key] = self.capture(name, Opaque("function"), where)
        return frame.captured[key]

    def spelled_path(self: Any, node: Any) -> tuple[str, str] | None:
        """Return (module, path) of a callee as the user spells it, if it starts with a module."""
        parts: list[str] = []
        func = node.func if isinstance(node, cst.Call) else None
        while isinstance(func, cst.Attribute):
            parts.append(func.attr.value)
            func = func.value
        root = self.frame.function.__globals__.get(func.value) if isinstance(func, cst.Name) else None
        return (root.__name__, ".".join(parts[::-1])) if isinstance(root, types.ModuleType) and parts else None

    # --- opaque values ----------------------------------------------------------------------------------------
    def convert_opaque(self: Any, object_: Any, args: list[Value], kwargs: dict[str, Value]) -> Expr | None:
        """Return `int(x)`, `float(x)`, ... of an opaque value; None if this is something else."""
        if len(args) != 1 or kwargs or not is_opaque(args[0]) or object_ not in CONVERSIONS:
            return None
        return self.opaque(object_.__name__, args, CONVERSIONS[object_])

    def opaque_method(
        self: Any, base: Expr, name: str, args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> Value:
        """Call a method of an opaque value."""
        assert isinstance(base.type, Opaque)
        if base.type.what in GENERATORS and (name in DRAWS or name in ("permutation", "rand", "randn")):
            return self.draw(name, f".{name}", [base], args, kwargs, node)
        if base.type.what == "random.Random":
            return self.drawn_by_python(name, f".{name}", [base], args, kwargs, node)
        full = f"{name} of {describe(base.type)}"
        operands = [self.handed(value, full, node) for value in args]
        more = {key: self.handed(value, full, node) for key, value in kwargs.items()}
        return self.opaque(f".{name}", [base, *operands], Opaque(f"what {name} returned"), **more)

    def op_expect(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`_expect(value, kind)` in generated code: the call inside it says the same."""
        value, kind = args
        if not isinstance(value.type, Scalar) or value.type.kind != kind.value.__name__:
            raise Unsupported("_expect is given a value whose kind is not known", node)
        return value

    def op_expect_array(self: Any, spelling: str, args: list[Value], kwargs: dict[str, Value], node: Any) -> Value:
        """`_expect_array(value, dtype, ndim)` in generated code: the call inside it says the same."""
        return args[0]

    # --- random numbers ---------------------------------------------------------------------------------------
    def draw(
        self: Any, name: str, form: str, base: list[Expr], args: list[Value], kwargs: dict[str, Value], node: Any
    ) -> Expr:
        """Draw random numbers, once. They are constants: parameters that move are refused."""
        operands = [self.drawn_from(arg, name, node, i == 0) for i, arg in enumerate(args)]
        attrs = {key: self.drawn_from(value, name, node, key == "a") for key, value in kwargs.items()}
        if name in ("permutation", "choice"):
            found = bound(name, DRAWS.get(name, "x"), operands, attrs, node)
            of = found["x" if name == "permutation" else "a"]
            if isinstance(of.type, Array) and may_be_active(of):
                return self.drawn_places(name, form, base, of, found, node)
        if name in ("rand", "randn"):
            shape = tuple(size for expr in operands for size in sizes_of(expr))
            type_: Type = Array("float64", shape) if shape else Scalar("float")
        elif name == "permutation":
            value = bound(name, "x", operands, attrs, node)["x"]
            type_ = Array("int64", sizes_of(value)) if isinstance(value.type, Scalar) else value.type
        else:
            found = bound(name, DRAWS[name], operands, attrs, node)
            if name in LOCATED and any(may_be_active(found[key]) for key in LOCATED[name] if key in found):
                return self.located(name, form, base, found, node)
            type_ = self.drawn_type(name, found, node)
        return self.builder.bind(Op("draw", (*base, *operands), type_, attrs, form), name_for(form))

    def drawn_from(self: Any, value: Value, name: str, node: Any, first: bool) -> Expr:
        """Return a parameter of a distribution: dirichlet's is a vector."""
        if (
            name == "choice" and first and (isinstance(value, Struct) or is_listlike(value))
        ):  # NumPy makes an array of a list
            return self.as_array(value)
        return self.operand(value, node, "") if name == "dirichlet" else self.as_expr(value, node)

    def drawn_places(
        self: Any, name: str, form: str, base: list[Expr], of: Expr, found: dict[str, Expr], node: Any
    ) -> Expr:
        """Draw places in an array and take what is there: NumPy draws the same ones for the array itself."""
        x = Sym(of, self.builder)
        if name == "choice" and (x.ndim != 1 or not self.is_none(found.get("axis", Const(None)))):
            raise Unsupported("choice is accepted among ints, or among the items of a vector", node)
        rest = {key: value for key, value in found.items() if key not in ("x", "a")}
        count = x.op("len").expr
        size = rest.get("size")
        shape = () if size is None or self.is_none(size) else sizes_of(size)
        whole: Type = Array("int64", shape) if shape else Scalar("int", None, fresh_size())
        type_ = Array("int64", shape_of(of.type)[:1]) if name == "permutation" else whole
        places = self.builder.bind(Op("draw", (*base, count), type_, rest, form), "places")
        return self.get(of, places)

    def located(self: Any, name: str, form: str, base: list[Expr], found: dict[str, Expr], node: Any) -> Expr:
        """Draw the standard numbers, which move with location and scale: z = loc + scale * z, as NumPy does it."""
        params = {key: Sym(found[key], self.builder) for key in LOCATED[name] if key in found}
        size = found.get("size")
        if size is None or self.is_none(size):
            wide = [param for param in params.values() if param.ndim]
            size = None if not wide else (wide[0] if len(wide) == 1 else wide[0] + wide[1]).op("shape").expr
        attrs = {} if size is None else {"size": size}
        standard = STANDARD.get(name, name)
        made = form.replace(name, standard)
        type_ = self.drawn_type(standard, attrs, node)
        z = Sym(self.builder.bind(Op("draw", tuple(base), type_, attrs, made), "z"), self.builder)
        first, scale = (params.get(key) for key in ("loc" if "loc" in LOCATED[name] else "low", "scale"))
        if name == "uniform":
            low, high = (params.get(key) for key in LOCATED[name])
            span = (1.0 if high is None else high) - low if low is not None else high
            first, scale = low, span
        if name == "lognormal":
            first, scale = (params.get(key) for key in LOCATED[name])
        z = z if scale is None else scale * z
        z = z if first is None else first + z
        return z.op("exp").expr if name == "lognormal" else z.expr

    def drawn_type(self: Any, name: str, found: dict[str, Expr], node: Any) -> Type:
        """Return the type of what a distribution gives: of `size`, or of the shape of its parameters."""
        dtype = self.drawn_dtype(name, found.get("dtype"), node)
        size = found.get("size")
        if name == "choice":
            return self.chosen_type(found["a"], size, node)
        if name in ("multivariate_normal", "dirichlet"):
            sizes = () if size is None or self.is_none(size) else sizes_of(size)
            return Array("float64", (*sizes, *shape_of(found["mean" if "mean" in found else "alpha"].type)[-1:]))
        shape = broadcast(*(shape_of(v.type) for k, v in found.items() if k not in ("size", "dtype", "endpoint")))
        if size is not None and not self.is_none(size):
            shape = sizes_of(size)
        if shape:
            return Array(dtype or ("int64" if name in WHOLE else "float64"), shape)
        return Scalar("int" if name in WHOLE else "float", dtype if dtype or name != "integers" else "int64")

    def chosen_type(self: Any, values: Expr, size: Expr | None, node: Any) -> Type:
        """Return the type of a choice among the items of an array, or among the first ints."""
        shape = () if size is None or self.is_none(size) else sizes_of(size)
        if isinstance(values.type, Array) and values.type.ndim == 1:
            return scalar_or_array(values.type.dtype, shape)
        if not isinstance(values.type, Scalar) or values.type.kind != "int":
            raise Unsupported("choice is accepted among ints, or among the items of a vector", node)
        return Array("int64", shape) if shape else Scalar("int")

    def drawn_dtype(self: Any, name: str, given: Expr | None, node: Any) -> str | None:
        if given is None or self.is_none(given):
            return None
        wanted = self.known(given)
        try:
            return str(np.dtype(wanted))
        except TypeError:
            raise Unsupported(f"{name}: the dtype is not known when code is generated", node) from None


def name_for(form: str) -> str:
    """Return the wished name of a result: that of the function, where that is not the name of something else."""
    called = form.partition(" -> ")[0]
    kind, _, attribute = called.partition(" ")
    if kind == "attribute":
        return attribute
    module, slash, path = kind.rpartition("/")
    name = path.rpartition(".")[2]
    own = (slash or kind.startswith(".")) and name.isidentifier() and not name[0].isupper()
    return name if own and name not in module.split(".") else "result"


def is_opaque(value: Value) -> bool:
    """Return whether a value is opaque."""
    return isinstance(value, Expr) and isinstance(value.type, Opaque)


def known_result(full: str) -> Any:
    """Return the kind of number that a function of the standard library returns."""
    return KNOWN.get(full)


def may_be_active(value: Value) -> bool:
    """Return whether a value holds floats."""
    if isinstance(value, Struct):
        return value.kind != "tuple" or value.ref is None or differentiable(value.ref.type)
    return isinstance(value, Expr) and not isinstance(value, Const) and differentiable(value.type)


def tried(object_: Any, args: list[Expr], kwargs: dict[str, Expr]) -> Any:
    """Return the type of what a function gives for examples of these arguments (a tuple for several); None if none."""
    try:
        given = [example(arg) for arg in args]
        named = {key: example(arg) for key, arg in kwargs.items()}
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = object_(*given, **named)
    except Exception:  # whatever it does not like in the example
        return None
    if isinstance(result, tuple | list) and result:
        found = tuple(map(type_tried, result))
        return None if None in found else found
    return type_tried(result)


def example(expr: Expr) -> Any:
    """Return a value of the type of an expression."""
    if isinstance(expr, Const):
        return expr.value
    if isinstance(expr, Op) and expr.name in ("build", "tuple", "list"):
        parts = [example(arg) for arg in expr.args]
        return parts if expr.form == "list" or expr.name == "list" else tuple(parts)
    type_ = expr.type
    if isinstance(type_, Shape):
        return (3,) * len(type_.sizes)
    if isinstance(type_, Scalar):
        value = {"bool": True, "int": 2, "float": 0.5, "complex": 0.5 + 0.5j}[type_.kind]
        return value if type_.dtype is None else np.dtype(type_.dtype).type(value)
    if isinstance(type_, Array):
        shape = tuple(3 if size.value is None else size.value for size in type_.shape)
        return np.arange(1, 1 + math.prod(shape)).reshape(shape).astype(type_.dtype)
    raise TypeError(f"no example of {type_}")


def type_tried(value: Any) -> Type | None:
    """Return the type of a result; sizes are those of the example, and not known."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return Array(str(value.dtype), tuple(fresh_size() for _ in value.shape))
    if isinstance(value, np.generic) and value.dtype.kind in "biufc":
        return Scalar(kind_of_dtype(str(value.dtype)), str(value.dtype))
    if isinstance(value, bool | int | float | complex):
        return CONVERSIONS[type(value)]
    return None


def promise(type_: Type) -> str:
    """Return what generated code checks of a result: its kind, or dtype and rank."""
    if isinstance(type_, Scalar) and type_.dtype is None:
        return type_.kind
    rank = type_.ndim if isinstance(type_, Array) else 0
    return f"{dtype_of(type_)}[{rank}]"


def has_rules(full: str) -> bool:
    """Return whether a function belongs to a library whose functions have rules: one without is missing."""
    return full.partition(".")[0] in ("numpy", "scipy", "math") and not full.startswith("numpy.random.")


def public_name(object_: Any, full: str) -> str:
    """Return the name of an object of NumPy or SciPy without the private modules in it, if it has one."""
    parts = full.split(".")
    private = next((i for i, part in enumerate(parts) if i and part.startswith("_")), None)
    if parts[0] not in ("numpy", "scipy") or private is None:
        return full
    module = ".".join(parts[:private])
    for name, value in vars(sys.modules.get(module, object)).items():
        if value is object_:
            return f"{module}.{name}"
    return full


def no_rule(full: str, node: Any) -> Unsupported:
    """Say that a function of a library has no rule."""
    return Unsupported(
        f"{full} has no derivative rule",
        node,
        "write it with operations that have one, wrap an inactive argument in s2sad.stop_gradient, or add a rule: "
        f"s2sad new-rule {':'.join(full.rsplit('.', 1))}",
    )


def found_at(module: str, path: str) -> Any:
    """Return what stands at a path in a module; None if there is nothing."""
    try:
        found: Any = sys.modules.get(module) or importlib.import_module(module)
    except ImportError:
        return None
    for part in path.split("."):
        found = getattr(found, part, None)
    return found


def annotated(object_: Any) -> Any:
    """Return the kind of number that a Python function says it returns; None for anything else."""
    if not isinstance(object_, types.FunctionType):
        return None
    found = inspect.get_annotations(object_).get("return")
    return ANNOTATED.get(found) if isinstance(found, type | str) else None


class _Drawing:
    """The functions of `numpy.random` that draw."""

    def __contains__(self, object_: Any) -> bool:
        name = getattr(object_, "__name__", None)
        if name not in DRAWS and name not in ("permutation", "rand", "randn"):
            return False
        return bool(getattr(np.random, str(name), None) == object_)


NUMPY_DRAWS = _Drawing()
