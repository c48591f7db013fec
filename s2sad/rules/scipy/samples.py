"""scipy.stats: statistics of samples, and the multivariate normal and Dirichlet distributions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, TypeProblem, composed
from s2sad.rules.register import register
from s2sad.rules.scipy.notation import s
from s2sad.rules.symbols import length, where


def _over(axis: Any) -> dict[str, Any]:
    return {} if axis is None else {"axis": axis}


def _count(a: Sym, axis: Any) -> Any:
    return a.op("size") if axis is None else length(a, axis)


def _moment(a: Sym, axis: Any, order: int) -> Sym:
    centred = a - a.op("mean", **_over(axis), keepdims=True)
    return (centred**order).op("mean", **_over(axis))


def _zscore(a: Sym, axis: Any = 0, ddof: Any = 0) -> Sym:
    more = {"ddof": ddof} if ddof else {}
    centred = a - a.op("mean", **_over(axis), keepdims=True)
    return centred / a.op("std", **_over(axis), keepdims=True, **more)


def _gmean(a: Sym, weights: Sym | None, axis: Any = 0, keepdims: bool = False) -> Sym:
    return _weighted_mean(a.op("log"), weights, axis, keepdims).op("exp")


def _hmean(a: Sym, weights: Sym | None, axis: Any = 0, keepdims: bool = False) -> Sym:
    return 1.0 / _weighted_mean(1.0 / a, weights, axis, keepdims)


def _weighted_mean(a: Sym, weights: Sym | None, axis: Any, keepdims: bool) -> Sym:
    kept = {"keepdims": True} if keepdims else {}
    if weights is None:
        return a.op("mean", **_over(axis), **kept)
    return a.op("average", weights, **_over(axis), **kept)


def _skew(a: Sym, axis: Any = 0, bias: bool = True) -> Sym:
    """m_3 / m_2^(3/2), times sqrt(n (n - 1)) / (n - 2) without bias."""
    value = _moment(a, axis, 3) / _moment(a, axis, 2) ** 1.5
    if bias:
        return value
    n = _count(a, axis)
    return value * ((n * (n - 1)) ** 0.5 / (n - 2))


def _kurtosis(a: Sym, axis: Any = 0, fisher: bool = True, bias: bool = True) -> Sym:
    """m_4 / m_2^2, less 3 for Fisher's."""
    value = _moment(a, axis, 4) / _moment(a, axis, 2) ** 2
    if not bias:
        n = _count(a, axis)
        value = ((n * n - 1.0) * value - 3.0 * (n - 1) ** 2) / ((n - 2) * (n - 3)) + 3.0
    return value - 3.0 if fisher else value


def _sem(a: Sym, axis: Any = 0, ddof: Any = 1) -> Sym:
    return a.op("std", **_over(axis), ddof=ddof) / _count(a, axis) ** 0.5


def _variation(a: Sym, axis: Any = 0, ddof: Any = 0) -> Sym:
    more = {"ddof": ddof} if ddof else {}
    return a.op("std", **_over(axis), **more) / a.op("mean", **_over(axis))


def _entropy(pk: Sym, qk: Sym | None, base: Sym | None, axis: Any = 0) -> Sym:
    """Of shares of the sum: -sum p log p, or sum p log(p / q)."""
    p = pk / pk.op("sum", **_over(axis), keepdims=True)
    if qk is None:
        terms = s("entr", p)
    else:
        terms = s("rel_entr", p, qk / qk.op("sum", **_over(axis), keepdims=True))
    total = terms.op("sum", **_over(axis))
    return total if base is None else total / base.op("log")


