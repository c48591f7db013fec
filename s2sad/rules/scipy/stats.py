"""scipy.stats: densities and distribution functions of the usual distributions.

A distribution is given at location 0 and scale 1, as a function of z = (x - loc) / scale and of its shapes, on its
support. Formulas: Johnson, Kotz, Balakrishnan, Continuous Univariate Distributions (1994); NIST DLMF 7, 8.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from s2sad.ir.types import broadcast, numeric_kind
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, composed, constant
from s2sad.rules.infer import scalar_or_array, shape_of
from s2sad.rules.register import register
from s2sad.rules.scipy import samples as _samples  # noqa: F401 - the rest of the module
from s2sad.rules.scipy.notation import s
from s2sad.rules.symbols import where

Formula = Callable[..., Sym]
Moment = Callable[..., Any]  # of the shapes alone: a number, or a value
End = float | Callable[..., Any] | None


@dataclass(frozen=True)
class Distribution:
    """The logarithm of a density and what else has a formula of its own; elsewhere than on the support it is zero."""

    log_density: Formula
    cdf: Formula | None = None
    sf: Formula | None = None
    logcdf: Formula | None = None
    logsf: Formula | None = None
    ppf: Formula | None = None
    isf: Formula | None = None
    mean: Moment | None = None
    var: Moment | None = None
    shapes: str = ""
    low: End = None  # the support, and a place in it at which every formula is finite; ends may be of the shapes
    high: End = None
    within: End = 0.5
    open: bool = False  # whether the lower end is none of it


def end(given: End, shapes: Any) -> Any:
    """Return an end of a support."""
    return given(*shapes) if callable(given) else given


def inside(d: Distribution, z: Sym, shapes: Any) -> tuple[Any, Sym]:
    """Return where z is in the support (None: everywhere), and z moved to a place in it where it is not."""
    low, high = end(d.low, shapes), end(d.high, shapes)
    below = None if low is None else z.op("less_equal", low) if d.open else z < low
    above = None if high is None else z > high
    if below is None and above is None:
        return None, z
    out = above if below is None else below if above is None else below.op("bitwise_or", above)
    assert out is not None
    return out, where(out, end(d.within, shapes), z)


def placed(z: Sym, loc: Sym | None, scale: Sym | None) -> Sym:
    """Return (x - loc) / scale."""
    z = z if loc is None else z - loc
    return z if scale is None else z / scale


def logpdf(d: Distribution) -> Formula:
    """Return the logarithm of a density: that of z, less the logarithm of the scale."""

    def definition(x: Sym, *rest: Any) -> Sym:
        *shapes, loc, scale = rest
        out, z = inside(d, placed(x, loc, scale), shapes)
        value = d.log_density(z, *shapes)
        value = value if scale is None else value - scale.op("log")
        return value if out is None else where(out, -math.inf, value)

    return definition


def pdf(d: Distribution) -> Formula:
    """Return a density."""

    def definition(x: Sym, *rest: Any) -> Sym:
        *shapes, loc, scale = rest
        out, z = inside(d, placed(x, loc, scale), shapes)
        value = d.log_density(z, *shapes).op("exp")
        value = value if scale is None else value / scale
        return value if out is None else where(out, 0.0, value)

    return definition


def of_place(d: Distribution, formula: Formula, below: float, above: float) -> Formula:
    """Return a function of z, constant on either side of the support."""

    def definition(x: Sym, *rest: Any) -> Sym:
        *shapes, loc, scale = rest
        place = placed(x, loc, scale)
        out, z = inside(d, place, shapes)
        value = formula(z, *shapes)
        if out is None:
            return value
        beyond = below if d.high is None else where(place < end(d.within, shapes), below, above)
        return where(out, beyond, value)

    return definition


def quantile(formula: Formula) -> Formula:
    """Return loc + scale times the quantile of z."""

    def definition(q: Sym, *rest: Any) -> Sym:
        *shapes, loc, scale = rest
        value = formula(q, *shapes)
        value = value if scale is None else scale * value
        return value if loc is None else loc + value

    return definition


def mean_of(formula: Moment) -> Formula:
    """Return loc + scale times the mean of z."""

    def definition(*rest: Any) -> Any:
        *shapes, loc, scale = rest
        value = formula(*shapes)
        if isinstance(value, float) and value == 0.0 and loc is not None:
            return as_wide(loc, scale)
        value = value if scale is None else scale * value
        return value if loc is None else loc + value

    return definition


def spread_of(formula: Moment, power: int) -> Formula:
    """Return the standard deviation (power 1) or the variance (2) from that of z."""

    def definition(*rest: Any) -> Any:
        *shapes, loc, scale = rest
        value = formula(*shapes)
        if power == 1:
            value = math.sqrt(value) if isinstance(value, float) else value.op("sqrt")
        return value if scale is None else as_wide(scale**power * value, loc)

    return definition


def as_wide(value: Sym, other: Sym | None) -> Sym:
    """Return a value of the shape that it has beside another one."""
    return value if other is None or other.ndim == 0 else value + 0.0 * other


def upper(ppf: Formula) -> Formula:
    """Return the quantile that this share lies above."""
    return lambda q, *shapes: ppf(1.0 - q, *shapes)


def log_of(formula: Formula) -> Formula:
    """Return the logarithm of a formula."""
    return lambda z, *shapes: formula(z, *shapes).op("log")


def rest_of(formula: Formula) -> Formula:
    """Return what a formula leaves of 1."""
    return lambda z, *shapes: 1.0 - formula(z, *shapes)


def floats(args: Any, attrs: Any, form: str) -> Any:
    """SciPy's distributions compute in double precision."""
    shapes = [shape_of(arg.type) for arg in args if getattr(arg, "value", arg) is not None]
    return scalar_or_array("float64", broadcast(*shapes))


