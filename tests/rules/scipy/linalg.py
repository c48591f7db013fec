"""Cases of scipy.linalg."""

from __future__ import annotations

import numpy as np

from tests.rules.makers import Case, case, definite, exactly, normal, regular

LINALG: dict[str, list[Case]] = {
    "linalg.solve": [
        case("linalg.solve(x, y)", x=regular(3, 3), y=normal(3)),
        case("linalg.solve(x, y, transposed=True)", x=regular(3, 3), y=normal(3, 2), real=True),
        case("linalg.solve(x, y, assume_a='pos')", x=definite(3), y=normal(3, 2), real=True),
        case("linalg.solve(x, y, lower=True, assume_a='sym')", x=definite(3), y=normal(3), real=True),
    ],
    "linalg.solve_triangular": [
        case("linalg.solve_triangular(x, y)", x=regular(3, 3), y=normal(3)),
        case("linalg.solve_triangular(x, y, lower=True)", x=regular(3, 3), y=normal(3, 2)),
        case("linalg.solve_triangular(x, y, 1, lower=True)", x=regular(3, 3), y=normal(3, 2)),
        case("linalg.solve_triangular(x, y, trans='T', unit_diagonal=True)", x=regular(3, 3), y=normal(3)),
        case("linalg.solve_triangular(x, y, unit_diagonal=True)", x=regular(3, 3), y=normal(3)),
    ],
    "linalg.solve_sylvester": [
        case("linalg.solve_sylvester(x, y, q)", x=regular(3, 3), y=regular(2, 2), q=normal(3, 2), single=False)
    ],
    "linalg.expm": [case("linalg.expm(x)", x=normal(3, 3)), case("linalg.expm(0.1 * x) @ x", x=normal(2, 2))],
    "linalg.expm_frechet": [
        case("linalg.expm_frechet(x, y, compute_expm=False)", x=normal(2, 2), y=normal(2, 2), single=False, real=True)
    ],
    "linalg.logm": [case("linalg.logm(x)", x=definite(3), single=False, real=True)],
    "linalg.sqrtm": [case("linalg.sqrtm(x)", x=definite(3), single=False, real=True)],
    "linalg.cholesky": [
        case("linalg.cholesky(x)", x=definite(3)),
        case("linalg.cholesky(x, lower=True)", x=definite(3)),
    ],
    "linalg.eigh": [
        case("linalg.eigh(x)[0]", x=definite(3)),
        case("linalg.eigh(x, lower=False)[1] ** 2", x=definite(3), real=True),
        case("linalg.eigh(x, eigvals_only=True)", x=definite(3)),
    ],
    "linalg.eigvalsh": [
        case("linalg.eigvalsh(x)", x=definite(3)),
        case("linalg.eigvalsh(x, lower=False)", x=definite(3)),
    ],
    "linalg.svd": [
        case("linalg.svd(x, full_matrices=False)[1]", x=normal(4, 3)),
        case("linalg.svd(x, full_matrices=False)[0] ** 2", x=normal(3, 3), real=True),
        case("linalg.svd(x, compute_uv=False)", x=normal(3, 4)),
    ],
    "linalg.svdvals": [case("linalg.svdvals(x)", x=normal(4, 3))],
    "linalg.qr": [
        case("linalg.qr(x, mode='economic')[1]", x=normal(4, 3)),
        case("linalg.qr(x, mode='economic')[0]", x=normal(4, 3)),
    ],
    "linalg.lu_factor": [case("linalg.lu_factor(x)[0]", x=normal(3, 3))],
    "linalg.lu": [
        case("linalg.lu(x)[1]", x=normal(3, 3)),
        case("linalg.lu(x)[2] @ x", x=normal(3, 3)),
        case("linalg.lu(x)[0] @ linalg.lu(x)[1]", x=normal(3, 3)),
    ],
    "linalg.inv": [case("linalg.inv(x)", x=regular(3, 3))],
    "linalg.det": [case("linalg.det(x)", x=regular(3, 3))],
    "linalg.pinv": [case("linalg.pinv(x)", x=normal(4, 3))],
    "linalg.norm": [
        case("linalg.norm(x)", x=normal(3, 2)),
        case("linalg.norm(x, 1)", x=normal(3, 2)),
        case("linalg.norm(x, axis=1, keepdims=True)", x=normal(3, 2)),
        case("linalg.norm(x, ord=3)", x=normal(4)),
    ],
    "linalg.toeplitz": [
        case("linalg.toeplitz(x)", x=normal(3)),
        case("linalg.toeplitz(x, y)", x=normal(3), y=normal(4)),
    ],
}

LINALG["linalg.cho_factor"] = [case("np.triu(linalg.cho_factor(x)[0])", x=definite(3))]
LINALG["linalg.cho_solve"] = [
    case("linalg.cho_solve(linalg.cho_factor(x), y)", x=definite(3), y=normal(3)),
    case("linalg.cho_solve((x, True), y)", x=regular(3, 3), y=normal(3, 2)),
]
LINALG["linalg.lu_solve"] = [
    case("linalg.lu_solve(linalg.lu_factor(x), y)", x=normal(3, 3), y=normal(3)),
    case("linalg.lu_solve(linalg.lu_factor(x), y, trans=1)", x=normal(3, 3), y=normal(3, 2)),
    case("linalg.lu_solve((x, p), y)", x=regular(3, 3), p=exactly(np.array([1, 2, 2])), y=normal(3)),
]
# `block_diag` is written out.
LINALG["linalg.toeplitz"] += [
    case("linalg.block_diag(x, y, 2.0 * x)", x=normal(2, 3), y=normal(3)),
    case("linalg.block_diag(x)", x=normal(2, 3)),
]
