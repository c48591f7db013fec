"""Operators and elementwise functions: each entry gives the partial derivatives, from the result y where shorter."""

from __future__ import annotations

import math
from typing import Any

from s2sad.ir.nodes import Const
from s2sad.ir.types import Array, Scalar, is_strong, numeric_kind
from s2sad.rules.builder import Sym
from s2sad.rules.core import CHEAP, TypeProblem, constant, custom, elementwise, static
from s2sad.rules.infer import comparison, ufunc
from s2sad.rules.register import register


def over(a: Any, b: Sym) -> Sym:
    """Return a / b; inf or nan where b is 0, also for Python numbers, whose own division raises."""
    plain = is_strong(b.type) or (isinstance(a, Sym) and is_strong(a.type))
    real = "complex" not in (numeric_kind(b.type), numeric_kind(a.type) if isinstance(a, Sym) else "float")
    form = "" if plain else "np.float64" if real else "np.divide"  # np.float64(a) / b is the faster one
    return Sym(b.builder.op("divide", a, b, form=form), b.builder)


def quotient(y: Sym, a: Any, b: Any) -> Any:
    """Return a / b as y was computed: where NumPy took a Python float, 0 included, its derivative is inf there."""
    never = isinstance(b.expr, Const) and b.expr.value != 0
    chosen = isinstance(y.type, Array) and y.ndim > 0 and counts_what_is_chosen(b)
    if never or not is_strong(y.type) or (numeric_kind(b.type) == "int" and not chosen):
        return a / b
    return over(a, b)


def counts_what_is_chosen(b: Sym) -> bool:
    """Return whether an int is the number of items that a mask chooses, which may be none."""
    size = b.type.size if isinstance(b.type, Scalar) else None
    return size is not None and "?" in (size.symbol or "")


def _whole(y: Sym, a: Sym, b: Sym) -> Sym:
    """Return a // b as y was computed."""
    plain = is_strong(a.type) or is_strong(b.type) or not is_strong(y.type)
    return Sym(b.builder.op("floor_divide", a, b, form="" if plain else "np.floor_divide"), b.builder)


def _power_base(y: Sym, a: Sym, b: Sym) -> Any:
    """d(a**b)/da = b * a**(b - 1), and 0 where both are 0."""
    if isinstance(b.expr, Const) and isinstance(b.expr.value, int | float):
        n = b.expr.value
        if n == 0:
            return 0.0 * a
        if n == 2:
            return 2.0 * a
        if n == 1:
            return 1.0
        if n < 1 and isinstance(a.type, Scalar) and a.type.dtype is None:
            return float(n) * Sym(a.builder.op("power", a, n - 1, form="np.power"), a.builder)
        return float(n) * a ** (n - 1)
    return b * a ** a.op("where_exponent", b)


def _power_exponent(y: Sym, a: Sym, b: Sym) -> Any:
    """d(a**b)/db = y * log(a), and 0 where a is 0 (for b > 0)."""
    return y * a.op("log_or_zero")


def _share(y: Sym, a: Sym, b: Sym) -> Any:
    """The derivative of max(a, b) or min(a, b): 1 where a is it, 1/2 at a tie (as in JAX)."""
    return a.op("selected", b, y)


def _turn(a: Sym, b: Sym, above: Sym) -> Any:
    """Return above / (a * a + b * b), whose squares may be too small or too large for a number."""
    length = a.op("hypot", b)
    return over(over(above, length), length)


def _arccosh(y: Sym, x: Sym) -> Any:
    """1 / (sqrt(x - 1) sqrt(x + 1)): of complex numbers not the root of the product, which has another cut."""
    if numeric_kind(x.type) == "complex":
        return 1.0 / ((x - 1.0).op("sqrt") * (x + 1.0).op("sqrt"))
    return 1.0 / (x * x - 1.0).op("sqrt")


def direction(x: Sym) -> Sym:
    """Return the gradient of |x|: the sign of x, which is constant for reals; of complex numbers it is x / |x|."""
    return x.op("phase" if numeric_kind(x.type) == "complex" else "sign")


def _of_sign(y: Sym, x: Sym) -> Sym:
    """Return the factor, 1 or -1, that gave x the sign of y."""
    return y.op("sign") * x.op("sign")


def _sinc(y: Sym, x: Sym) -> Sym:
    """(cos(pi x) - y) / x; near 0, where that is 0 / 0, the first terms of its series."""
    square = (math.pi * x) * (math.pi * x)
    near = x.op("absolute") < 1e-3
    series = math.pi**2 * x * (square * (1.0 / 30.0 - square / 840.0) - 1.0 / 3.0)
    away = x.builder.op("where", near, 1.0, x)
    far = ((math.pi * x).op("cos") - y) / Sym(away, x.builder)
    return Sym(x.builder.op("where", near, series, far), x.builder)


