"""Derivative facts as data, one file per family, mirroring the libraries they describe."""

from s2sad.rules import creation, elementwise, linalg, products, reductions, shaping

__all__ = ["creation", "elementwise", "linalg", "products", "reductions", "shaping"]
