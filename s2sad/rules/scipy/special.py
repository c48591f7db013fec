"""scipy.special, where it is installed. Formulas: NIST Digital Library of Mathematical Functions (DLMF)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special

from s2sad.ir.nodes import Const, Var
from s2sad.ir.types import Array, Structure, broadcast, numeric_kind
from s2sad.rules.builder import Sym, unbroadcast
from s2sad.rules.core import EXPENSIVE, NotStatic, Refused, TypeProblem, composed, custom, elementwise, static
from s2sad.rules.infer import array_of, reduction, scalar_or_array, shape_of, ufunc_dtype
from s2sad.rules.reductions import spread
from s2sad.rules.register import register
from s2sad.rules.scipy import special_more as _more  # noqa: F401 - the rest of the module
from s2sad.rules.scipy.notation import (
    HALF_ROOT_PI,
    ROOT_2PI,
    ROOT_PI,
    Partial,
    add,
    beta_density,
    by_beta_first,
    by_beta_second,
    by_gamma_shape,
    gamma_density,
    numpys,
    of,
    over,
    refused,
    s,
    several,
    square,
    t_by_df,
    t_density,
)
from s2sad.rules.symbols import part_of, where

# --- error functions and the normal distribution (DLMF 7) -----------------------------------------------------------
add("erf", lambda y, x: 2.0 / ROOT_PI * square(x), over_complex="conjugated")
add("erfc", lambda y, x: -2.0 / ROOT_PI * square(x), over_complex="conjugated")


def _erfcx(y: Sym, x: Sym) -> Sym:
    """2 x y - 2 / sqrt(pi), of which nothing is left far out: there the asymptotic series (DLMF 7.12.1)."""
    near = 2.0 * x * y - 2.0 / ROOT_PI
    if numeric_kind(x.type) == "complex":
        return near
    far = x > 50.0
    w = 1.0 / where(far, x, 1.0) ** 2
    series = 1.0 - w * (1.5 - w * (3.75 - w * (13.125 - w * 59.0625)))
    return where(far, -1.0 / ROOT_PI * w * series, near)


add("erfcx", _erfcx, over_complex="conjugated")
add("erfi", lambda y, x: 2.0 / ROOT_PI * (x * x).op("exp"), over_complex="conjugated")
add("erfinv", lambda y, x: HALF_ROOT_PI * (y * y).op("exp"))
add("erfcinv", lambda y, x: -HALF_ROOT_PI * (y * y).op("exp"))
add("dawsn", lambda y, x: 1.0 - 2.0 * x * y, over_complex="conjugated")
add("ndtr", lambda y, x: (-0.5 * x * x).op("exp") / ROOT_2PI)
add("log_ndtr", lambda y, x: (-0.5 * x * x - y).op("exp") / ROOT_2PI)
add("ndtri", lambda y, x: ROOT_2PI * (0.5 * y * y).op("exp"))

# --- the gamma function and its relatives (DLMF 5, 8) ---------------------------------------------------------------
add("gamma", lambda y, x: y * s("psi", x), over_complex="conjugated")
add("gammaln", lambda y, x: s("psi", x))
add("loggamma", lambda y, x: s("psi", x), over_complex="conjugated")


def _rgamma(y: Sym, x: Sym) -> Sym:
    """-y psi(x), and on the left, where there are poles, that of sin(pi x) Gamma(1 - x) / pi (DLMF 5.5.3)."""
    if numeric_kind(x.type) == "complex":
        return -y * s("psi", x)
    low = x < 0.5
    r = where(low, 1.0 - x, x)
    return where(low, s("gamma", r) * (math.pi * x).op("cos"), 0.0) - y * s("psi", r)


add("rgamma", _rgamma, over_complex="conjugated")
add("psi", lambda y, x: s("zeta", 2.0, x))
add("zeta", refused("zeta", "its first argument"), lambda y, x, q: -x * s("zeta", x + 1.0, q))
register(
    "special.polygamma",
    elementwise(
        refused("polygamma", "its order"),
        lambda y, n, x: s("polygamma", n + 1, x),
        cost=EXPENSIVE,
        over_complex="refused",
    ),
    lambda args, attrs, form: Array("float64", broadcast(*(shape_of(arg.type) for arg in args))),
    names="scipy.special.polygamma",
    signature="n x",
)
register(
    "special.psi_rise",
    elementwise(
        lambda y, z, m: s("zeta", 2.0, z + m) - s("zeta", 2.0, z),
        lambda y, z, m: s("zeta", 2.0, z + m),
        cost=EXPENSIVE,
        over_complex="refused",
    ),
    of(special.beta),
    signature="z m |",
)


def _rise(z: Any, m: Any) -> Sym:
    """psi(z + m) - psi(z), also where both are large."""
    return s("psi_rise", z, m)


def _poch(y: Sym, z: Sym, m: Sym) -> Sym:
    """y (psi(z + m) - psi(z)); where Gamma(z) has poles and Gamma(z + m) none psi is reflected (DLMF 5.5.4)."""
    end = z + m
    low = (z < 0.5).op("bitwise_and", end > 0.0)
    r, top = where(low, 1.0 - z, 1.0), where(low, end, 1.0)
    reflected = y * (s("psi", top) - s("psi", r)) + s("gamma", top) * s("gamma", r) * (math.pi * z).op("cos")
    return where(low, reflected, y * _rise(where(low, 1.0, z), m))


def _binom_beyond(n: Sym, k: Sym) -> tuple[Sym, Sym, Sym]:
    """Where k > n there is a pole of Gamma(n - k + 1): return where, k - n, and cos(pi (n - k)) B(n + 1, k - n)."""
    more = k - n
    beyond = (more > 0.5).op("bitwise_and", n > -0.5)
    rest = where(beyond, more, 1.0)
    return beyond, rest, (math.pi * more).op("cos") * s("beta", where(beyond, n, 0.0) + 1.0, rest)


def _binom_n(y: Sym, n: Sym, k: Sym) -> Sym:
    beyond, rest, slope = _binom_beyond(n, k)
    inside = y * _rise(where(beyond, 1.0, n - k + 1.0), k)
    return where(beyond, y * (s("psi", n + 1.0) - s("psi", rest)) - slope, inside)


def _binom_k(y: Sym, n: Sym, k: Sym) -> Sym:
    beyond, rest, slope = _binom_beyond(n, k)
    below = s("psi", where(beyond, rest, n - k + 1.0)) - s("psi", k + 1.0)
    return y * below + where(beyond, slope, 0.0)


add("poch", _poch, lambda y, z, m: y * s("psi", z + m))
add("beta", lambda y, a, b: -y * _rise(a, b), lambda y, a, b: -y * _rise(b, a))
add("betaln", lambda y, a, b: -_rise(a, b), lambda y, a, b: -_rise(b, a))
add("binom", _binom_n, _binom_k)


def _doubles(args: Any, attrs: Any, form: str) -> Any:
    return scalar_or_array("float64", broadcast(*(shape_of(arg.type) for arg in args)))


def _t_score(df: Sym, t: Sym) -> Sym:
    """The derivative of the logarithm of Student's density by df."""
    share = t * t / (df + t * t)
    level = s("psi", 0.5 * df + 0.5) - s("psi", 0.5 * df) - 1.0 / df
    return 0.5 * (level + (-share).op("log1p") + share + share / df)