def _phase(g: Sym, y: Sym, x: Sym) -> Sym:
    """y = x / |x| only turns: what is along y drops out. The map is its own adjoint."""
    return (g - y * (y.op("conj") * g).op("real")) / x.op("absolute")


def _hypot(y: Sym, a: Sym, b: Sym) -> Any:
    return over(a, y)


OPERATORS: dict[str, dict[str, Any]] = {
    "add": elementwise(lambda y, a, b: 1.0, lambda y, a, b: 1.0, cost=CHEAP),
    "subtract": elementwise(lambda y, a, b: 1.0, lambda y, a, b: -1.0, cost=CHEAP),
    "multiply": elementwise(lambda y, a, b: b, lambda y, a, b: a, cost=CHEAP),
    "divide": elementwise(lambda y, a, b: quotient(y, 1.0, b), lambda y, a, b: -y / b, cost=CHEAP),
    "power": elementwise(_power_base, _power_exponent),
    "negative": elementwise(lambda y, x: -1.0, cost=CHEAP),
    "positive": elementwise(lambda y, x: 1.0, cost=CHEAP),
    "remainder": elementwise(lambda y, a, b: 1.0, lambda y, a, b: -_whole(y, a, b)),
}

FUNCTIONS: dict[str, dict[str, Any]] = {
    "exp": elementwise(lambda y, x: y),
    "expm1": elementwise(lambda y, x: y + 1.0),
    "exp2": elementwise(lambda y, x: math.log(2.0) * y),
    "log": elementwise(lambda y, x: quotient(y, 1.0, x)),
    "log2": elementwise(lambda y, x: quotient(y, 1.0, math.log(2.0) * x)),
    "log10": elementwise(lambda y, x: quotient(y, 1.0, math.log(10.0) * x)),
    "log1p": elementwise(lambda y, x: quotient(y, 1.0, 1.0 + x)),
    "sqrt": elementwise(lambda y, x: over(0.5, y)),
    "cbrt": elementwise(lambda y, x: over(1.0, 3.0 * y * y)),
    "square": elementwise(lambda y, x: 2.0 * x, cost=CHEAP),
    "reciprocal": elementwise(lambda y, x: -y * y, cost=CHEAP),
    "absolute": elementwise(lambda y, x: direction(x), cost=CHEAP, over_complex="plain"),
    "fabs": elementwise(lambda y, x: x.op("sign"), cost=CHEAP),
    "sin": elementwise(lambda y, x: x.op("cos")),
    "cos": elementwise(lambda y, x: -x.op("sin")),
    "tan": elementwise(lambda y, x: 1.0 + y * y),
    "arcsin": elementwise(lambda y, x: 1.0 / (1.0 - x * x).op("sqrt")),
    "arccos": elementwise(lambda y, x: -1.0 / (1.0 - x * x).op("sqrt")),
    "arctan": elementwise(lambda y, x: 1.0 / (1.0 + x * x)),
    "sinh": elementwise(lambda y, x: x.op("cosh")),
    "cosh": elementwise(lambda y, x: x.op("sinh")),
    "tanh": elementwise(lambda y, x: 1.0 - y * y),
    "arcsinh": elementwise(lambda y, x: 1.0 / (x * x + 1.0).op("sqrt")),
    "arccosh": elementwise(_arccosh),
    "arctanh": elementwise(lambda y, x: quotient(y, 1.0, 1.0 - x * x)),
    "degrees": elementwise(lambda y, x: 180.0 / math.pi, cost=CHEAP),
    "radians": elementwise(lambda y, x: math.pi / 180.0, cost=CHEAP),
    "logaddexp": elementwise(lambda y, a, b: (a - y).op("exp"), lambda y, a, b: (b - y).op("exp")),
    "logaddexp2": elementwise(lambda y, a, b: (a - y).op("exp2"), lambda y, a, b: (b - y).op("exp2")),
    "arctan2": elementwise(lambda y, a, b: _turn(a, b, b), lambda y, a, b: -_turn(a, b, a)),
    "hypot": elementwise(_hypot, lambda y, a, b: over(b, y)),
    "maximum": elementwise(_share, lambda y, a, b: b.op("selected", a, y), cost=CHEAP, over_complex="refused"),
    "minimum": elementwise(_share, lambda y, a, b: b.op("selected", a, y), cost=CHEAP, over_complex="refused"),
    "fmax": elementwise(_share, lambda y, a, b: b.op("selected", a, y), cost=CHEAP, over_complex="refused"),
    "fmin": elementwise(_share, lambda y, a, b: b.op("selected", a, y), cost=CHEAP, over_complex="refused"),
    "fmod": elementwise(lambda y, a, b: 1.0, lambda y, a, b: -quotient(y, a, b).op("trunc")),
    "copysign": elementwise(lambda y, a, b: _of_sign(y, a), None, cost=CHEAP),
    "float_power": elementwise(_power_base, _power_exponent),
    "heaviside": elementwise(None, lambda y, a, b: Sym(a.builder.op("where", a.equals(0.0), 1.0, 0.0), a.builder)),
    "sinc": elementwise(_sinc),
    "nextafter": elementwise(lambda y, a, b: 1.0, None),
    "ldexp": elementwise(lambda y, x, n: 2.0**n, None),
}

