"""Cases of scipy.special."""

from __future__ import annotations

from tests.rules.makers import Case, between, case, exactly, normal, number

UNIT = between(0.2, 0.8, 3)
ABOVE = between(1.2, 2.5, 4)
HELPER = {"dual": False, "real": True}
SHAPES = {"second": False, "dual": False, "real": True}

# What takes any number, what takes a number of (0, 1), and what takes two.
OF_REALS = "erf erfc erfcx erfi dawsn ndtr log_ndtr expit log_expit softplus exprel exp10 cosm1 j0 j1 i0 i1 i0e i1e"
OF_UNITS = (
    "erfinv erfcinv ndtri gamma gammaln loggamma rgamma psi logit entr y0 y1 k0 k1 k0e k1e ellipk ellipe ellipkm1 "
    "expi exp1 spence"
)
OF_PAIRS = "poch beta betaln xlogy xlog1py rel_entr kl_div boxcox boxcox1p inv_boxcox pseudo_huber"

OF_SHAPE = ("_half_line", "_betainc_by_shape")
SPECIAL: dict[str, list[Case]] = {
    **{f"special.{f}": [case(f"special.{f}(x)", x=normal(2, 3), real=True)] for f in OF_REALS.split()},
    **{f"special.{f}": [case(f"special.{f}(x)", x=between(0.2, 0.8, 5), real=True)] for f in OF_UNITS.split()},
    **{
        f"special.{f}": [
            case(f"special.{f}(x, y)", x=between(0.2, 0.8, 2, 3), y=between(0.2, 0.8, 3)),
            case(f"special.{f}(x, y)", x=number(0.3, 0.7), y=UNIT),
            case(f"special.{f}(x, 0.7) * special.{f}(0.6, x)", x=UNIT),
        ]
        for f in OF_PAIRS.split()
    },
    "special.rgamma": [
        case("special.rgamma(x)", x=between(0.2, 2.8, 5), real=True),
        case("special.rgamma(x)", x=between(-2.6, 0.4, 5), real=True),
    ],
    "special.erfcx": [
        case("special.erfcx(x)", x=normal(2, 3)),
        case("special.erfcx(60.0 * x)", x=between(0.9, 1.5, 5), real=True),
    ],
    "special.huber": [case("special.huber(x, y)", x=between(0.5, 1.0, 5), y=between(-2.0, 2.0, 5))],
    "special.binom": [
        case("special.binom(x, y)", x=between(3.0, 4.0, 3), y=between(0.4, 1.6, 2, 3)),
        case("special.binom(x, y)", x=between(0.2, 0.8, 3), y=between(1.6, 3.4, 2, 3)),
    ],
    "special.zeta": [case("special.zeta(2.5, x)", x=UNIT)],
    "special.polygamma": [case("special.polygamma(1, x)", x=UNIT), case("special.polygamma(0, x)", x=number())],
    "special.stdtr": [
        case("special.stdtr(3, x)", x=normal(4)),
        case("special.stdtr(y, x)", x=normal(4), y=ABOVE, **SHAPES),
        case("special.stdtr(x, 0.0)", x=ABOVE, **SHAPES),
    ],
    "special.gammainc": [
        case("special.gammainc(1.7, x)", x=UNIT),
        case("special.gammainc(y, x)", x=between(0.2, 8.0, 4), y=ABOVE, **SHAPES),
    ],
    "special.gammaincc": [
        case("special.gammaincc(a, x)", a=exactly(2), x=UNIT),
        case("special.gammaincc(y, x)", x=between(0.2, 8.0, 4), y=number(1.2, 2.5), **SHAPES),
    ],
    "special.betainc": [
        case("special.betainc(1.3, 2, x)", x=UNIT),
        case("special.betainc(y, z, x)", x=between(0.1, 0.9, 4), y=ABOVE, z=number(1.2, 2.5), **SHAPES),
    ],
    "special.gammainc_by_shape": [
        case("_gammainc_by_shape(1.7, x)", x=UNIT, helpers=("_half_line", "_gammainc_by_shape"), real=True, dual=False)
    ],
    "special.stdtr_by_df": [case("_stdtr_by_df(1.7, x)", x=UNIT, helpers=("_half_line", "_stdtr_by_df"), **HELPER)],
    "special.betainc_by_first": [
        case("_betainc_by_first(1.7, 2.1, x)", x=UNIT, helpers=(*OF_SHAPE, "_betainc_by_first"), **HELPER)
    ],
    "special.betainc_by_second": [
        case("_betainc_by_second(1.7, 2.1, x)", x=UNIT, helpers=(*OF_SHAPE, "_betainc_by_second"), **HELPER)
    ],
    "special.expn": [
        case("special.expn(3, x)", x=UNIT),
        case("special.expn(1, x)", x=UNIT),
        case("special.expn(0, x)", x=UNIT),
    ],
    "special.hyp0f1": [case("special.hyp0f1(1.5, x)", x=UNIT)],
    "special.hyp1f1": [case("special.hyp1f1(0.7, 1.2, x)", x=UNIT)],
    "special.hyp2f1": [case("special.hyp2f1(0.7, 1.2, 2.1, x)", x=UNIT)],
    "special.jv": [case("special.jv(2, x)", x=UNIT), case("special.jv(0.5, x)", x=number())],
    "special.yv": [case("special.yv(1, x)", x=UNIT)],
    "special.iv": [case("special.iv(n, x)", n=exactly(2), x=UNIT)],
    "special.kv": [case("special.kv(1.5, x)", x=UNIT)],
    "special.logsumexp": [
        case("special.logsumexp(x)", x=normal(2, 3)),
        case("special.logsumexp(x, axis=1)", x=normal(2, 3)),
        case("special.logsumexp(x, axis=(0, -1), keepdims=True)", x=normal(2, 3, 4)),
        case("special.logsumexp(x, axis=0, b=b)", x=normal(2, 3), b=between(0.5, 2.0, 2, 3)),
        case("special.logsumexp(1e4 * x)", x=normal(4), second=False, single=False),
    ],
    "special.softmax": [
        case("special.softmax(x)", x=normal(2, 3)),
        case("special.softmax(x, axis=-1)", x=normal(2, 3)),
        case("special.softmax(x, 0)", x=normal(2, 3)),
    ],
    "special.log_softmax": [
        case("special.log_softmax(x)", x=normal(4)),
        case("special.log_softmax(x, axis=1)", x=normal(2, 3)),
    ],
}
