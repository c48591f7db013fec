"""What the compiler makes of a random program: right, refused with a reason, or what went wrong.

The oracle is the dual-number interpreter of `tests/oracle`, which shares no code with the compiler. Besides numbers it
is looked at what gradients promise: the dtype of their argument, memory of their own, a pullback that can be called
again after the caller has written over its arguments, and tangents that are only read.
"""

from __future__ import annotations

import copy
import functools
import linecache
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.errors import UnsupportedError
from tests.fuzz.generate import features, program
from tests.generated import load, module_text
from tests.oracle import OracleUnsupported, gradient, jvp

WRT = (0, 1, 2)
HUGE = 1e30
GOOD = ("right", "refused", "unknown")


@functools.lru_cache(maxsize=4096)
def user_function(seed: int) -> Callable[..., Any]:
    """Return the function of a random program, its source registered."""
    text, file = program(seed), f"<program {seed}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names: dict[str, Any] = {"__name__": f"program_{seed}"}
    exec(compile(text, file, "exec", dont_inherit=True), names)
    return names["f"]


def is_single(seed: int) -> bool:
    """Whether `x` is in single precision: a cotangent must not widen it."""
    return seed % 3 == 1


def arguments(seed: int) -> tuple[Any, ...]:
    """Return the arguments of a random program."""
    rng = np.random.default_rng(seed)
    x, y, s = rng.normal(size=5), rng.normal(size=(3, 4)), float(rng.normal())
    return x.astype(np.float32) if is_single(seed) else x, y, s, 3


def directions(seed: int) -> tuple[Any, ...]:
    """Return a random direction along which the tangent is taken."""
    rng, like = np.random.default_rng(seed + 1), arguments(seed)[:2]
    return *(rng.normal(size=a.shape).astype(a.dtype) for a in like), float(rng.normal())


@functools.lru_cache(maxsize=4096)
def truth(seed: int) -> tuple[Any, tuple[Any, ...]]:
    """Return value and gradient by the oracle."""
    function = user_function(seed)
    found = gradient(function, arguments(seed), WRT)
    if not all(np.all(np.isfinite(part)) for part in found):
        raise OracleUnsupported("a point where the derivative does not exist")
    if is_single(seed) and any(np.max(np.abs(part), initial=0.0) > HUGE for part in found):
        raise OracleUnsupported("a derivative that single precision cannot hold")
    return function(*arguments(seed)), found


def is_known(seed: int) -> bool:
    """Whether the oracle knows the gradient of a program."""
    try:
        return bool(truth(seed))
    except OracleUnsupported:
        return False


@functools.lru_cache(maxsize=4096)
def true_tangent(seed: int) -> Any:
    """Return the tangent by the oracle."""
    return jvp(user_function(seed), arguments(seed), (*directions(seed), None))[1]


def lies_flat(seed: int) -> bool:
    """Whether an array is written through a reshape: its tangent may be copied where the array is viewed."""
    return any(feature.startswith("flat write") for feature in features(seed))


def close(have: Any, want: Any, seed: int) -> bool:
    """Return whether two numbers or arrays agree, as far as the precision of the program goes."""
    if is_single(seed):
        scale = max(1.0, float(np.max(np.abs(want))))
        return np.allclose(have, want, rtol=2e-4, atol=2e-4 * scale)
    return np.allclose(have, want, rtol=1e-7, atol=1e-9)


def all_close(have: tuple[Any, ...], want: tuple[Any, ...], seed: int) -> bool:
    """Compare gradients one by one."""
    return all(close(a, b, seed) for a, b in zip(have, want, strict=True))


def derivative(seed: int, mode: str) -> Callable[..., Any]:
    """Compile the derivative of a program, past every cache."""
    return load(*module_text(user_function(seed), arguments(seed), WRT, mode))


def blemish(gradients: tuple[Any, ...], args: tuple[Any, ...]) -> str:
    """Return what is not as promised of gradients whose numbers are right; nothing if all is well."""
    arrays = [(g, a) for g, a in zip(gradients, args, strict=False) if isinstance(a, np.ndarray)]
    for i, (g, a) in enumerate(arrays):
        if g.dtype != a.dtype:
            return "wrong dtype"
        others = [*(b for b in args if isinstance(b, np.ndarray)), *(h for h, _ in arrays[:i])]
        if not g.flags.writeable or any(np.shares_memory(g, other) for other in others):
            return "shared gradient"
    return ""


def reverse(seed: int) -> str:
    """Return what is wrong with value and gradient in one call."""
    args = arguments(seed)
    value, found = derivative(seed, "value_and_grad")(*args)
    want, true = truth(seed)
    if not close(value, want, seed):
        return "wrong value"
    return blemish(found, args) if all_close(found, true, seed) else "wrong gradient"


def pulled_back(seed: int) -> str:
    """Return what is wrong with a pullback: called twice, after the caller has written over its arguments."""
    args = arguments(seed)
    value, pullback = derivative(seed, "vjp")(*args)
    for array in args[:2]:
        array += 1.0
    one = type(value)(1.0)
    first = pullback(one)
    held = copy.deepcopy(first)
    second = tuple(0.5 * g for g in pullback(2 * one))
    want, true = truth(seed)
    if not close(value, want, seed):
        return "wrong value"
    if not all_close(first, held, seed):
        return "a second pullback changes the first gradient"
    if not all_close(first, true, seed) or not all_close(second, true, seed):
        return "wrong pullback"
    return blemish(first, args)


def forward(seed: int) -> str:
    """Return what is wrong with the tangent along a random direction."""
    given = directions(seed)
    held = copy.deepcopy(given)
    _, found = derivative(seed, "jvp")(*arguments(seed), *given)
    if not close(found, true_tangent(seed), seed):
        return "wrong tangent"
    return "" if all_close(given, held, seed) else "a tangent of the caller is written"


def checks(seed: int) -> list[Callable[[int], str]]:
    """Return the modes a program is tried in: one backwards, for one in four also forwards."""
    return [pulled_back if seed % 5 == 0 else reverse, *([forward] if seed % 4 == 0 and not lies_flat(seed) else [])]


@functools.lru_cache(maxsize=4096)
def traits(seed: int) -> frozenset[str]:
    """Return the kinds of statement in a program, the modes it is tried in, and whether it is in single precision."""
    kinds = {feature.split(" | ")[0] for feature in features(seed)}
    return frozenset(kinds | {check.__name__ for check in checks(seed)} | ({"single"} if is_single(seed) else set()))


def outcome(seed: int) -> str:
    """Return "right", "refused", "unknown" (no oracle), or what went wrong."""
    try:
        for check in checks(seed):
            if wrong := check(seed):
                return wrong
    except UnsupportedError:
        return "refused"
    except OracleUnsupported:
        return "unknown"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "right"