def add(name: str, d: Distribution) -> None:
    """Register the functions of a continuous distribution."""
    sf = d.sf or (d.cdf and rest_of(d.cdf))
    logcdf = d.logcdf or (d.cdf and log_of(d.cdf))
    logsf = d.logsf or (sf and log_of(sf))
    found = {
        "logpdf": logpdf(d),
        "pdf": pdf(d),
        "cdf": d.cdf and of_place(d, d.cdf, 0.0, 1.0),
        "sf": sf and of_place(d, sf, 1.0, 0.0),
        "logcdf": logcdf and of_place(d, logcdf, -math.inf, 0.0),
        "logsf": logsf and of_place(d, logsf, 0.0, -math.inf),
        "ppf": d.ppf and quantile(d.ppf),
        "isf": d.ppf and quantile(d.isf or upper(d.ppf)),
    }
    for function, definition in found.items():
        if definition is not None:
            first = "q" if function in ("ppf", "isf") else "x"
            register_function(f"{name}.{function}", definition, f"{first} {d.shapes} | @loc @scale")
    if d.mean is not None and d.var is not None:
        moments = {"mean": mean_of(d.mean), "std": spread_of(d.var, 1), "var": spread_of(d.var, 2)}
        for function, definition in moments.items():
            register_function(f"{name}.{function}", definition, f"{d.shapes} | @loc @scale")


def register_function(name: str, definition: Formula, signature: str) -> None:
    """Register a method of a distribution."""
    register(
        f"stats.{name}",
        composed(definition, over_complex="refused"),
        floats,
        names=f"scipy.stats.{name}",
        signature=signature,
        cost=EXPENSIVE,
    )


HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)