def _shapes_twice(name: str) -> Refused:
    return Refused(f"scipy.special.{name} has no second derivative rule with respect to its shapes")


register(
    "special.gammainc_by_shape",
    elementwise(
        _shapes_twice("gammainc"),
        lambda y, a, x: gamma_density(a, x) * (x.op("log") - s("psi", a)),
        cost=EXPENSIVE,
        over_complex="refused",
    ),
    _doubles,
    signature="a x |",
)
register(
    "special.betainc_by_first",
    elementwise(
        _shapes_twice("betainc"),
        _shapes_twice("betainc"),
        lambda y, a, b, x: beta_density(a, b, x) * (x.op("log") - s("psi", a) + s("psi", a + b)),
        cost=EXPENSIVE,
        over_complex="refused",
    ),
    _doubles,
    signature="a b x |",
)
register(
    "special.betainc_by_second",
    elementwise(
        _shapes_twice("betainc"),
        _shapes_twice("betainc"),
        lambda y, a, b, x: beta_density(a, b, x) * ((-x).op("log1p") - s("psi", b) + s("psi", a + b)),
        cost=EXPENSIVE,
        over_complex="refused",
    ),
    _doubles,
    signature="a b x |",
)
register(
    "special.stdtr_by_df",
    elementwise(
        _shapes_twice("stdtr"),
        lambda y, df, t: t_density(df, t) * _t_score(df, t),
        cost=EXPENSIVE,
        over_complex="refused",
    ),
    _doubles,
    signature="df t |",
)
add("gammainc", lambda y, a, x: by_gamma_shape(a, x), lambda y, a, x: gamma_density(a, x))
add("gammaincc", lambda y, a, x: -by_gamma_shape(a, x), lambda y, a, x: -gamma_density(a, x))
add(
    "betainc",
    lambda y, a, b, x: by_beta_first(a, b, x),
    lambda y, a, b, x: by_beta_second(a, b, x),
    lambda y, a, b, x: beta_density(a, b, x),
)


