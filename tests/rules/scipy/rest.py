"""Cases of scipy.special and scipy.linalg that are met less often."""

from __future__ import annotations

import numpy as np

from tests.rules.makers import Case, between, case, definite, exactly, normal, number

UNIT, ABOVE, ANY = between(0.2, 0.8, 3), between(1.2, 2.5, 3), normal(2, 3)
DEGREES = exactly(np.array([0, 1, 3]))


def unseen(text: str, **options: object) -> Case:
    """Return a case of what dual numbers do not know."""
    return case(text, dual=False, **options)  # type: ignore[arg-type]


ONE = "wrightomega ber bei ker kei berp beip kerp keip itstruve0 itmodstruve0 it2struve0"
TWO_RESULTS = "itj0y0 iti0k0 it2j0y0 it2i0k0"
SPECIAL: dict[str, list[Case]] = {
    **{f"special.{f}": [unseen(f"special.{f}(x)", x=UNIT, real=True)] for f in ONE.split()},
    **{
        f"special.{f}": [unseen(f"special.{f}(x)[{i}]", x=UNIT, real=True) for i in range(2)]
        for f in TWO_RESULTS.split()
    },
    "special.wofz": [
        unseen("special.wofz(x).real", x=ANY, real=True),
        unseen("special.wofz(x * 1j + y)", x=UNIT, y=UNIT, real=True),
    ],
    "special.voigt_profile": [
        unseen("special.voigt_profile(x, y, z)", x=ANY, y=ABOVE, z=UNIT, real=True),
        unseen("special.voigt_profile(x, 0.7, z)", x=number(), z=number(0.2, 0.8), real=True),
    ],
    "special.factorial": [unseen("special.factorial(x)", x=ABOVE, real=True)],
    "special.agm": [unseen("special.agm(x, y)", x=UNIT, y=ABOVE, real=True)],
    **{
        f"special.hankel{kind}": [
            unseen(f"special.hankel{kind}(1.5, x).real", x=UNIT, real=True),
            unseen(f"special.hankel{kind}(2, x + 0.3j)", x=UNIT, real=True),
        ]
        for kind in ("1", "2", "1e", "2e")
    },
    **{
        f"special.{f}": [unseen(f"special.{f}(1.5, x, {n})", x=ABOVE, real=True) for n in (1, 2, 3)]
        for f in ("jvp", "yvp", "ivp", "kvp")
    },
    **{
        f"special.{f}": [unseen(f"special.{f}(1.5, x, {n}).imag", x=ABOVE, real=True) for n in (1, 2)]
        for f in ("h1vp", "h2vp")
    },
    "special.hyperu": [unseen("special.hyperu(0.7, 1.2, x)", x=ABOVE, real=True)],
    "special.elliprf": [unseen("special.elliprf(x, y, z)", x=UNIT, y=UNIT, z=ABOVE, real=True, second=False)],
    "special.elliprc": [unseen("special.elliprc(x, y)", x=UNIT, y=ABOVE, real=True, second=False)],
    "special.ellipj": [
        unseen(f"special.ellipj(x, y)[{i}]", x=ABOVE, y=between(0.2, 0.8, 2, 3), real=True) for i in range(4)
    ],
    "special.betaincc": [
        unseen("special.betaincc(1.3, 2, x)", x=UNIT, real=True),
        unseen("special.betaincc(p, q, x)", x=UNIT, p=ABOVE, q=ABOVE, real=True, second=False),
    ],
    "special.betainccinv": [
        unseen("special.betainccinv(1.3, 2, x)", x=UNIT, real=True),
        unseen("special.betainccinv(p, q, x)", x=UNIT, p=ABOVE, q=ABOVE, real=True, second=False),
    ],
    "special.fdtr": [
        unseen("special.fdtr(3, 4, x)", x=UNIT, real=True),
        unseen("special.fdtr(p, q, x)", x=UNIT, p=ABOVE, q=ABOVE, real=True, second=False),
    ],
    "special.fdtrc": [
        unseen("special.fdtrc(3, 4, x)", x=UNIT, real=True),
        unseen("special.fdtrc(p, q, x)", x=UNIT, p=ABOVE, q=ABOVE, real=True, second=False),
    ],
    "special.fdtri": [
        unseen("special.fdtri(3, 4, x)", x=UNIT, real=True),
        unseen("special.fdtri(p, q, x)", x=UNIT, p=ABOVE, q=ABOVE, real=True, second=False),
    ],
    "special.chdtri": [
        unseen("special.chdtri(3, x)", x=UNIT, real=True),
        unseen("special.chdtri(p, x)", x=UNIT, p=ABOVE, real=True, second=False),
    ],
    "special.stdtrit": [
        unseen("special.stdtrit(3, x)", x=UNIT, real=True),
        case("special.stdtrit(y, x)", x=UNIT, y=between(1.2, 2.5, 3), dual=False, second=False, real=True),
    ],
    "special.bdtr": [unseen("special.bdtr(2.0, 5, x)", x=UNIT, real=True)],
    "special.bdtrc": [unseen("special.bdtrc(2.0, 5, x)", x=UNIT, real=True)],
    "special.nbdtr": [unseen("special.nbdtr(2, 5, x)", x=UNIT, real=True)],
    "special.nbdtrc": [unseen("special.nbdtrc(2, 5, x)", x=UNIT, real=True)],
    **{
        f"special.eval_{f}": [unseen(f"special.eval_{f}(n, x)", n=DEGREES, x=UNIT, real=True)]
        for f in ("sh_legendre", "sh_chebyt", "sh_chebyu", "chebyc", "chebys")
    },
    "special.sph_harm_y": [
        unseen("special.sph_harm_y(3, 2, x, y).real", x=UNIT, y=UNIT, real=True),
        unseen("special.sph_harm_y(2, -1, x, y).imag", x=UNIT, y=number(), real=True),
        unseen("special.sph_harm_y(2, 2, x, 0.3).imag", x=UNIT, real=True),
    ],
}