for _name, _definition, _signature in (
    ("zscore", _zscore, "a | axis ddof nan_policy=propagate"),
    ("gmean", _gmean, "a | axis dtype=None @weights * nan_policy=propagate keepdims"),
    ("hmean", _hmean, "a | axis dtype=None * @weights nan_policy=propagate keepdims"),
    ("skew", _skew, "a | axis bias nan_policy=propagate * keepdims=False"),
    ("kurtosis", _kurtosis, "a | axis fisher bias nan_policy=propagate * keepdims=False"),
    ("sem", _sem, "a | axis ddof nan_policy=propagate * keepdims=False"),
    ("variation", _variation, "a | axis nan_policy=propagate ddof * keepdims=False"),
    ("entropy", _entropy, "pk | @qk @base axis * nan_policy=propagate keepdims=False"),
):
    register(
        f"stats.{_name}",
        composed(_definition, over_complex="refused"),
        names=f"scipy.stats.{_name}",
        signature=_signature,
        cost=EXPENSIVE,
    )


# --- distributions of vectors -----------------------------------------------------------------------------------------
def _normal_logpdf(x: Sym, mean: Sym | None, cov: Sym | None, **_: Any) -> Sym:
    """-(n log(2 pi) + log det(C) + (x - m)^T C^-1 (x - m)) / 2, for each vector along the last axis."""
    if cov is None or cov.ndim != 2 or not x.ndim:
        raise TypeProblem("scipy.stats.multivariate_normal is accepted for vectors, with a matrix of covariances")
    d = x if mean is None else x - mean
    n = length(cov)
    turned = cov.op("solve", d if d.ndim == 1 else d.T).T if d.ndim < 3 else None
    if turned is None:
        raise TypeProblem("scipy.stats.multivariate_normal is accepted for a vector or the rows of a matrix")
    distance = (d * turned).sum(axis=-1) if d.ndim > 1 else (d * turned).sum()
    return -0.5 * (n * math.log(2.0 * math.pi) + cov.op("logabsdet") + distance)


def _dirichlet_logpdf(x: Sym, alpha: Sym) -> Sym:
    """sum (a_i - 1) log(x_i) - sum log Gamma(a_i) + log Gamma(sum a_i); the last share may be left out in SciPy."""
    wide = alpha.op("expand_dims", axis=1) if x.ndim > 1 else alpha
    terms = s("xlogy", wide - 1.0, x)
    total = terms.sum(axis=0) if x.ndim > 1 else terms.sum()
    return total - s("gammaln", alpha).sum() + s("gammaln", alpha.sum())


def _multinomial_logpmf(x: Sym, n: Sym, p: Sym) -> Sym:
    """log n! - sum log x_i! + sum x_i log(p_i), where the counts add up to n and the chances to 1."""
    terms = s("xlogy", x, p) - s("gammaln", x + 1.0)
    value = terms.sum(axis=-1) + s("gammaln", n + 1.0)
    return where(x.sum(axis=-1).equals(n), value, -math.inf)


def _exp_of(formula: Callable[..., Sym]) -> Callable[..., Sym]:
    return lambda *args, **attrs: formula(*args, **attrs).op("exp")


_MORE = "@mean @cov allow_singular=False"
for _name, _formula in (("logpdf", _normal_logpdf), ("pdf", _exp_of(_normal_logpdf))):
    register(
        f"stats.multivariate_normal.{_name}",
        composed(_formula, over_complex="refused"),
        names=f"scipy.stats.multivariate_normal.{_name}",
        signature=f"x | {_MORE}",
        cost=EXPENSIVE,
    )
for _name, _formula in (("logpmf", _multinomial_logpmf), ("pmf", _exp_of(_multinomial_logpmf))):
    register(
        f"stats.multinomial.{_name}",
        composed(_formula, over_complex="refused"),
        names=f"scipy.stats.multinomial.{_name}",
        signature="x n p |",
        cost=EXPENSIVE,
    )
for _name, _formula in (("logpdf", _dirichlet_logpdf), ("pdf", _exp_of(_dirichlet_logpdf))):
    register(
        f"stats.dirichlet.{_name}",
        composed(_formula, over_complex="refused"),
        names=f"scipy.stats.dirichlet.{_name}",
        signature="x alpha |",
        cost=EXPENSIVE,
    )