def _bend(y: Sym, d: Sym, r: Sym) -> Sym:
    return (1.0 + (r / numpys(d, y)) ** 2).op("sqrt")


add("stdtr", lambda y, df, t: t_by_df(numpys(df, y), t), lambda y, df, t: t_density(numpys(df, y), t))

# --- logistic, logarithms, entropies ----------------------------------------------------------------------------------
add("expit", lambda y, x: y * (1.0 - y))
add("logit", lambda y, x: 1.0 / (numpys(x, y) * (1.0 - x)))
add("log_expit", lambda y, x: s("expit", -x))
add("softplus", lambda y, x: s("expit", x))


def _ratio(a: Sym, b: Sym) -> Sym:
    """Return a / b, and 0 for 0 / 0: where a is 0, what a multiplies does not change with b."""
    return a / where(a.equals(0.0).op("bitwise_and", b.equals(0.0)), 1.0, b)


add("xlogy", lambda y, a, b: b.op("log"), lambda y, a, b: _ratio(a, b))
add("xlog1py", lambda y, a, b: b.op("log1p"), lambda y, a, b: _ratio(a, 1.0 + b))
add("entr", lambda y, x: -1.0 - x.op("log"))
add("rel_entr", lambda y, a, b: (numpys(a, y) / b).op("log") + 1.0, lambda y, a, b: -_ratio(a, b))
add("kl_div", lambda y, a, b: (numpys(a, y) / b).op("log"), lambda y, a, b: 1.0 - _ratio(a, b))
add(
    "huber",
    lambda y, d, r: (r.op("absolute") - d).op("maximum", 0.0),
    lambda y, d, r: r.op("clip", -d, d, form="np.clip"),
)
add(
    "pseudo_huber",
    lambda y, d, r: 2.0 * y / d - r * r / (d * _bend(y, d, r)),
    lambda y, d, r: r / _bend(y, d, r),
)
add("exprel", lambda y, x: 0.5 * s("hyp1f1", 2.0, 3.0, x))
add("exp10", lambda y, x: math.log(10.0) * y)
add("cosm1", lambda y, x: -x.op("sin"))


def _boxcox(m: Sym, log: Sym) -> Sym:
    """The derivative of (x^m - 1) / m = log(x) exprel(m log(x)) with respect to m (DLMF 13.6.2)."""
    return 0.5 * log * log * s("hyp1f1", 2.0, 3.0, m * log)


def _inv_boxcox(x: Sym, m: Sym, of: Sym) -> Sym:
    """The derivative of `of` = exp(log(1 + m x) / m) with respect to m (DLMF 15.4.1)."""
    return -0.5 * of * x * x * s("hyp2f1", 2.0, 2.0, 3.0, -m * x)


add("boxcox", lambda y, x, m: numpys(x, y) ** (m - 1.0), lambda y, x, m: _boxcox(m, numpys(x, y).op("log")))
add(
    "boxcox1p",
    lambda y, x, m: (1.0 + numpys(x, y)) ** (m - 1.0),
    lambda y, x, m: _boxcox(m, numpys(x, y).op("log1p")),
)
add("inv_boxcox", lambda y, x, m: y ** (1.0 - m), lambda y, x, m: _inv_boxcox(x, m, y))

# --- Bessel functions (DLMF 10.6, 10.29) ------------------------------------------------------------------------------
add("j0", lambda y, x: -s("j1", x))
add("j1", lambda y, x: s("j0", x) - over(y, x, 0.5 - x * x / 16.0))
add("y0", lambda y, x: -s("y1", x))
add("y1", lambda y, x: s("y0", x) - y / x)
add("i0", lambda y, x: s("i1", x))
add("i1", lambda y, x: s("i0", x) - over(y, x, 0.5 + x * x / 16.0))
add("i0e", lambda y, x: s("i1e", x) - x.op("sign") * y)
add("i1e", lambda y, x: s("i0e", x) - x.op("sign") * y - over(y, x, 0.5 - 0.5 * x.op("absolute")))
add("k0", lambda y, x: -s("k1", x))
add("k1", lambda y, x: -s("k0", x) - y / x)
add("k0e", lambda y, x: y - s("k1e", x))
add("k1e", lambda y, x: y - s("k0e", x) - y / x)
for _name in ("jv", "yv"):
    add(
        _name,
        refused(_name, "its order"),
        lambda y, n, x, _name=_name: 0.5 * (s(_name, n - 1.0, x) - s(_name, n + 1.0, x)),
    )
