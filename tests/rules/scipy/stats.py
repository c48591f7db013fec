"""Cases of scipy.stats."""

from __future__ import annotations

import numpy as np

from tests.rules.makers import Case, Maker, between, case, exactly, normal, number

ANY, POSITIVE, UNIT = normal(2, 3), between(0.2, 2.0, 2, 3), between(0.2, 0.8, 2, 3)
SHAPE = between(1.2, 2.5, 3)
SHAPES = {"low": between(-1.0, 0.1, 3), "high": between(0.9, 2.0, 3), "v": between(0.2, 0.8, 3)}
ALL = "cdf sf logcdf logsf"

# Where a density is tested, the shapes of the distribution, and its functions.
CONTINUOUS: dict[str, tuple[Maker, str, str]] = {
    "norm": (ANY, "", "logpdf pdf cdf sf logcdf logsf"),
    "halfnorm": (POSITIVE, "", f"logpdf pdf {ALL}"),
    "lognorm": (POSITIVE, "s", f"logpdf pdf {ALL}"),
    "expon": (POSITIVE, "", "logpdf pdf cdf sf logcdf logsf"),
    "uniform": (UNIT, "", f"logpdf pdf {ALL}"),
    "laplace": (ANY, "", f"logpdf pdf {ALL}"),
    "logistic": (ANY, "", "logpdf pdf cdf sf logcdf logsf"),
    "cauchy": (ANY, "", f"logpdf pdf {ALL}"),
    "gumbel_r": (ANY, "", f"logpdf pdf {ALL}"),
    "gumbel_l": (ANY, "", f"logpdf pdf {ALL}"),
    "gennorm": (ANY, "k", "logpdf pdf"),
    "truncnorm": (UNIT, "low high", f"logpdf pdf {ALL}"),
    "vonmises": (ANY, "k", "logpdf pdf"),
    "wrapcauchy": (UNIT, "v", "logpdf pdf"),
    "t": (ANY, "nu", "logpdf pdf"),
    "gamma": (POSITIVE, "a", "logpdf pdf"),
    "chi2": (POSITIVE, "nu", "logpdf pdf"),
    "invgamma": (POSITIVE, "a", "logpdf pdf"),
    "beta": (UNIT, "a b", "logpdf pdf"),
    "weibull_min": (POSITIVE, "k", f"logpdf pdf {ALL}"),
    "pareto": (between(1.2, 3.0, 2, 3), "b", f"logpdf pdf {ALL}"),
    "rayleigh": (POSITIVE, "", f"logpdf pdf {ALL}"),
}


def cases_of(function: str, x: Maker, shapes: str) -> list[Case]:
    """Return a distribution at its standard place, moved, and outside of its support."""
    given = "".join(f", {shape}" for shape in shapes.split())
    makers = {shape: SHAPES.get(shape, SHAPE) for shape in shapes.split()}
    loc, scale = number(-0.1, 0.1), between(0.9, 1.1, 3)
    wide = exactly(np.array([-3.0, 0.37, 12.0]))
    outside = f"stats.{function}(x{given})"
    outside = f"np.exp({outside})" if ".log" in function else outside
    return [
        case(f"stats.{function}(x{given})", x=x, single=False, **makers),
        case(f"stats.{function}(x{given}, m, w)", x=x, **makers, m=loc, w=scale, second=False),
        case(
            f"stats.{function}(x{given}, scale=w) * m",
            x=lambda rng: float(x(rng).flat[0]),
            **makers,
            m=loc,
            w=number(0.9, 1.1),
            second=False,
        ),
        case(outside, x=wide, **makers, second=False, single=False),
    ]


STATS: dict[str, list[Case]] = {
    f"stats.{name}.{function}": cases_of(f"{name}.{function}", x, shapes)
    for name, (x, shapes, functions) in CONTINUOUS.items()
    for function in functions.split()
}
GIVEN = {"gennorm": "1.6", "t": "2.5", "gamma": "1.7", "chi2": "3", "invgamma": "1.4", "beta": "1.3, 2.1"}
for _name, _shapes in GIVEN.items():
    for _function in ALL.split():
        _given = "a, b" if _name == "beta" else "a"
        _makers = {"a": SHAPE, "b": number(1.2, 2.5)} if _name == "beta" else {"a": SHAPE}
        STATS[f"stats.{_name}.{_function}"] = [
            case(f"stats.{_name}.{_function}(x, {_shapes}, loc=m)", x=UNIT, m=number(-0.1, 0.1)),
            case(f"stats.{_name}.{_function}(x, {_given})", x=UNIT, second=False, dual=False, real=True, **_makers),
        ]
