"""Derivative facts as data, one file per family, mirroring the libraries they describe."""

from s2sad.rules import composed, creation, elementwise, linalg, products, queries, reductions, shaping
from s2sad.rules.core import TABLE

__all__ = ["TABLE", "composed", "creation", "elementwise", "linalg", "products", "queries", "reductions", "shaping"]