add("iv", refused("iv", "its order"), lambda y, n, x: 0.5 * (s("iv", n - 1.0, x) + s("iv", n + 1.0, x)))
add("kv", refused("kv", "its order"), lambda y, n, x: -0.5 * (s("kv", n - 1.0, x) + s("kv", n + 1.0, x)))


# --- elliptic and exponential integrals, hypergeometric functions (DLMF 19.4, 6, 13.3, 15.5) --------------------------
def _ellipk_slope(m: Any, rest: Any) -> Sym:
    """pi / 8 F(3/2, 3/2; 2; m) = pi / 8 F(1/2, 1/2; 2; m) / (1 - m) (DLMF 19.5.1, 15.8.1)."""
    return math.pi / 8.0 * s("hyp2f1", 0.5, 0.5, 2.0, m) / rest


add("ellipk", lambda y, m: _ellipk_slope(m, 1.0 - m))
add("ellipe", lambda y, m: -math.pi / 8.0 * s("hyp2f1", 0.5, 1.5, 2.0, m))
add("ellipkm1", lambda y, p: -_ellipk_slope(1.0 - p, p))
add("expi", lambda y, x: x.op("exp") / x)
add("exp1", lambda y, x: -(-x).op("exp") / x)
add("expn", refused("expn", "its order"), lambda y, n, x: -_expn_before(n, x))
add("spence", lambda y, x: -_log_over(x))
add("hyp0f1", refused("hyp0f1", "v"), lambda y, v, z: s("hyp0f1", v + 1.0, z) / v)
add(
    "hyp1f1",
    refused("hyp1f1", "a"),
    refused("hyp1f1", "b"),
    lambda y, a, b, x: a / b * s("hyp1f1", a + 1.0, b + 1.0, x),
)
add(
    "hyp2f1",
    refused("hyp2f1", "a"),
    refused("hyp2f1", "b"),
    refused("hyp2f1", "c"),
    lambda y, a, b, c, x: a * b / c * s("hyp2f1", a + 1.0, b + 1.0, c + 1.0, x),
)


def _expn_before(n: Sym, x: Sym) -> Sym:
    """Return E_{n-1}(x), of which SciPy knows those that are not negative (DLMF 8.19.12 for the other)."""
    before = s("expn", (n - 1).op("maximum", 0), x)
    return where(n.op("greater_equal", 1), before, (-x).op("exp") * (1.0 + x) / (x * x))


def _log_over(x: Sym) -> Sym:
    """Return log(x) / (x - 1), 1 at 1."""
    d = x - 1.0
    return over(x.op("log"), d, 1.0 + d * (d / 3.0 - 0.5))


# --- orthogonal polynomials (DLMF 18.9) ------------------------------------------------------------------------------
def _below(n: Sym) -> Sym:
    return (n - 1).op("maximum", 0)


def _degree(n: Sym) -> tuple[Any, Sym]:
    """Return 1, and 0 for the constant polynomial, and the degree below; degrees that are floats have no first one."""
    if numeric_kind(n.type) == "float":
        return 1.0, n - 1.0
    known = n.expr.value if isinstance(n.expr, Const) else -1
    some = n.op("minimum", 1)
    return some if known >= 0 else where(n < 0, math.nan, some), _below(n)


def _legendre(y: Sym, n: Sym, x: Sym) -> Sym:
    some, below = _degree(n)
    return some * s("eval_gegenbauer", below, 1.5, x)


def _chebyu(y: Sym, n: Sym, x: Sym) -> Sym:
    """U_(-1) = 0, as the derivative of T_0 has it."""
    some, below = _degree(n)
    if not isinstance(some, float) and not (isinstance(n.expr, Const) and n.expr.value >= 0):
        some = where(n < -1, math.nan, n.op("clip", 0, 1))
    return 2.0 * some * s("eval_gegenbauer", below, 2.0, x)


