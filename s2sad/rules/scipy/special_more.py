"""scipy.special, continued: what is met less often. Formulas: NIST Digital Library of Mathematical Functions (DLMF)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from scipy import special

from s2sad.ir.types import broadcast
from s2sad.rules.builder import Sym
from s2sad.rules.core import EXPENSIVE, composed, constant, elementwise
from s2sad.rules.infer import scalar_or_array, shape_of
from s2sad.rules.register import register
from s2sad.rules.scipy.notation import (
    ROOT_2PI,
    ROOT_PI,
    add,
    beta_density,
    by_beta_first,
    by_beta_second,
    by_gamma_shape,
    gamma_density,
    of,
    refused,
    s,
    several,
    t_by_df,
    t_density,
)

ROOT_2 = math.sqrt(2.0)


# --- the error function of complex numbers, Voigt's profile (DLMF 7.10, 7.19) -----------------------------------------
def _wofz_slope(y: Any, z: Any) -> Any:
    return 2j / ROOT_PI - 2.0 * z * y


def _voigt(x: Sym, sigma: Sym, gamma: Sym) -> tuple[Sym, Sym, Sym]:
    """Return z, w(z) and w'(z), of which the profile is Re w(z) / (sigma sqrt(2 pi))."""
    z = (x + 1j * gamma) / (ROOT_2 * sigma)
    w = s("wofz", z)
    return z, w, _wofz_slope(w, z)


def _voigt_x(y: Sym, x: Sym, sigma: Sym, gamma: Sym) -> Sym:
    return _voigt(x, sigma, gamma)[2].op("real") / (2.0 * ROOT_PI * sigma * sigma)


def _voigt_gamma(y: Sym, x: Sym, sigma: Sym, gamma: Sym) -> Sym:
    return -_voigt(x, sigma, gamma)[2].op("imag") / (2.0 * ROOT_PI * sigma * sigma)


def _voigt_sigma(y: Sym, x: Sym, sigma: Sym, gamma: Sym) -> Sym:
    z, _, slope = _voigt(x, sigma, gamma)
    return -(y + (z * slope).op("real") / (ROOT_2PI * sigma)) / sigma


add("wofz", _wofz_slope, over_complex="holomorphic")
add("voigt_profile", _voigt_x, _voigt_sigma, _voigt_gamma)

# --- factorials, signs, Lambert's relatives ---------------------------------------------------------------------------
register(
    "special.factorial",
    elementwise(lambda y, n: y * s("psi", n + 1.0), cost=EXPENSIVE, over_complex="refused"),
    lambda args, attrs, form: scalar_or_array("float64", shape_of(args[0].type)),
    names="scipy.special.factorial",
    signature="n | exact=False extend=zero",
)
register(
    "special.gammasgn",
    constant(cost=EXPENSIVE),
    of(special.gamma),
    names="scipy.special.gammasgn",
    signature="x | out",
)
add("wrightomega", lambda y, z: y / (1.0 + y), over_complex="conjugated")
register(
    "special.agm",
    composed(
        lambda a, b: 0.25 * math.pi * (a + b) / s("ellipk", ((a - b) / (a + b)) ** 2),
        over_complex="refused",
    ),
    of(special.agm),
    names="scipy.special.agm",
    signature="a b |",
    cost=EXPENSIVE,
)

# --- Kelvin's functions: f = ber + i bei has x^2 f'' + x f' = i x^2 f (DLMF 10.61) ------------------------------------
for _first, _second in (("ber", "bei"), ("ker", "kei")):
    add(_first, lambda y, x, _name=_first: s(f"{_name}p", x))
    add(_second, lambda y, x, _name=_second: s(f"{_name}p", x))
    add(f"{_first}p", lambda y, x, _other=_second: -y / x - s(_other, x))
    add(f"{_second}p", lambda y, x, _other=_first: s(_other, x) - y / x)

# --- Hankel's functions and derivatives of Bessel's (DLMF 10.6), of Struve's integrals (DLMF 11) ----------------------
for _kind in (1, 2):
    _name, _turn = f"hankel{_kind}", -1j if _kind == 1 else 1j
    add(
        _name,
        refused(_name, "its order"),
        lambda y, v, z, _name=_name: 0.5 * (s(_name, v - 1.0, z) - s(_name, v + 1.0, z)),
        over_complex="holomorphic",
    )
    add(
        f"{_name}e",
        refused(f"{_name}e", "its order"),
        lambda y, v, z, _name=f"{_name}e", _turn=_turn: 0.5 * (s(_name, v - 1.0, z) - s(_name, v + 1.0, z)) + _turn * y,
        over_complex="holomorphic",
    )


def _floats_of(args: Any, attrs: Any, form: str) -> Any:
    return scalar_or_array("float64", broadcast(*(shape_of(arg.type) for arg in args)))


