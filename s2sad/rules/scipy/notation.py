"""How the rules of scipy.special are written: functions by name, partial derivatives, densities."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from s2sad.ir.nodes import Const
from s2sad.ir.types import Structure, broadcast, dtype_of, is_strong
from s2sad.rules.builder import Sym, unbroadcast
from s2sad.rules.core import EXPENSIVE, Refused, custom, elementwise
from s2sad.rules.infer import scalar_or_array, shape_of, ufunc_dtype
from s2sad.rules.register import register
from s2sad.rules.symbols import added, part_of, where

Partial = Callable[..., Any] | None


def of(function: Any) -> Callable[..., Any]:
    """Return the type rule of a ufunc, or of what is one but for its Python wrapper: floats of any numbers."""
    alike = function if isinstance(function, np.ufunc) else np.hypot

    def infer(args: Any, attrs: Any, form: str) -> Any:
        types = [arg.type for arg in args]
        of_types = types if isinstance(function, np.ufunc) else [types[0], types[-1]]
        return scalar_or_array(ufunc_dtype(alike, of_types), broadcast(*map(shape_of, types)))

    return infer


def add(name: str, *partials: Partial, over_complex: str = "refused") -> None:
    """Register a ufunc of scipy.special, if this version has it."""
    function = getattr(special, name, None)
    if function is None:
        return
    entry = elementwise(*partials, cost=EXPENSIVE, over_complex=over_complex)
    names = " ".join(f"x{i}" for i in range(len(partials)))
    signature = f"{names} | out" if isinstance(function, np.ufunc) else names
    register(f"special.{name}", entry, of(function), names=f"scipy.special.{name}", signature=signature)


def s(name: str, *args: Any) -> Sym:
    """Return a function of scipy.special of symbols and numbers."""
    builder = next(arg.builder for arg in args if isinstance(arg, Sym))
    return Sym(builder.op(f"special.{name}", *args), builder)


def refused(name: str, which: str) -> Refused:
    """Return the partial derivative of an argument that has none in closed form."""
    return Refused(f"scipy.special.{name} has no derivative rule with respect to {which}")


ROOT_PI = math.sqrt(math.pi)
HALF_ROOT_PI = ROOT_PI / 2.0
ROOT_2PI = math.sqrt(2.0 * math.pi)


def square(x: Sym) -> Sym:
    """Return exp(-x^2)."""
    return (-(x * x)).op("exp")


def over(y: Sym, x: Sym, series: Any) -> Sym:
    """Return y / x, and at 0 its series, so that its derivatives are right there too."""
    zero = x.equals(0.0)
    return where(zero, series, y / where(zero, 1.0, x))


def gamma_density(a: Sym, x: Sym) -> Sym:
    return (s("xlogy", a - 1.0, x) - x - s("gammaln", a)).op("exp")


def beta_density(a: Sym, b: Any, x: Sym) -> Sym:
    return (s("xlogy", a - 1.0, x) + s("xlog1py", b - 1.0, -x) - s("betaln", a, b)).op("exp")


def t_density(df: Sym, t: Sym) -> Sym:
    top = s("gammaln", 0.5 * (df + 1.0)) - s("gammaln", 0.5 * df) - 0.5 * (df + 1.0) * (t * t / df).op("log1p")
    return top.op("exp") / (math.pi * df).op("sqrt")


def several(name: str, *slopes: Any, signature: str = "x |") -> None:
    """Register a function with several results: the slopes of each, of the arguments and the results.

    For a function of one argument the slope of a result is a formula, for one of several a tuple of formulas.
    """
    count = len(slopes)
    of_each = [slope if isinstance(slope, tuple) else (slope,) for slope in slopes]
    operands = range(len(of_each[0]))

    def infer(args: Any, attrs: Any, form: str) -> Structure:
        part = of(special.beta if len(operands) > 1 else special.gamma)(args, attrs, form)
        return Structure("tuple", tuple(range(count)), (part,) * count)

    def pull_of(i: int) -> Callable[..., Any]:
        def pull(g: Any, y: Any, *args: Sym) -> Any:
            parts = [bar * slope[i](*args, y) for bar, slope in zip(g, of_each, strict=True) if bar is not None]
            return unbroadcast(added(parts), args[i].expr) if parts else None

        return pull

    def push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
        parts = [part_of(y, i) for i in range(count)]
        moving = [i for i in operands if dots[i] is not None]
        return tuple(added([dots[i] * slope[i](*args, parts) for i in moving]) for slope in of_each)

    register(
        f"special.{name}",
        custom([pull_of(i) for i in operands], push, over_complex="refused"),
        infer,
        names=f"scipy.special.{name}",
        signature=signature,
        cost=EXPENSIVE,
    )


def by_gamma_shape(a: Any, x: Any) -> Sym:
    """The derivative of the incomplete gamma function P(a, x) by a."""
    return s("gammainc_by_shape", a, x)


def by_beta_first(a: Any, b: Any, x: Any) -> Sym:
    """The derivative of the incomplete beta function I_x(a, b) by a."""
    return s("betainc_by_first", a, b, x)


def by_beta_second(a: Any, b: Any, x: Any) -> Sym:
    """The derivative of the incomplete beta function I_x(a, b) by b."""
    return s("betainc_by_second", a, b, x)


def t_by_df(df: Any, t: Any) -> Sym:
    """The derivative of Student's distribution function by df."""
    return s("stdtr_by_df", df, t)


def numpys(x: Sym, y: Sym) -> Sym:
    """Return a number of Python as one of NumPy's, which raises nothing at 0, in the precision of a result y."""
    return x if is_strong(x.type) else x.op("astype", dtype=Const(dtype_of(y.type)))