def _gegenbauer(y: Sym, n: Sym, a: Sym, x: Sym) -> Sym:
    some, below = _degree(n)
    return 2.0 * a * some * s("eval_gegenbauer", below, a + 1.0, x)


def _jacobi(y: Sym, n: Sym, a: Sym, b: Sym, x: Sym) -> Sym:
    some, below = _degree(n)
    return 0.5 * (n + a + b + 1.0) * some * s("eval_jacobi", below, a + 1.0, b + 1.0, x)


def _laguerre(y: Sym, n: Sym, x: Sym) -> Sym:
    some, below = _degree(n)
    return -(some * s("eval_genlaguerre", below, 1.0, x))


def _genlaguerre(y: Sym, n: Sym, a: Sym, x: Sym) -> Sym:
    some, below = _degree(n)
    return -(some * s("eval_genlaguerre", below, a + 1.0, x))


def polynomial(name: str, *partials: Partial) -> None:
    """Register orthogonal polynomials: by their degree they have no derivative in closed form."""
    add(name, refused(name, "its degree"), *partials)


polynomial("eval_legendre", _legendre)
polynomial("eval_chebyt", lambda y, n, x: n * s("eval_chebyu", n - 1, x))
polynomial("eval_chebyu", _chebyu)
polynomial("eval_gegenbauer", refused("eval_gegenbauer", "alpha"), _gegenbauer)
polynomial("eval_jacobi", refused("eval_jacobi", "alpha"), refused("eval_jacobi", "beta"), _jacobi)
polynomial("eval_hermite", lambda y, n, x: 2.0 * n * s("eval_hermite", _below(n), x))
polynomial("eval_hermitenorm", lambda y, n, x: n * s("eval_hermitenorm", _below(n), x))
polynomial("eval_laguerre", _laguerre)
polynomial("eval_genlaguerre", refused("eval_genlaguerre", "alpha"), _genlaguerre)

# --- more of Bessel's: scaled, spherical (DLMF 10.51), Struve's (DLMF 11.4) -------------------------------------------
add("jve", refused("jve", "its order"), lambda y, n, x: 0.5 * (s("jve", n - 1.0, x) - s("jve", n + 1.0, x)))
add("yve", refused("yve", "its order"), lambda y, n, x: 0.5 * (s("yve", n - 1.0, x) - s("yve", n + 1.0, x)))
add(
    "ive",
    refused("ive", "its order"),
    lambda y, n, x: 0.5 * (s("ive", n - 1.0, x) + s("ive", n + 1.0, x)) - x.op("sign") * y,
)
add("kve", refused("kve", "its order"), lambda y, n, x: y - 0.5 * (s("kve", n - 1.0, x) + s("kve", n + 1.0, x)))
add("kn", None, lambda y, n, x: -0.5 * (s("kv", n - 1.0, x) + s("kv", n + 1.0, x)))
add("yn", None, lambda y, n, x: 0.5 * (s("yv", n - 1.0, x) - s("yv", n + 1.0, x)))


def _spherical(name: str, first: float, second: float) -> Partial:
    """(n f_{n-1} + or - (n + 1) f_{n+1}) / (2 n + 1)."""

    def partial(y: Sym, n: Sym, x: Sym) -> Sym:
        below, above = s(name, _below(n), x), s(name, n + 1, x)
        return (first * n * below + second * (n + 1.0) * above) / (2.0 * n + 1.0)

    return partial


for _name, _first, _second in (
    ("spherical_jn", 1.0, -1.0),
    ("spherical_yn", 1.0, -1.0),
    ("spherical_in", 1.0, 1.0),
    ("spherical_kn", -1.0, -1.0),
):
    register(
        f"special.{_name}",
        elementwise(None, _spherical(_name, _first, _second), cost=EXPENSIVE, over_complex="refused"),
        lambda args, attrs, form: scalar_or_array("float64", broadcast(*(shape_of(arg.type) for arg in args))),
        names=f"scipy.special.{_name}",
        signature="n z | derivative=False",
    )


def _struve_more(y: Sym, v: Sym, x: Sym) -> Sym:
    return 0.5 * (0.5 * numpys(x, y)) ** v / (ROOT_PI * s("gamma", v + 1.5))


add(
    "struve",
    refused("struve", "its order"),
    lambda y, v, x: 0.5 * (s("struve", v - 1.0, x) - s("struve", v + 1.0, x)) + _struve_more(y, v, x),
)
add(
    "modstruve",
    refused("modstruve", "its order"),
    lambda y, v, x: 0.5 * (s("modstruve", v - 1.0, x) + s("modstruve", v + 1.0, x)) + _struve_more(y, v, x),
)