add(
    "norm",
    Distribution(
        lambda z: -0.5 * z * z - HALF_LOG_2PI,
        cdf=lambda z: s("ndtr", z),
        sf=lambda z: s("ndtr", -z),
        logcdf=lambda z: s("log_ndtr", z),
        logsf=lambda z: s("log_ndtr", -z),
        ppf=lambda q: s("ndtri", q),
        isf=lambda q: -s("ndtri", q),
        mean=lambda: 0.0,
        var=lambda: 1.0,
    ),
)
add(
    "halfnorm",
    Distribution(
        lambda z: 0.5 * math.log(2.0 / math.pi) - 0.5 * z * z,
        cdf=lambda z: s("erf", z / math.sqrt(2.0)),
        sf=lambda z: s("erfc", z / math.sqrt(2.0)),
        ppf=lambda q: s("ndtri", 0.5 * (1.0 + q)),
        mean=lambda: math.sqrt(2.0 / math.pi),
        var=lambda: 1.0 - 2.0 / math.pi,
        low=0.0,
    ),
)
add(
    "lognorm",
    Distribution(
        lambda z, sigma: -0.5 * (z.op("log") / sigma) ** 2 - (sigma * z).op("log") - HALF_LOG_2PI,
        cdf=lambda z, sigma: s("ndtr", z.op("log") / sigma),
        sf=lambda z, sigma: s("ndtr", -z.op("log") / sigma),
        logcdf=lambda z, sigma: s("log_ndtr", z.op("log") / sigma),
        logsf=lambda z, sigma: s("log_ndtr", -z.op("log") / sigma),
        ppf=lambda q, sigma: (sigma * s("ndtri", q)).op("exp"),
        isf=lambda q, sigma: (-sigma * s("ndtri", q)).op("exp"),
        mean=lambda sigma: (0.5 * sigma * sigma).op("exp"),
        var=lambda sigma: (sigma * sigma).op("expm1") * (sigma * sigma).op("exp"),
        shapes="s",
        low=0.0,
        open=True,
    ),
)
add(
    "expon",
    Distribution(
        lambda z: -z,
        cdf=lambda z: -(-z).op("expm1"),
        sf=lambda z: (-z).op("exp"),
        logcdf=lambda z: (-(-z).op("exp")).op("log1p"),
        logsf=lambda z: -z,
        ppf=lambda q: -(-q).op("log1p"),
        isf=lambda q: -q.op("log"),
        mean=lambda: 1.0,
        var=lambda: 1.0,
        low=0.0,
    ),
)
add(
    "uniform",
    Distribution(
        lambda z: 0.0 * z,
        cdf=lambda z: z,
        ppf=lambda q: q,
        mean=lambda: 0.5,
        var=lambda: 1.0 / 12.0,
        low=0.0,
        high=1.0,
    ),
)
add(
    "laplace",
    Distribution(
        lambda z: -z.op("absolute") - math.log(2.0),
        cdf=lambda z: where(z < 0.0, 0.5 * (-z.op("absolute")).op("exp"), 1.0 - 0.5 * (-z.op("absolute")).op("exp")),
        sf=lambda z: where(z > 0.0, 0.5 * (-z.op("absolute")).op("exp"), 1.0 - 0.5 * (-z.op("absolute")).op("exp")),
        ppf=lambda q: where(q < 0.5, (2.0 * q).op("log"), -(2.0 * (1.0 - q)).op("log")),
        isf=lambda q: where(q < 0.5, -(2.0 * q).op("log"), (2.0 * (1.0 - q)).op("log")),
        mean=lambda: 0.0,
        var=lambda: 2.0,
    ),
)
add(
    "logistic",
    Distribution(
        lambda z: s("log_expit", z) + s("log_expit", -z),
        cdf=lambda z: s("expit", z),
        sf=lambda z: s("expit", -z),
        logcdf=lambda z: s("log_expit", z),
        logsf=lambda z: s("log_expit", -z),
        ppf=lambda q: s("logit", q),
        mean=lambda: 0.0,
        var=lambda: math.pi * math.pi / 3.0,
    ),
)
add(
    "cauchy",
    Distribution(
        lambda z: -math.log(math.pi) - (z * z).op("log1p"),
        cdf=lambda z: 0.5 + z.op("arctan") / math.pi,
        sf=lambda z: 0.5 - z.op("arctan") / math.pi,
        ppf=lambda q: (math.pi * q - math.pi / 2.0).op("tan"),
        isf=lambda q: (math.pi / 2.0 - math.pi * q).op("tan"),
    ),
)
add(
    "gumbel_r",
    Distribution(
        lambda z: -z - (-z).op("exp"),
        cdf=lambda z: (-(-z).op("exp")).op("exp"),
        sf=lambda z: -(-(-z).op("exp")).op("expm1"),
        logcdf=lambda z: -(-z).op("exp"),
        ppf=lambda q: -(-q.op("log")).op("log"),
        isf=lambda q: -(-(-q).op("log1p")).op("log"),
    ),
)
add(
    "gumbel_l",
    Distribution(
        lambda z: z - z.op("exp"),
        cdf=lambda z: -(-z.op("exp")).op("expm1"),
        sf=lambda z: (-z.op("exp")).op("exp"),
        logsf=lambda z: -z.op("exp"),
        ppf=lambda q: (-(-q).op("log1p")).op("log"),
        isf=lambda q: (-q.op("log")).op("log"),
    ),
)
add(
    "t",
    Distribution(
        lambda z, df: (
            s("gammaln", 0.5 * (df + 1.0))
            - s("gammaln", 0.5 * df)
            - 0.5 * (math.pi * df).op("log")
            - 0.5 * (df + 1.0) * (z * z / df).op("log1p")
        ),
        cdf=lambda z, df: s("stdtr", df, z),
        sf=lambda z, df: s("stdtr", df, -z),
        ppf=lambda q, df: s("stdtrit", df, q),
        isf=lambda q, df: -s("stdtrit", df, q),
        shapes="df",
    ),
)
add(
    "gamma",
    Distribution(
        lambda z, a: s("xlogy", a - 1.0, z) - z - s("gammaln", a),
        cdf=lambda z, a: s("gammainc", a, z),
        sf=lambda z, a: s("gammaincc", a, z),
        ppf=lambda q, a: s("gammaincinv", a, q),
        isf=lambda q, a: s("gammainccinv", a, q),
        mean=lambda a: a,
        var=lambda a: a,
        shapes="a",
        low=0.0,
    ),
)
add(
    "chi2",
    Distribution(
        lambda z, df: s("xlogy", 0.5 * df - 1.0, z) - 0.5 * z - s("gammaln", 0.5 * df) - 0.5 * math.log(2.0) * df,
        cdf=lambda z, df: s("gammainc", 0.5 * df, 0.5 * z),
        sf=lambda z, df: s("gammaincc", 0.5 * df, 0.5 * z),
        ppf=lambda q, df: 2.0 * s("gammaincinv", 0.5 * df, q),
        isf=lambda q, df: 2.0 * s("gammainccinv", 0.5 * df, q),
        mean=lambda df: df,
        var=lambda df: 2.0 * df,
        shapes="df",
        low=0.0,
    ),
)
add(
    "invgamma",
    Distribution(
        lambda z, a: -(a + 1.0) * z.op("log") - s("gammaln", a) - 1.0 / z,
        cdf=lambda z, a: s("gammaincc", a, 1.0 / z),
        sf=lambda z, a: s("gammainc", a, 1.0 / z),
        ppf=lambda q, a: 1.0 / s("gammainccinv", a, q),
        isf=lambda q, a: 1.0 / s("gammaincinv", a, q),
        shapes="a",
        low=0.0,
        open=True,
    ),
)
add(
    "beta",
    Distribution(
        lambda z, a, b: s("xlogy", a - 1.0, z) + s("xlog1py", b - 1.0, -z) - s("betaln", a, b),
        cdf=lambda z, a, b: s("betainc", a, b, z),
        sf=lambda z, a, b: s("betainc", b, a, 1.0 - z),
        ppf=lambda q, a, b: s("betaincinv", a, b, q),
        isf=lambda q, a, b: 1.0 - s("betaincinv", b, a, q),
        mean=lambda a, b: a / (a + b),
        var=lambda a, b: a * b / ((a + b) * (a + b) * (a + b + 1.0)),
        shapes="a b",
        low=0.0,
        high=1.0,
    ),
)
add(
    "weibull_min",
    Distribution(
        lambda z, c: c.op("log") + s("xlogy", c - 1.0, z) - z**c,
        cdf=lambda z, c: -(-(z**c)).op("expm1"),
        sf=lambda z, c: (-(z**c)).op("exp"),
        logsf=lambda z, c: -(z**c),
        ppf=lambda q, c: (-(-q).op("log1p")) ** (1.0 / c),
        isf=lambda q, c: (-q.op("log")) ** (1.0 / c),
        shapes="c",
        low=0.0,
    ),
)
add(
    "pareto",
    Distribution(
        lambda z, b: b.op("log") - (b + 1.0) * z.op("log"),
        cdf=lambda z, b: 1.0 - z ** (-b),
        sf=lambda z, b: z ** (-b),
        logsf=lambda z, b: -b * z.op("log"),
        ppf=lambda q, b: (1.0 - q) ** (-1.0 / b),
        isf=lambda q, b: q ** (-1.0 / b),
        shapes="b",
        low=1.0,
        within=1.5,
    ),
)
add(
    "rayleigh",
    Distribution(
        lambda z: z.op("log") - 0.5 * z * z,
        cdf=lambda z: -(-0.5 * z * z).op("expm1"),
        sf=lambda z: (-0.5 * z * z).op("exp"),
        logsf=lambda z: -0.5 * z * z,
        ppf=lambda q: (-2.0 * (-q).op("log1p")).op("sqrt"),
        isf=lambda q: (-2.0 * q.op("log")).op("sqrt"),
        low=0.0,
    ),
)


