"""Derivative facts as data, one file per family, mirroring the libraries they describe."""

from s2sad.rules import (
    assembly,
    calculus,
    counting,
    creation,
    decompositions,
    eigen,
    elementwise,
    fourier,
    linalg,
    masked,
    order,
    polynomials,
    products,
    queries,
    reductions,
    shaping,
)
from s2sad.rules.core import TABLE

__all__ = [
    "TABLE",
    "assembly",
    "calculus",
    "counting",
    "creation",
    "decompositions",
    "eigen",
    "elementwise",
    "fourier",
    "linalg",
    "masked",
    "order",
    "polynomials",
    "products",
    "queries",
    "reductions",
    "shaping",
]