# --- incomplete elliptic integrals (DLMF 19.4), Owen's T, inverses, distribution functions ----------------------------
def _delta(phi: Sym, m: Sym) -> Sym:
    sine = phi.op("sin")
    return (1.0 - m * sine * sine).op("sqrt")


def _edge(phi: Sym, m: Sym) -> Sym:
    return (2.0 * phi).op("sin") / (4.0 * _delta(phi, m) ** 3)


def _twice_by_m(m: Sym, value: Sym, at_zero: Sym) -> Sym:
    """Return value / (2 m (1 - m)), and what it tends to at 0."""
    return over(value / (2.0 * (1.0 - m)), m, at_zero)


def _fourth(phi: Sym) -> Sym:
    """The integral of sin^4."""
    return (12.0 * phi - 8.0 * (2.0 * phi).op("sin") + (4.0 * phi).op("sin")) / 32.0


for _name, _by_phi, _by_m in (
    (
        "ellipkinc_by_m",
        lambda y, phi, m: 0.5 * phi.op("sin") ** 2 / _delta(phi, m) ** 3,
        lambda y, phi, m: _twice_by_m(
            m, 0.5 * s("ellipkinc", phi, m) - _edge(phi, m) - (2.0 - 4.0 * m) * y, 0.75 * _fourth(phi)
        ),
    ),
    (
        "ellipeinc_by_m",
        lambda y, phi, m: -0.5 * phi.op("sin") ** 2 / _delta(phi, m),
        lambda y, phi, m: over(-0.5 * (y + s("ellipkinc_by_m", phi, m)), m, -0.25 * _fourth(phi)),
    ),
):
    register(
        f"special.{_name}",
        elementwise(_by_phi, _by_m, cost=EXPENSIVE, over_complex="refused"),
        of(special.ellipkinc),
        signature="phi m |",
    )
add("ellipkinc", lambda y, phi, m: 1.0 / _delta(phi, m), lambda y, phi, m: s("ellipkinc_by_m", phi, m))
add("ellipeinc", lambda y, phi, m: _delta(phi, m), lambda y, phi, m: s("ellipeinc_by_m", phi, m))
add(
    "owens_t",
    lambda y, h, a: -square(h / math.sqrt(2.0)) * s("erf", a * h / math.sqrt(2.0)) / (2.0 * ROOT_2PI),
    lambda y, h, a: (-0.5 * h * h * (1.0 + a * a)).op("exp") / (2.0 * math.pi * (1.0 + a * a)),
)
add(
    "gammaincinv",
    lambda y, a, p: -by_gamma_shape(a, y) / gamma_density(a, y),
    lambda y, a, p: 1.0 / gamma_density(a, y),
)
add(
    "gammainccinv",
    lambda y, a, p: -by_gamma_shape(a, y) / gamma_density(a, y),
    lambda y, a, p: -1.0 / gamma_density(a, y),
)
add(
    "betaincinv",
    lambda y, a, b, p: -by_beta_first(a, b, y) / beta_density(a, b, y),
    lambda y, a, b, p: -by_beta_second(a, b, y) / beta_density(a, b, y),
    lambda y, a, b, p: 1.0 / beta_density(a, b, y),
)
add("ndtri_exp", lambda y, x: ROOT_2PI * (x + 0.5 * y * y).op("exp"))
add(
    "chdtr",
    lambda y, v, x: 0.5 * by_gamma_shape(0.5 * v, 0.5 * x),
    lambda y, v, x: 0.5 * gamma_density(0.5 * v, 0.5 * x),
)
add(
    "chdtrc",
    lambda y, v, x: -0.5 * by_gamma_shape(0.5 * v, 0.5 * x),
    lambda y, v, x: -0.5 * gamma_density(0.5 * v, 0.5 * x),
)
add(
    "gdtr",
    lambda y, a, b, x: x * gamma_density(b, a * x),
    lambda y, a, b, x: by_gamma_shape(b, a * x),
    lambda y, a, b, x: a * gamma_density(b, a * x),
)
add(
    "gdtrc",
    lambda y, a, b, x: -x * gamma_density(b, a * x),
    lambda y, a, b, x: -by_gamma_shape(b, a * x),
    lambda y, a, b, x: -a * gamma_density(b, a * x),
)