def _gennorm_sf(z: Sym, beta: Sym) -> Sym:
    tail = 0.5 * s("gammaincc", 1.0 / beta, z.op("absolute") ** beta)
    return where(z > 0.0, tail, 1.0 - tail)


add(
    "gennorm",
    Distribution(
        lambda z, beta: (0.5 * beta).op("log") - s("gammaln", 1.0 / beta) - z.op("absolute") ** beta,
        cdf=lambda z, beta: _gennorm_sf(-z, beta),
        sf=_gennorm_sf,
        shapes="beta",
    ),
)


def _log_mass_between(a: Sym, b: Sym) -> Sym:
    """log(ndtr(b) - ndtr(a)), in the tail that is the smaller: the other has no digits left."""
    right = a > 0.0
    low, high = where(right, -b, a), where(right, -a, b)
    top = s("log_ndtr", high)
    return top + (-(s("log_ndtr", low) - top).op("exp")).op("log1p")


add(
    "truncnorm",
    Distribution(
        lambda z, a, b: -0.5 * z * z - HALF_LOG_2PI - _log_mass_between(a, b),
        cdf=lambda z, a, b: (_log_mass_between(a, z) - _log_mass_between(a, b)).op("exp"),
        sf=lambda z, a, b: (_log_mass_between(z, b) - _log_mass_between(a, b)).op("exp"),
        logcdf=lambda z, a, b: _log_mass_between(a, z) - _log_mass_between(a, b),
        logsf=lambda z, a, b: _log_mass_between(z, b) - _log_mass_between(a, b),
        shapes="a b",
        low=lambda a, b: a,
        high=lambda a, b: b,
        within=lambda a, b: a.op("maximum", 0.0).op("minimum", b),
    ),
)
add(
    "vonmises",
    Distribution(
        lambda z, kappa: kappa * s("cosm1", z) - s("i0e", kappa).op("log") - math.log(2.0 * math.pi), shapes="kappa"
    ),
)
add(
    "wrapcauchy",
    Distribution(
        lambda z, c: ((1.0 - c * c) / (2.0 * math.pi * (1.0 + c * c - 2.0 * c * z.op("cos")))).op("log"),
        shapes="c",
        low=0.0,
        high=2.0 * math.pi,
    ),
)