_SPELLED = {
    "absolute": "np.abs np.absolute abs",
    "arcsin": "np.arcsin np.asin math.asin",
    "arccos": "np.arccos np.acos math.acos",
    "arctan": "np.arctan np.atan math.atan",
    "arctan2": "np.arctan2 np.atan2 math.atan2",
    "arcsinh": "np.arcsinh math.asinh",
    "arccosh": "np.arccosh math.acosh",
    "arctanh": "np.arctanh math.atanh",
    "fmax": "np.fmax",
    "fmin": "np.fmin",
    "float_power": "np.float_power",
    "heaviside": "np.heaviside",
    "sinc": "np.sinc",
    "power": "np.power math.pow np.pow",
    "divide": "np.divide np.true_divide",
    "remainder": "np.remainder np.mod",
    "degrees": "np.degrees math.degrees np.rad2deg",
    "radians": "np.radians math.radians np.deg2rad",
}


def _exponent_of(args: Any, attrs: Any, form: str) -> Any:
    from s2sad.rules.infer import scalar_or_array, shape_of

    return scalar_or_array("int32", shape_of(args[0].type))


register("frexp_exponent", constant(cost=CHEAP), _exponent_of, signature="x |")
CONSTANT_UFUNCS = ("sign", "floor", "ceil", "trunc", "rint", "floor_divide", "spacing")
COMPARISONS = {
    "equal": "np.equal",
    "not_equal": "np.not_equal",
    "less": "np.less",
    "less_equal": "np.less_equal",
    "greater": "np.greater",
    "greater_equal": "np.greater_equal",
    "logical_and": "np.logical_and",
    "logical_or": "np.logical_or",
    "logical_not": "np.logical_not",
    "logical_xor": "np.logical_xor",
    "isfinite": "np.isfinite math.isfinite",
    "isnan": "np.isnan math.isnan",
    "isinf": "np.isinf math.isinf",
    "bitwise_and": "np.bitwise_and",
    "bitwise_or": "np.bitwise_or",
    "bitwise_xor": "np.bitwise_xor",
    "left_shift": "np.left_shift",
    "right_shift": "np.right_shift",
    "signbit": "np.signbit",
    "isposinf": "np.isposinf",
    "isneginf": "np.isneginf",
    "isreal": "np.isreal",
    "iscomplex": "np.iscomplex",
    "invert": "np.invert",
    "is": "",
    "is_not": "",
    "in": "",
    "not_in": "",
    "not": "",
    "and": "",
    "or": "",
}


def _names(name: str) -> str:
    spelled = _SPELLED.get(name, f"np.{name} math.{name}")
    return " ".join([spelled, *(f"c{word}" for word in spelled.split() if word.startswith("math."))])


def _ldexp_type(args: Any, attrs: Any, form: str) -> Any:
    from s2sad.ir.types import broadcast, dtype_of
    from s2sad.rules.infer import scalar_or_array, shape_of

    of_x = ufunc("exp")(args[:1], attrs, form)
    shape = broadcast(*(shape_of(arg.type) for arg in args))
    return of_x if form.startswith("math.") else scalar_or_array(dtype_of(of_x), shape)


_TYPES = {"sinc": ufunc("sin"), "ldexp": _ldexp_type}
for _name, _entry in {**OPERATORS, **FUNCTIONS}.items():
    register(_name, _entry, _TYPES.get(_name) or ufunc(_name), names=_names(_name))
for _name in CONSTANT_UFUNCS:
    register(_name, constant(cost=CHEAP), ufunc(_name), names=_names(_name))
for _name, _spelled in COMPARISONS.items():
    register(_name, constant(cost=CHEAP), comparison, names=_spelled)