def _poisson_mass(k: Sym, m: Sym) -> Sym:
    k = k.op("floor")  # as SciPy does
    return (s("xlogy", k, m) - m - s("gammaln", k + 1.0)).op("exp")


add("pdtr", None, lambda y, k, m: -_poisson_mass(k, m))
add("pdtrc", None, lambda y, k, m: _poisson_mass(k, m))

# --- elementary ones under the names of scipy.special -----------------------------------------------------------------
DEGREE = math.pi / 180.0
add("exp2", lambda y, x: math.log(2.0) * y)
add("expm1", lambda y, x: y + 1.0)
add("log1p", lambda y, x: 1.0 / (1.0 + numpys(x, y)))
add("cbrt", lambda y, x: 1.0 / (3.0 * y * y))
add("sindg", lambda y, x: DEGREE * s("cosdg", x))
add("cosdg", lambda y, x: -DEGREE * s("sindg", x))
add("tandg", lambda y, x: DEGREE * (1.0 + y * y))
add("cotdg", lambda y, x: -DEGREE * (1.0 + y * y))
add("powm1", lambda y, x, p: p * numpys(x, y) ** (p - 1.0), lambda y, x, p: (y + 1.0) * x.op("log"))
add("inv_boxcox1p", lambda y, x, m: (1.0 + y) ** (1.0 - m), lambda y, x, m: _inv_boxcox(x, m, y + 1.0))


def _of_arrays(args: Any, attrs: Any, form: str) -> Any:
    """SciPy makes arrays of the numbers first: they count for the dtype."""
    arrays = [array_of(arg.type) for arg in args]
    return scalar_or_array(ufunc_dtype(np.hypot, arrays), broadcast(*(array.shape for array in arrays)))


for _name, _signature in (("comb", "N k | exact=False repetition=False"), ("perm", "N k | exact=False")):
    _n = lambda y, n, k: y * (s("psi", n + 1.0) - s("psi", n - k + 1.0))  # noqa: E731
    _k = (
        (lambda y, n, k: y * (s("psi", n - k + 1.0) - s("psi", k + 1.0)))
        if _name == "comb"
        else (lambda y, n, k: y * s("psi", n - k + 1.0))
    )
    register(
        f"special.{_name}",
        elementwise(_n, _k, cost=EXPENSIVE, over_complex="refused"),
        _of_arrays,
        names=f"scipy.special.{_name}",
        signature=_signature,
    )


def _lambertw_type(args: Any, attrs: Any, form: str) -> Any:
    return scalar_or_array("complex128", shape_of(args[0].type))


register(
    "special.lambertw",
    elementwise(lambda y, z: (-y).op("exp") / (1.0 + y), cost=EXPENSIVE),
    _lambertw_type,
    names="scipy.special.lambertw",
    signature="z | k tol=1e-08",
)


def _multigammaln(a: Sym, d: Any) -> Sym:
    """log Gamma_d(a) = d (d - 1) / 4 log(pi) + sum over j < d of log Gamma(a - j / 2) (DLMF 35.3.4)."""
    if isinstance(d, Sym):
        raise NotStatic(d.expr)
    total: Any = 0.25 * d * (d - 1) * math.log(math.pi)
    for j in range(d):
        total = s("gammaln", a - 0.5 * j if j else a) + total
    made: Sym = total
    return made


register(
    "special.multigammaln",
    composed(_multigammaln, over_complex="refused"),
    _doubles,
    names="scipy.special.multigammaln",
    signature="a | d",
    cost=EXPENSIVE,
)


# --- functions that give several results (DLMF 6.2, 7.2, 9.2) ---------------------------------------------------------
HALF_PI = 0.5 * math.pi
several("sici", lambda x, y: (x / math.pi).op("sinc"), lambda x, y: x.op("cos") / x)
several(
    "shichi",
    lambda x, y: over(x.op("sinh"), x, 1.0 + x * x * (20.0 + x * x) / 120.0),
    lambda x, y: x.op("cosh") / x,
)
several("fresnel", lambda x, y: (HALF_PI * x * x).op("sin"), lambda x, y: (HALF_PI * x * x).op("cos"))
several("airy", lambda x, y: y[1], lambda x, y: x * y[0], lambda x, y: y[3], lambda x, y: x * y[2])


# --- over an axis -----------------------------------------------------------------------------------------------------
def _none(x: Any) -> bool:
    return x is None or (isinstance(x.expr, Const) and x.expr.value is None)


def _shares(y: Sym, a: Sym, attrs: dict[str, Any]) -> Sym:
    return (a - spread(y, a, attrs)).op("exp")


