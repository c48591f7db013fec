"""What the compiler makes of its own gradients of random programs: reverse over reverse, and forward over
reverse.

The gradient of a function that contracts a gradient with fixed directions is compared, along another direction, with
differences of the first gradient (which `judge` compares with the oracle). A point at which differences of several
steps disagree with each other is a kink: nothing is said there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import s2sad
from s2sad.errors import UnsupportedError
from tests.fuzz.judge import WRT, user_function

STEPS = (1e-4, 1e-5, 1e-6)
Leaves = tuple[Any, ...]


def contraction(seed: int, weights: Leaves) -> Callable[..., Any]:
    """Return the function that contracts the gradient of a program with weights."""
    gradient = s2sad.grad(user_function(seed), argnums=WRT)
    x_weight, y_weight, s_weight = weights

    def contracted(x: Any, y: Any, s: Any, n: Any) -> Any:
        bars = gradient(x.copy(), y.copy(), s, n)
        return np.sum(bars[0] * x_weight) + np.sum(bars[1] * y_weight) + bars[2] * s_weight

    return contracted


def random_leaves(rng: np.random.Generator) -> Leaves:
    """Return random values in the form of the differentiated arguments."""
    return rng.normal(size=5), rng.normal(size=(3, 4)), float(rng.normal())


def along(args: Leaves, direction: Leaves, step: float) -> Leaves:
    """Return the arguments, moved along a direction."""
    return tuple(a + step * d for a, d in zip(args, direction, strict=True))


def second_outcome(seed: int) -> str:
    """Return "right", "refused", "unknown" (at a kink), or what went wrong."""
    rng = np.random.default_rng(seed)
    args, weights, direction = random_leaves(rng), random_leaves(rng), random_leaves(rng)
    contracted = contraction(seed, weights)
    try:
        found = s2sad.grad(contracted, argnums=WRT)(*args, 3)
        _, forward = s2sad.jvp(contracted, (*args, 3), (*direction, None))
    except UnsupportedError:
        return "refused"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    claimed = float(sum(np.sum(bar * d) for bar, d in zip(found, direction, strict=True)))
    slopes = [
        (contracted(*along(args, direction, h), 3) - contracted(*along(args, direction, -h), 3)) / (2.0 * h)
        for h in STEPS
    ]
    scale = max(1.0, *map(abs, slopes))
    if abs(claimed - forward) > 1e-8 * scale:
        return f"wrong: {forward} forward over reverse, {claimed} reverse over reverse"
    if any(abs(claimed - slope) <= 1e-4 * scale for slope in slopes):
        return "right"
    steady = np.isfinite(slopes).all() and abs(slopes[1] - slopes[2]) <= 1e-3 * scale
    return f"wrong: {claimed} for {slopes[1]}" if steady else "unknown"