def _weight(args: Any, attrs: Any, form: str) -> Any:
    from s2sad.ir.types import broadcast
    from s2sad.rules.infer import shape_of

    shape = broadcast(*(shape_of(arg.type) for arg in args))
    return Array("float64", shape) if shape else Scalar("float", "float64")


def _exponent_type(args: Any, attrs: Any, form: str) -> Any:
    from s2sad.ir.types import broadcast, dtype_of
    from s2sad.rules.infer import scalar_or_array, shape_of

    exponent = ufunc("exp")(args[1:], attrs, "np.")
    return scalar_or_array(dtype_of(exponent), broadcast(*(shape_of(arg.type) for arg in args)))


def _helper(name: str) -> Any:
    """Return the type rule of a helper that NumPy computes also for Python numbers."""
    infer = ufunc(name)
    return lambda args, attrs, form: infer(args, attrs, "np.")


def _bessel_slope(y: Any, x: Any, order: Sym) -> Any:
    """I_n' = (I_(n-1) + I_(n+1)) / 2 (DLMF 10.29.1)."""
    n = static(order.expr)
    return x.op("bessel_i", 1) if n == 0 else 0.5 * (x.op("bessel_i", abs(n - 1)) + x.op("bessel_i", n + 1))


def _bessel_type(args: Any, attrs: Any, form: str) -> Any:
    from s2sad.ir.types import dtype_of
    from s2sad.rules.infer import shape_of

    real = numeric_kind(args[0].type) == "float"
    return Array(dtype_of(args[0].type) if real else "float64", shape_of(args[0].type))


register("bessel_i", elementwise(_bessel_slope, None, over_complex="refused"), _bessel_type, signature="x order |")
register(
    "i0",
    elementwise(lambda y, x: x.op("bessel_i", 1), over_complex="refused"),
    _bessel_type,
    names="np.i0",
    signature="x |",
)
register("selected", constant(cost=CHEAP), _weight, signature="a b y |")
register("log_or_zero", elementwise(lambda y, x: x.op("inverse_or_zero")), _helper("log"))
register("inverse_or_zero", elementwise(lambda y, x: -y * y), _helper("exp"))
register("where_exponent", elementwise(None, lambda y, a, b: 1.0), _exponent_type)
register(
    "phase",
    custom([_phase], lambda y, args, dots, attrs: _phase(dots[0], y, args[0]), over_complex="plain"),
    ufunc("sign"),
    signature="x |",
    cost=CHEAP,
)


# --- functions of math on numbers of Python (DLMF 5, 7) ---------------------------------------------------------------
def _python_float(args: Any, attrs: Any, form: str) -> Any:
    if any(isinstance(arg.type, Array) and arg.type.ndim for arg in args):
        raise TypeProblem("functions of math take numbers, not arrays")
    return Scalar("float")


def _bell(x: Sym) -> Sym:
    return Sym(x.builder.op("exp", -(x * x), form="math.exp"), x.builder)


for _name, _entry in {
    "erf": elementwise(lambda y, x: 2.0 / math.sqrt(math.pi) * _bell(x)),
    "erfc": elementwise(lambda y, x: -2.0 / math.sqrt(math.pi) * _bell(x)),
    "gamma": elementwise(lambda y, x: y * x.op("polygamma_of", 0)),
    "lgamma": elementwise(lambda y, x: x.op("polygamma_of", 0)),
    "remainder_near": elementwise(lambda y, a, b: 1.0, lambda y, a, b: (y - a) / b),
}.items():
    _called = _name.removesuffix("_near")
    _signature = "x y |" if len(_entry["partials"]) == 2 else "x |"
    register(f"math.{_called}", _entry, _python_float, names=f"math.{_called}", signature=_signature)
register(
    "polygamma_of",
    elementwise(lambda y, x, n: x.op("polygamma_of", n + 1), None),
    _python_float,
    signature="x n |",
)
for _name in ("isclose", "ulp"):
    _kind = Scalar("bool") if _name == "isclose" else Scalar("float")
    _signature = "a b | * rel_tol abs_tol" if _name == "isclose" else "x |"
    register(
        f"math.{_name}",
        constant(cost=CHEAP),
        lambda args, attrs, form, _kind=_kind: _kind,
        names=f"math.{_name}",
        signature=_signature,
    )
for _name in ("isclose", "isfinite", "isinf", "isnan"):
    register(
        f"cmath.{_name}",
        constant(cost=CHEAP),
        lambda args, attrs, form: Scalar("bool"),
        names=f"cmath.{_name}",
        signature="a b | * rel_tol abs_tol" if _name == "isclose" else "z |",
    )
