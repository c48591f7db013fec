"""Random programs over NumPy and SciPy against central differences; refusals name their reason."""

import linecache
import math
import warnings
from typing import Any

import numpy as np
import pytest
from scipy import integrate, interpolate, linalg, ndimage, signal, sparse, special, stats
from scipy.spatial import distance

import s2sad
from tests.fuzz.library import OUTSIDE, library_program

NAMES = {
    "np": np,
    "math": math,
    "integrate": integrate,
    "interpolate": interpolate,
    "linalg": linalg,
    "ndimage": ndimage,
    "signal": signal,
    "sparse": sparse,
    "special": special,
    "stats": stats,
    "distance": distance,
    **OUTSIDE,
}
SEEDS = range(150)


def function_of(seed: int) -> Any:
    """Return the function of a random program."""
    text, name = library_program(seed), f"<library {seed}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    names = {**NAMES, "__name__": f"library_{seed}"}
    exec(compile(text, name, "exec", dont_inherit=True), names)
    return names["f"]


def arguments(seed: int) -> tuple[Any, ...]:
    """Return the arguments of a program."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, 4)), rng.normal(size=(3, 4)), float(rng.uniform(0.3, 0.9))


def judged(seed: int) -> str:
    """Return "right", "refused" with its reason, or what is wrong."""
    f, args = function_of(seed), arguments(seed)
    expected = f(*(np.copy(a) if isinstance(a, np.ndarray) else a for a in args))
    if not np.isfinite(expected):
        return "no number"
    try:
        value, gradient = s2sad.value_and_grad(f, argnums=(0, 1, 2))(*args)
        before = [np.copy(a) for a in args[:2]]
        s2sad.check_grads(f, args, seed=seed)
    except s2sad.UnsupportedError as error:
        return f"refused: {error.problems[0].message}"
    except AssertionError as error:
        return f"wrong: {error}"
    if not np.isclose(value, expected, rtol=1e-9, atol=1e-9):
        return f"wrong: the value is {value}, not {expected}"
    for part, arg in zip(gradient, args, strict=True):
        if np.shape(part) != np.shape(arg) or (isinstance(arg, np.ndarray) and part.dtype != arg.dtype):
            return "wrong: the shape or dtype of a gradient"
    if not all(np.array_equal(a, b) for a, b in zip(args[:2], before, strict=True)):
        return "wrong: an argument was changed"
    return "right"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_program_is_right_or_refused(seed: int) -> None:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        assert judged(seed).split(":")[0] in ("right", "refused", "no number"), library_program(seed)


def test_few_programs_are_refused() -> None:
    """A refusal must not become the way out."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        found = [judged(seed).split(":")[0] for seed in SEEDS[:60]]
    assert found.count("right") >= 50