QUANTILES = "norm halfnorm expon uniform laplace logistic cauchy gumbel_r gumbel_l rayleigh"
for _name in QUANTILES.split():
    for _function in ("ppf", "isf"):
        STATS[f"stats.{_name}.{_function}"] = [
            case(f"stats.{_name}.{_function}(x)", x=UNIT),
            case(f"stats.{_name}.{_function}(x, m, w)", x=UNIT, m=number(), w=number()),
        ]
for _name in ("lognorm", "weibull_min", "pareto"):
    for _function in ("ppf", "isf"):
        STATS[f"stats.{_name}.{_function}"] = [
            case(f"stats.{_name}.{_function}(x, a, scale=w)", x=UNIT, a=SHAPE, w=number())
        ]
for _name, _shapes in GIVEN.items():
    if _name == "gennorm":
        continue
    _given = "a, b" if _name == "beta" else "a"
    _makers = {"a": SHAPE, "b": number(1.2, 2.5)} if _name == "beta" else {"a": SHAPE}
    for _function in ("ppf", "isf"):
        STATS[f"stats.{_name}.{_function}"] = [
            case(f"stats.{_name}.{_function}(x, {_shapes}, m, w)", x=UNIT, m=number(), w=number(), dual=False),
            case(f"stats.{_name}.{_function}(x, {_given})", x=UNIT, second=False, dual=False, real=True, **_makers),
        ]
MOMENTS = dict.fromkeys(["norm", "halfnorm", "expon", "uniform", "laplace", "logistic"], "")
MOMENTS |= {"lognorm": "a, ", "gamma": "a, ", "chi2": "a, ", "beta": "a, b, "}
for _name, _shapes in MOMENTS.items():
    _makers = dict.fromkeys(_shapes.replace(",", " ").split(), SHAPE)
    for _function in ("mean", "var", "std"):
        STATS[f"stats.{_name}.{_function}"] = [
            case(f"stats.{_name}.{_function}({_shapes}m, w)", m=UNIT, w=number(1.2, 2.5), **_makers),
            case(f"stats.{_name}.{_function}({_shapes}scale=w)", w=number(1.2, 2.5), **_makers),
        ]

COUNTS = exactly(np.array([0, 1, 2, 5, -1]))
CHANCES = between(0.2, 0.8, 5)
for _name, _makers in {
    "poisson": {"mu": between(0.5, 3.0, 5)},
    "bernoulli": {"p": between(0.2, 0.8, 5)},
    "geom": {"p": number(0.2, 0.8)},
}.items():
    for _function in ("logpmf", "pmf"):
        STATS[f"stats.{_name}.{_function}"] = [
            case(f"np.exp(stats.{_name}.{_function}(k, {next(iter(_makers))}))", k=COUNTS, **_makers),
            case(f"stats.{_name}.{_function}(1, {next(iter(_makers))})", **_makers),
        ]
for _function in ("logpmf", "pmf"):
    STATS[f"stats.binom.{_function}"] = [case(f"np.exp(stats.binom.{_function}(k, 4, p))", k=COUNTS, p=CHANCES)]
    STATS[f"stats.nbinom.{_function}"] = [
        case(f"np.exp(stats.nbinom.{_function}(k, n, p))", k=COUNTS, n=between(1.5, 4.0, 5), p=number(0.2, 0.8))
    ]
for _function in ("cdf", "sf"):
    STATS[f"stats.poisson.{_function}"] = [case(f"stats.poisson.{_function}(k, mu)", k=COUNTS, mu=between(0.5, 3.0, 5))]
    STATS[f"stats.bernoulli.{_function}"] = [case(f"stats.bernoulli.{_function}(k, p)", k=COUNTS, p=CHANCES)]
    STATS[f"stats.geom.{_function}"] = [case(f"stats.geom.{_function}(k, p)", k=COUNTS, p=CHANCES)]
    STATS[f"stats.binom.{_function}"] = [
        case(f"stats.binom.{_function}(k, 4, p, loc=1)", k=COUNTS, p=CHANCES),
        case(f"stats.binom.{_function}(1.5, 4, p)", p=number(0.2, 0.8)),
    ]
    STATS[f"stats.nbinom.{_function}"] = [case(f"stats.nbinom.{_function}(k, 2, p)", k=COUNTS, p=CHANCES)]
for _function in ("logpmf", "pmf"):
    STATS[f"stats.betabinom.{_function}"] = [
        case(f"np.exp(stats.betabinom.{_function}(k, 4, a, b))", k=COUNTS, a=between(1.2, 2.5, 5), b=number(0.5, 2.0))
    ]
    STATS[f"stats.multinomial.{_function}"] = [
        case(f"stats.multinomial.{_function}([1, 2, 0], 3, x / x.sum())", x=between(0.2, 0.8, 3)),
        case(f"stats.multinomial.{_function}([[1, 2, 0], [3, 0, 0]], [3, 3], x / x.sum())", x=between(0.2, 0.8, 3)),
    ]