# --- discrete distributions: functions of their parameters ------------------------------------------------------------
def _poisson(k: Sym, mu: Sym) -> Sym:
    return s("xlogy", k, mu) - s("gammaln", k + 1.0) - mu


def _bernoulli(k: Sym, p: Sym) -> Sym:
    return s("xlogy", k, p) + s("xlog1py", 1.0 - k, -p)


def _binom(k: Sym, n: Sym, p: Sym) -> Sym:
    ways = s("gammaln", n + 1.0) - s("gammaln", k + 1.0) - s("gammaln", n - k + 1.0)
    return ways + s("xlogy", k, p) + s("xlog1py", n - k, -p)


def _geom(k: Sym, p: Sym) -> Sym:
    return s("xlog1py", k - 1.0, -p) + p.op("log")


def _nbinom(k: Sym, n: Sym, p: Sym) -> Sym:
    ways = s("gammaln", n + k) - s("gammaln", k + 1.0) - s("gammaln", n)
    return ways + n * p.op("log") + s("xlog1py", k, -p)


def _betabinom(k: Sym, n: Sym, a: Sym, b: Sym) -> Sym:
    ways = -(n + 1.0).op("log") - s("betaln", n - k + 1.0, k + 1.0)
    return ways + s("betaln", k + a, n - k + b) - s("betaln", a, b)