def _complex_of(args: Any, attrs: Any, form: str) -> Any:
    return scalar_or_array("complex128", broadcast(*(shape_of(arg.type) for arg in args)))


def _of_derivative(name: str) -> Callable[..., Sym]:
    """The nth derivative is a sum of functions of other orders (DLMF 10.6.7, 10.29.5)."""

    def definition(v: Sym, z: Sym, n: int = 1) -> Sym:
        base = {"jvp": "jv", "yvp": "yv", "ivp": "iv", "kvp": "kv", "h1vp": "hankel1", "h2vp": "hankel2"}[name]
        sign = 1.0 if name in ("ivp", "kvp") else -1.0
        total: Any = None
        for k in range(n + 1):
            order = v + (2.0 * k - n)
            term = math.comb(n, k) * sign**k * s(base, order, z)
            total = term if total is None else total + term
        scale = (-0.5 if name == "kvp" else 0.5) ** n
        made: Sym = scale * total
        return made

    return definition


for _name in ("jvp", "yvp", "ivp", "kvp", "h1vp", "h2vp"):
    register(
        f"special.{_name}",
        composed(_of_derivative(_name), over_complex="refused"),
        _complex_of if _name.startswith("h") else _floats_of,
        names=f"scipy.special.{_name}",
        signature="v z | n",
        cost=EXPENSIVE,
    )
add("itstruve0", lambda y, x: s("struve", 0.0, x))
add("itmodstruve0", lambda y, x: s("modstruve", 0.0, x))
add("it2struve0", lambda y, x: -s("struve", 0.0, x) / x)
several("itj0y0", lambda x, y: s("j0", x), lambda x, y: s("y0", x))
several("iti0k0", lambda x, y: s("i0", x), lambda x, y: s("k0", x))
several("it2j0y0", lambda x, y: (1.0 - s("j0", x)) / x, lambda x, y: -s("y0", x) / x)
several("it2i0k0", lambda x, y: (s("i0", x) - 1.0) / x, lambda x, y: -s("k0", x) / x)

# --- Tricomi's function, Carlson's integrals, Jacobi's functions (DLMF 13.3.22, 19.18.1, 22.13) -----------------------
add(
    "hyperu",
    refused("hyperu", "a"),
    refused("hyperu", "b"),
    lambda y, a, b, x: -a * s("hyperu", a + 1.0, b + 1.0, x),
)
add(
    "elliprf",
    lambda y, a, b, c: -s("elliprd", b, c, a) / 6.0,
    lambda y, a, b, c: -s("elliprd", a, c, b) / 6.0,
    lambda y, a, b, c: -s("elliprd", a, b, c) / 6.0,
)
add("elliprc", lambda y, a, b: -s("elliprd", b, b, a) / 6.0, lambda y, a, b: -s("elliprd", a, b, b) / 3.0)
add("elliprd", *(refused("elliprd", f"its {word} argument") for word in ("first", "second", "third")))


def _phase_by_m(u: Sym, m: Sym, y: Any) -> Sym:
    """The derivative of the amplitude, of which F(phase, m) = u, by m."""
    return -y[2] * s("ellipkinc_by_m", y[3], m)


several(
    "ellipj",
    (lambda u, m, y: y[1] * y[2], lambda u, m, y: y[1] * _phase_by_m(u, m, y)),
    (lambda u, m, y: -(y[0] * y[2]), lambda u, m, y: -(y[0] * _phase_by_m(u, m, y))),
    (
        lambda u, m, y: -m * y[0] * y[1],
        lambda u, m, y: -0.5 * y[0] * (y[0] + 2.0 * m * y[1] * _phase_by_m(u, m, y)) / y[2],
    ),
    (lambda u, m, y: y[2], _phase_by_m),
    signature="u m |",
)


# --- distribution functions and their inverses: 1 over the density (DLMF 8.17) ----------------------------------------
def _f_density(n: Sym, d: Sym, x: Sym) -> Sym:
    whole = n * x + d
    return beta_density(0.5 * n, 0.5 * d, n * x / whole) * n * d / (whole * whole)


def _f_place(n: Sym, d: Sym, x: Sym) -> Sym:
    return n * x / (n * x + d)


def _f_by_n(n: Sym, d: Sym, x: Sym) -> Sym:
    """I_z(n / 2, d / 2) with z = n x / (n x + d), of which the derivative by n is x d / (n x + d)^2."""
    whole, z = n * x + d, _f_place(n, d, x)
    return 0.5 * by_beta_first(0.5 * n, 0.5 * d, z) + beta_density(0.5 * n, 0.5 * d, z) * x * d / (whole * whole)


