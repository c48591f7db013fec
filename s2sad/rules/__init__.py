"""Derivative facts as data, one file per family, mirroring the libraries they describe."""

from s2sad.rules import calculus, creation, elementwise, linalg, order, products, queries, reductions, shaping
from s2sad.rules.core import TABLE

__all__ = [
    "TABLE",
    "calculus",
    "creation",
    "elementwise",
    "linalg",
    "order",
    "products",
    "queries",
    "reductions",
    "shaping",
]