def _weighted(b: Sym, share: Sym) -> Sym:
    """A term of weight 0 does not count, however large it is."""
    return share if _none(b) else where(b.equals(0.0), 0.0, b * share)


def _signed(g: Any, y: Any) -> tuple[Any, Any]:
    """Return cotangent and value; where the sign of the sum is given too, the sum is that times exp(y)."""
    return (g, y) if isinstance(y, Sym) else (None if g[0] is None else g[0] * y[1], y[0])


def _logsumexp_terms(g: Any, y: Any, a: Sym, b: Sym, **attrs: Any) -> Any:
    """d y / d a_i = b_i exp(a_i - y)."""
    g, y = _signed(g, y)
    return None if g is None else unbroadcast(spread(g, a, attrs) * _weighted(b, _shares(y, a, attrs)), a.expr)


def _logsumexp_weights(g: Any, y: Any, a: Sym, b: Sym, **attrs: Any) -> Any:
    """d y / d b_i = exp(a_i - y)."""
    g, y = _signed(g, y)
    return None if g is None else unbroadcast(spread(g, a, attrs) * _shares(y, a, attrs), b.expr)


def _logsumexp_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Any:
    if isinstance(y.type, Structure):
        value, sign = part_of(y, 0), part_of(y, 1)
        return (_logsumexp_push(value, args, dots, attrs) * sign, sign.op("zeros_like"))
    a, b = args
    share, total = _shares(y, a, attrs), None
    if dots[0] is not None:
        total = dots[0] * _weighted(b, share)
    if dots[1] is not None:
        more = dots[1] * share
        total = more if total is None else total + more
    assert total is not None
    kept = {key: value for key, value in attrs.items() if key in ("axis", "keepdims")}
    return total.op("sum", **kept) if total.ndim else total


def _logsumexp_type(args: Any, attrs: Any, form: str) -> Any:
    a = array_of(args[0].type)
    parts = [arg for arg in args if getattr(arg, "value", arg) is not None]
    shape = broadcast(*(shape_of(part.type) for part in parts))
    if shape != a.shape and len(shape) != a.ndim:
        raise TypeProblem("scipy.special.logsumexp is accepted with b of the rank of a, or lower")
    dtype = str(np.result_type(*(array_of(part.type).dtype for part in parts)))
    whole = Array(dtype if dtype in ("float32", "float64") else "float64", shape)
    made = reduction("float")((Var("a", whole),), attrs, form)
    return Structure("tuple", (0, 1), (made, made)) if static(attrs.get("return_sign"), False) else made


def _along(attrs: dict[str, Any]) -> dict[str, Any]:
    axis = static(attrs.get("axis"))
    return {"keepdims": True} if axis is None else {"axis": axis, "keepdims": True}


def _softmax_back(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    """x_bar = y (y_bar - sum(y_bar y))."""
    return y * (g - (g * y).op("sum", **_along(attrs)))


def _log_softmax_back(g: Sym, y: Sym, x: Sym, **attrs: Any) -> Sym:
    """x_bar = y_bar - exp(y) sum(y_bar)."""
    return g - y.op("exp") * g.op("sum", **_along(attrs))


def _softmax_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return y * (dots[0] - (dots[0] * y).op("sum", **_along(attrs)))


def _log_softmax_push(y: Sym, args: tuple[Sym, ...], dots: tuple[Any, ...], attrs: dict[str, Any]) -> Sym:
    return dots[0] - (y.op("exp") * dots[0]).op("sum", **_along(attrs))


def _softmax_type(args: Any, attrs: Any, form: str) -> Any:
    x = array_of(args[0].type)
    return scalar_or_array(x.dtype if x.dtype in ("float32", "float64") else "float64", x.shape)


register(
    "special.logsumexp",
    custom([_logsumexp_terms, _logsumexp_weights], _logsumexp_push, over_complex="refused"),
    _logsumexp_type,
    names="scipy.special.logsumexp",
    signature="a | axis @b keepdims return_sign",
    cost=EXPENSIVE,
)
for _name, _back, _push in (
    ("softmax", _softmax_back, _softmax_push),
    ("log_softmax", _log_softmax_back, _log_softmax_push),
):
    register(
        f"special.{_name}",
        custom([_back], _push, over_complex="refused"),
        _softmax_type,
        names=f"scipy.special.{_name}",
        signature="x | axis",
        cost=EXPENSIVE,
    )
