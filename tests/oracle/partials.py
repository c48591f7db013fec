"""Partial derivatives of elementwise operations, on plain float64 arrays.

Each entry: operation name -> one function of `(y, *operands)` per operand; None where the
operation is constant in that operand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Partial = Callable[..., Any]


def _ties(first: Any, second: Any) -> Any:
    """1 where the first operand wins, 0 where it loses, one half at a tie (as JAX has it)."""
    return np.where(first == second, 0.5, np.where(first > second, 1.0, 0.0))


def _power_base(y: Any, a: Any, b: Any) -> Any:
    # b * a**(b - 1) would be 0 * inf at a == 0, b == 0, where the power is constant.
    return np.where(b == 0, 0.0, b * a ** np.where(b == 0, 1.0, b - 1.0))


def _power_exponent(y: Any, a: Any, b: Any) -> Any:
    return np.where(a == 0, 0.0, y * np.log(np.where(a == 0, 1.0, a)))


def _sinc(y: Any, x: Any) -> Any:
    safe = np.where(x == 0, 1.0, x)
    return np.where(x == 0, 0.0, (np.cos(np.pi * safe) - np.sinc(safe)) / safe)


UNARY: dict[str, Partial] = {
    "negative": lambda y, x: -1.0,
    "positive": lambda y, x: 1.0,
    "absolute": lambda y, x: np.sign(x),
    "fabs": lambda y, x: np.sign(x),
    "sqrt": lambda y, x: 0.5 / y,
    "cbrt": lambda y, x: 1.0 / (3.0 * y * y),
    "square": lambda y, x: 2.0 * x,
    "reciprocal": lambda y, x: -y * y,
    "exp": lambda y, x: y,
    "exp2": lambda y, x: y * np.log(2.0),
    "expm1": lambda y, x: y + 1.0,
    "log": lambda y, x: 1.0 / x,
    "log2": lambda y, x: 1.0 / (x * np.log(2.0)),
    "log10": lambda y, x: 1.0 / (x * np.log(10.0)),
    "log1p": lambda y, x: 1.0 / (1.0 + x),
    "sin": lambda y, x: np.cos(x),
    "cos": lambda y, x: -np.sin(x),
    "tan": lambda y, x: 1.0 + y * y,
    "arcsin": lambda y, x: 1.0 / np.sqrt(1.0 - x * x),
    "arccos": lambda y, x: -1.0 / np.sqrt(1.0 - x * x),
    "arctan": lambda y, x: 1.0 / (1.0 + x * x),
    "sinh": lambda y, x: np.cosh(x),
    "cosh": lambda y, x: np.sinh(x),
    "tanh": lambda y, x: 1.0 - y * y,
    "arcsinh": lambda y, x: 1.0 / np.sqrt(x * x + 1.0),
    "arccosh": lambda y, x: 1.0 / np.sqrt(x * x - 1.0),
    "arctanh": lambda y, x: 1.0 / (1.0 - x * x),
    "deg2rad": lambda y, x: np.pi / 180.0,
    "rad2deg": lambda y, x: 180.0 / np.pi,
    "sinc": _sinc,
}

BINARY: dict[str, tuple[Partial | None, Partial | None]] = {
    "add": (lambda y, a, b: 1.0, lambda y, a, b: 1.0),
    "subtract": (lambda y, a, b: 1.0, lambda y, a, b: -1.0),
    "multiply": (lambda y, a, b: b, lambda y, a, b: a),
    "divide": (lambda y, a, b: 1.0 / b, lambda y, a, b: -y / b),
    "power": (_power_base, _power_exponent),
    "remainder": (lambda y, a, b: 1.0, lambda y, a, b: -np.floor(a / b)),
    "fmod": (lambda y, a, b: 1.0, lambda y, a, b: -np.trunc(a / b)),
    "maximum": (lambda y, a, b: _ties(a, b), lambda y, a, b: _ties(b, a)),
    "minimum": (lambda y, a, b: _ties(b, a), lambda y, a, b: _ties(a, b)),
    "arctan2": (lambda y, a, b: b / (a * a + b * b), lambda y, a, b: -a / (a * a + b * b)),
    "hypot": (lambda y, a, b: a / y, lambda y, a, b: b / y),
    "logaddexp": (lambda y, a, b: np.exp(a - y), lambda y, a, b: np.exp(b - y)),
    "copysign": (lambda y, a, b: np.sign(a) * np.sign(y), None),
}

PARTIALS: dict[str, tuple[Partial | None, ...]] = {
    **{name: (partial,) for name, partial in UNARY.items()},
    **BINARY,
}

# NumPy's second names for the same ufunc object.
ALIASES: dict[str, str] = {
    "abs": "absolute",
    "true_divide": "divide",
    "mod": "remainder",
    "pow": "power",
    "float_power": "power",
    "fmax": "maximum",
    "fmin": "minimum",
    "radians": "deg2rad",
    "degrees": "rad2deg",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
}

# Elementwise, but piecewise constant or not of real numbers: the tangent is zero or absent.
CONSTANT_UFUNCS: tuple[str, ...] = (
    "sign", "floor", "ceil", "trunc", "rint", "floor_divide", "isnan", "isinf", "isfinite",
    "signbit", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal",
    "logical_and", "logical_or", "logical_xor", "logical_not", "bitwise_and", "bitwise_or",
    "bitwise_xor", "invert", "left_shift", "right_shift",
)  # fmt: skip