def _f_by_d(n: Sym, d: Sym, x: Sym) -> Sym:
    whole, z = n * x + d, _f_place(n, d, x)
    return 0.5 * by_beta_second(0.5 * n, 0.5 * d, z) - beta_density(0.5 * n, 0.5 * d, z) * n * x / (whole * whole)


add(
    "betaincc",
    lambda y, a, b, x: -by_beta_first(a, b, x),
    lambda y, a, b, x: -by_beta_second(a, b, x),
    lambda y, a, b, x: -beta_density(a, b, x),
)
add(
    "betainccinv",
    lambda y, a, b, p: -by_beta_first(a, b, y) / beta_density(a, b, y),
    lambda y, a, b, p: -by_beta_second(a, b, y) / beta_density(a, b, y),
    lambda y, a, b, p: -1.0 / beta_density(a, b, y),
)
add(
    "fdtr",
    lambda y, n, d, x: _f_by_n(n, d, x),
    lambda y, n, d, x: _f_by_d(n, d, x),
    lambda y, n, d, x: _f_density(n, d, x),
)
add(
    "fdtrc",
    lambda y, n, d, x: -_f_by_n(n, d, x),
    lambda y, n, d, x: -_f_by_d(n, d, x),
    lambda y, n, d, x: -_f_density(n, d, x),
)
add(
    "fdtri",
    lambda y, n, d, p: -_f_by_n(n, d, y) / _f_density(n, d, y),
    lambda y, n, d, p: -_f_by_d(n, d, y) / _f_density(n, d, y),
    lambda y, n, d, p: 1.0 / _f_density(n, d, y),
)
add(
    "chdtri",
    lambda y, v, p: -by_gamma_shape(0.5 * v, 0.5 * y) / gamma_density(0.5 * v, 0.5 * y),
    lambda y, v, p: -2.0 / gamma_density(0.5 * v, 0.5 * y),
)
add("stdtrit", lambda y, df, p: -t_by_df(df, y) / t_density(df, y), lambda y, df, p: 1.0 / t_density(df, y))
add("bdtr", None, None, lambda y, k, n, p: -beta_density(n.op("floor") - k.op("floor"), k.op("floor") + 1.0, 1.0 - p))
add("bdtrc", None, None, lambda y, k, n, p: beta_density(n.op("floor") - k.op("floor"), k.op("floor") + 1.0, 1.0 - p))
add("nbdtr", None, None, lambda y, k, n, p: beta_density(n * 1.0, k + 1.0, p))
add("nbdtrc", None, None, lambda y, k, n, p: -beta_density(n * 1.0, k + 1.0, p))


# --- polynomials on other intervals; spherical harmonics (DLMF 14.30) -------------------------------------------------
def _of_polynomial(base: str, place: Callable[[Sym], Sym], scale: float) -> Callable[..., Sym]:
    def definition(n: Sym, x: Sym) -> Sym:
        made = s(base, n, place(x))
        return scale * made if scale != 1.0 else made

    return definition


for _name, _base, _place, _scale in (
    ("eval_sh_legendre", "eval_legendre", lambda x: 2.0 * x - 1.0, 1.0),
    ("eval_sh_chebyt", "eval_chebyt", lambda x: 2.0 * x - 1.0, 1.0),
    ("eval_sh_chebyu", "eval_chebyu", lambda x: 2.0 * x - 1.0, 1.0),
    ("eval_chebyc", "eval_chebyt", lambda x: 0.5 * x, 2.0),
    ("eval_chebys", "eval_chebyu", lambda x: 0.5 * x, 1.0),
):
    register(
        f"special.{_name}",
        composed(_of_polynomial(_base, _place, _scale), over_complex="refused"),
        of(getattr(special, _name)),
        names=f"scipy.special.{_name}",
        signature="n x |",
        cost=EXPENSIVE,
    )


def _polar_angle(y: Sym, n: Sym, m: Sym, theta: Sym, phi: Sym) -> Sym:
    """m cot(theta) Y_n^m + sqrt((n - m) (n + m + 1)) exp(-i phi) Y_n^(m + 1)."""
    steps = ((n - m) * (n + m + 1)).op("maximum", 0).op("sqrt")
    return m * y / theta.op("tan") + steps * (phi * -1j).op("exp") * s("sph_harm_y", n, m + 1, theta, phi)


HOLOMORPHIC: Any = {"cost": EXPENSIVE, "over_complex": "holomorphic"}
if hasattr(special, "sph_harm_y"):
    register(
        "special.sph_harm_y",
        elementwise(None, None, _polar_angle, lambda y, n, m, theta, phi: 1j * m * y, **HOLOMORPHIC),
        _complex_of,
        names="scipy.special.sph_harm_y",
        signature="n m theta phi | diff_n=0",
    )