SMALL = between(-0.5, 0.5, 3, 3)
SYSTEM = {"a": SMALL, "b": normal(3, 2), "q": definite(3), "r": definite(2)}
LINALG: dict[str, list[Case]] = {
    **{f"linalg.{f}": [unseen(f"linalg.{f}(x)", x=SMALL)] for f in ("cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm")},
    "linalg.polar": [
        unseen("linalg.polar(x)[0]", x=definite(3)),
        unseen("linalg.polar(x)[1]", x=normal(4, 2)),
        unseen("linalg.polar(x, side='left')[0]", x=normal(2, 3)),
        unseen("linalg.polar(x, 'left')[1]", x=normal(2, 3)),
        unseen("linalg.polar(x)[0]", x=normal(4, 2)),
        unseen("linalg.polar(x)[0] @ linalg.polar(x)[1].T", x=normal(2, 3)),
        unseen("linalg.polar(x, 'left')[1]", x=normal(4, 2)),
        case("linalg.polar(x)[0]", x=exactly(np.eye(3)), dual=False, second=False),  # equal singular values
    ],
    "linalg.eigh_tridiagonal": [
        unseen("linalg.eigh_tridiagonal(d, e)[0]", d=normal(4), e=normal(3), real=True),
        unseen("linalg.eigh_tridiagonal(d, e)[1] ** 2", d=normal(4), e=normal(3), real=True),
    ],
    "linalg.eigvalsh_tridiagonal": [unseen("linalg.eigvalsh_tridiagonal(d, e)", d=normal(4), e=normal(3), real=True)],
    "linalg.companion": [unseen("linalg.companion(x)", x=ABOVE)],
    "linalg.leslie": [unseen("linalg.leslie(f, s)", f=normal(4), s=normal(3))],
    "linalg.fiedler": [unseen("linalg.fiedler(x)", x=normal(4), real=True)],
    "linalg.convolution_matrix": [
        unseen(f"linalg.convolution_matrix(x, {n}, mode='{mode}')", x=normal(size))
        for n, size in ((4, 3), (3, 5))
        for mode in ("full", "same", "valid")
    ],
    "linalg.matmul_toeplitz": [unseen("linalg.matmul_toeplitz(k, x)", k=normal(3), x=normal(3, 2))],
    "linalg.solve_circulant": [unseen("linalg.solve_circulant(k, x)", k=between(0.2, 0.8, 3), x=normal(3))],
    **{
        f"linalg.solve_{kind}_are": [
            unseen(
                f"linalg.solve_{kind}_are(a, b, q @ q.T, r @ r.T)",
                a=SMALL,
                b=normal(3, 2),
                q=definite(3),
                r=definite(2),
                real=True,
            )
        ]
        for kind in ("continuous", "discrete")
    },
}
