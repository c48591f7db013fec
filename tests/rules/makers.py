"""How the cases of the rules are written: an expression, and what makes its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Rng = np.random.Generator
Maker = Callable[[Rng], Any]


@dataclass(frozen=True)
class Case:
    """One expression of named arguments.

    `second` asks for second derivatives, `single` for float32; `helpers` are pasted-in functions of generated code
    that the expression calls; `real` leaves out complex
    numbers. With `dual` false the oracle's dual numbers do not know the operation.
    """

    text: str
    makers: dict[str, Maker]
    second: bool = True
    single: bool = True
    helpers: tuple[str, ...] = ()
    dual: bool = True
    real: bool = False

    def __str__(self) -> str:
        return self.text

    def arguments(self, seed: int) -> tuple[Any, ...]:
        """Return fresh arguments."""
        rng = np.random.default_rng(seed)
        return tuple(make(rng) for make in self.makers.values())


def case(
    text: str,
    *,
    second: bool = True,
    single: bool = True,
    helpers: tuple[str, ...] = (),
    dual: bool = True,
    real: bool = False,
    **makers: Maker,
) -> Case:
    """Return a case; the keywords are the arguments of the function, in order."""
    return Case(text, makers, second, single, helpers, dual, real)


# --- arguments ----------------------------------------------------------------------------------------------------
def normal(*shape: int) -> Maker:
    """Make an array of normal numbers."""
    return lambda rng: np.asarray(rng.normal(size=shape))


def between(low: float, high: float, *shape: int) -> Maker:
    """Make an array of numbers between bounds."""
    return lambda rng: np.asarray(rng.uniform(low, high, size=shape))


def number(low: float = 0.5, high: float = 2.0) -> Maker:
    """Make a Python float."""
    return lambda rng: float(rng.uniform(low, high))


def scalar(low: float = 0.5, high: float = 2.0) -> Maker:
    """Make a NumPy float."""
    return lambda rng: np.float64(rng.uniform(low, high))


def whole(low: int, high: int, *shape: int) -> Maker:
    """Make an array of integers in low, ..., high - 1."""
    return lambda rng: np.asarray(rng.integers(low, high, size=shape))


def mask(*shape: int) -> Maker:
    """Make an array of booleans."""
    return lambda rng: np.asarray(rng.random(size=shape) < 0.5)


def exactly(value: Any) -> Maker:
    """Make this value (a copy, if it is an array)."""
    return lambda rng: value.copy() if isinstance(value, np.ndarray) else value


def regular(*shape: int) -> Maker:
    """Make matrices that are far from singular."""
    return lambda rng: rng.normal(size=shape) + 4.0 * np.eye(shape[-1])


def definite(n: int) -> Maker:
    """Make a symmetric positive definite matrix."""

    def make(rng: Rng) -> Any:
        a = rng.normal(size=(n, n))
        return a @ a.T + n * np.eye(n)

    return make


def complexes(*shape: int) -> Maker:
    """Make an array of complex numbers."""
    return lambda rng: np.asarray(rng.normal(size=shape) + 1j * rng.normal(size=shape))