@dataclass(frozen=True)
class Discrete:
    """The logarithm of a probability mass at whole numbers from `low` to `high`; the mass up to a number."""

    log_mass: Formula
    shapes: str
    low: int = 0
    high: Callable[..., Any] | None = None
    cdf: Formula | None = None
    sf: Formula | None = None
    plain: Formula | None = None  # the mass itself, where its logarithm is -inf at places where it has a derivative


def mass(d: Discrete, log: bool) -> Formula:
    """Return a probability mass, or its logarithm: none but at the whole numbers of the support."""

    def definition(k: Sym, *rest: Any) -> Sym:
        *shapes, loc = rest
        k = k if loc is None else k - loc
        k = k.op("stop_gradient") if numeric_kind(k.type) == "float" else k
        out = (k < d.low).op("bitwise_or", k.op("floor").op("not_equal", k))
        if d.high is not None:
            out = out.op("bitwise_or", k > d.high(*shapes))
        inside = where(out, d.low, k)
        if d.plain is not None and not log:
            return where(out, 0.0, d.plain(inside, *shapes))
        value = d.log_mass(inside, *shapes)
        return where(out, -math.inf, value) if log else where(out, 0.0, value.op("exp"))

    return definition


def up_to(d: Discrete, formula: Formula, below: float, above: float) -> Formula:
    """Return the mass up to the whole number below k, or beyond it."""

    def definition(k: Sym, *rest: Any) -> Sym:
        *shapes, loc = rest
        k = k if loc is None else k - loc
        k = k.op("stop_gradient").op("floor") if numeric_kind(k.type) == "float" else k
        out = k < d.low
        at = where(out, d.low, k)
        if d.high is None:
            return where(out, below, formula(at, *shapes))
        last = at.op("greater_equal", d.high(*shapes))
        return where(out, below, where(last, above, formula(where(last, d.low, at), *shapes)))

    return definition


DISCRETE = {
    "poisson": Discrete(
        _poisson,
        "mu",
        cdf=lambda k, mu: s("gammaincc", k + 1.0, mu),
        sf=lambda k, mu: s("gammainc", k + 1.0, mu),
    ),
    "bernoulli": Discrete(
        _bernoulli,
        "p",
        high=lambda p: 1,
        cdf=lambda k, p: 1.0 - p,
        sf=lambda k, p: p,
        plain=lambda k, p: where(k.equals(1), p, 1.0 - p),
    ),
    "binom": Discrete(
        _binom,
        "n p",
        high=lambda n, p: n,
        cdf=lambda k, n, p: s("betainc", n - k, k + 1.0, 1.0 - p),
        sf=lambda k, n, p: s("betainc", k + 1.0, n - k, p),
    ),
    "geom": Discrete(
        _geom,
        "p",
        low=1,
        cdf=lambda k, p: -(k * (-p).op("log1p")).op("expm1"),
        sf=lambda k, p: (k * (-p).op("log1p")).op("exp"),
    ),
    "nbinom": Discrete(
        _nbinom,
        "n p",
        cdf=lambda k, n, p: s("betainc", n, k + 1.0, p),
        sf=lambda k, n, p: s("betainc", k + 1.0, n, 1.0 - p),
    ),
    "betabinom": Discrete(_betabinom, "n a b", high=lambda n, a, b: n),
}
for _name, _d in DISCRETE.items():
    for _function in ("ppf", "isf"):
        register(
            f"stats.{_name}.{_function}",
            constant(cost=EXPENSIVE),
            floats,
            names=f"scipy.stats.{_name}.{_function}",
            signature=f"q {_d.shapes} | @loc",
        )
    for _function, _formula, _below, _above in (("cdf", _d.cdf, 0.0, 1.0), ("sf", _d.sf, 1.0, 0.0)):
        if _formula is not None:
            register_function(f"{_name}.{_function}", up_to(_d, _formula, _below, _above), f"k {_d.shapes} | @loc")
    register_function(f"{_name}.logpmf", mass(_d, log=True), f"k {_d.shapes} | @loc")
    register_function(f"{_name}.pmf", mass(_d, log=False), f"k {_d.shapes} | @loc")
