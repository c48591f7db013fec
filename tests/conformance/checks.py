"""Whether a program is right in every mode, or refused in every mode.

`right` compares grad, value_and_grad, vjp (the pullback called again and again) and jvp with the dual-number oracle
and, where the truth is given as numbers, with those. `refused` asks for an error that names the construct and place.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.generated import assert_close, leaves
from tests.oracle import gradient, random_tangents
from tests.oracle import jvp as oracle_jvp
from tests.oracle.differences import shifted


def agrees(program: Callable[..., Any], inputs: list[np.ndarray], **options: Any) -> None:
    """Compare the value and both modes with the program itself and with differences, for arrays and for lists."""
    for x in inputs:
        for given in (x, x.tolist()):
            value, _ = s2sad.value_and_grad(program)(copy.copy(given))
            assert np.isclose(value, program(copy.copy(given)), rtol=1e-12)
            s2sad.check_grads(program, (given,), **options)


def right(function: Callable[..., Any], *args: Any, truth: Any = None, oracle: bool = True, rtol: float = 1e-9) -> None:
    """Check the derivatives of a scalar function with respect to every float argument, in every mode.

    `truth` is a tuple of gradients, one for each float argument. With `oracle=False` the program does something the
    oracle has no stand-in for, and the truth alone decides.
    """
    wrt = tuple(i for i, arg in enumerate(args) if holds_floats(arg))
    left = copy.deepcopy(args)
    value = function(*left)
    want = gradient(function, copy.deepcopy(args), wrt) if oracle else [np.asarray(t) for t in truth]
    if truth is not None:
        shaped = [np.asarray(t) if isinstance(args[i], np.ndarray) else t for i, t in zip(wrt, truth, strict=True)]
        assert_close(want, shaped, rtol)
    _reverse(function, args, wrt, value, want, left, rtol)
    _pullback(function, args, wrt, value, want, left, rtol)
    _forward(function, args, wrt, value, want, left, rtol, oracle)


def _reverse(function, args, wrt, value, want, left, rtol):
    mine = copy.deepcopy(args)
    assert_close(s2sad.grad(function, argnums=wrt)(*mine), want, rtol)
    assert_close(mine, left, 1e-12)
    mine = copy.deepcopy(args)
    have, found = s2sad.value_and_grad(function, argnums=wrt)(*mine)
    assert_close(have, value, 1e-12)
    assert_close(found, want, rtol)
    fresh(found, mine)
    same_dtypes(found, [args[i] for i in wrt])


def _pullback(function, args, wrt, value, want, left, rtol):
    mine = copy.deepcopy(args)
    have, pullback = s2sad.vjp(function, *mine)
    assert_close(have, value, 1e-12)
    assert_close(mine, left, 1e-12)
    for array in arrays(mine):
        if array.dtype.kind == "f":
            array[...] = 7.25  # what the caller does afterwards must not matter
    first = pullback(1.0)
    assert all(first[i] is None for i in range(len(args)) if i not in wrt)
    assert_close([first[i] for i in wrt], want, rtol)
    assert_close([pullback(1.0)[i] for i in wrt], want, rtol)
    assert_close([pullback(-2.0)[i] for i in wrt], [-2.0 * leaf for leaf in leaves(want)], rtol)
    fresh(list(first), [*mine, pullback(1.0)])


def _forward(function, args, wrt, value, want, left, rtol, oracle):
    tangents = random_tangents(np.random.default_rng(1), args, wrt)
    mine = copy.deepcopy(args)
    have, dot = s2sad.jvp(function, mine, tangents)
    assert_close(have, value, 1e-12)
    assert_close(mine, left, 1e-12)
    if oracle:
        assert_close(dot, oracle_jvp(function, copy.deepcopy(args), tangents)[1], rtol)
    pairs = zip(leaves(want), leaves([tangents[i] for i in wrt]), strict=True)
    assert_close(dot, sum(np.sum(g * t) for g, t in pairs if np.any(t)), max(rtol, 1e-8))


def twice_right(function: Callable[..., Any], x: Any, k: Any) -> None:
    """Check the second derivative of a scalar function of two arguments: that of the squares of its gradient."""

    def steepness(x: Any, k: Any) -> Any:
        x_slope, k_slope = s2sad.grad(function, argnums=(0, 1))(x, k)
        return np.sum(x_slope * x_slope) + k_slope * k_slope

    s2sad.check_grads(steepness, (x, k))


def refused(function: Callable[..., Any], *args: Any, names: str, modes: str = "grad value_and_grad vjp jvp") -> None:
    """Check that every mode refuses the program, with an error that names the construct and its place."""
    wrt = tuple(i for i, arg in enumerate(args) if holds_floats(arg))
    tangents = random_tangents(np.random.default_rng(1), args, wrt)
    actions: dict[str, Callable[[], Any]] = {
        "grad": lambda: s2sad.grad(function, argnums=wrt)(*copy.deepcopy(args)),
        "value_and_grad": lambda: s2sad.value_and_grad(function, argnums=wrt)(*copy.deepcopy(args)),
        "vjp": lambda: s2sad.vjp(function, *copy.deepcopy(args)),
        "jvp": lambda: s2sad.jvp(function, copy.deepcopy(args), tangents),
    }
    for mode in modes.split():
        with pytest.raises(s2sad.UnsupportedError, match=names) as caught:
            actions[mode]()
        span = caught.value.problems[0].span
        assert span is not None and span.file == function.__code__.co_filename
        assert span.line > function.__code__.co_firstlineno


def holds_floats(arg: Any) -> bool:
    """Return whether something in an argument can be differentiated."""
    if isinstance(arg, dict):
        return any(map(holds_floats, arg.values()))
    if isinstance(arg, list | tuple):
        return any(map(holds_floats, arg))
    return isinstance(arg, float | np.floating) or (isinstance(arg, np.ndarray) and arg.dtype.kind == "f")


def arrays(value: Any) -> list[np.ndarray]:
    """Return the arrays inside a value."""
    if isinstance(value, np.ndarray):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else ()
    return [array for item in items for array in arrays(item)]


def fresh(found: Any, others: Any) -> None:
    """Check that gradients are writeable and share memory with nothing."""
    mine = arrays(found)
    for i, array in enumerate(mine):
        assert array.flags.writeable
        assert not any(np.shares_memory(array, other) for other in [*mine[:i], *arrays(others)])


def same_dtypes(found: Any, primals: Any) -> None:
    """Check that each gradient array has the dtype of its argument."""
    floats = [array for array in arrays(primals) if array.dtype.kind == "f"]
    have = [array for array in arrays(found) if array.dtype.kind == "f"]
    assert [array.dtype for array in have] == [array.dtype for array in floats]


# --- second derivatives -----------------------------------------------------------------------------------------------
def right_twice(function: Callable[..., Any], *args: Any, rtol: float = 1e-6) -> None:
    """Compare two second derivatives with differences of the first gradient along a random direction.

    They are the tangent and the pullback of a gradient; leaves without a derivative count as 0.
    """
    wrt = tuple(i for i, arg in enumerate(args) if holds_floats(arg))
    gradient_ = s2sad.grad(function, argnums=wrt)
    rng = np.random.default_rng(5)
    along, weights = random_tangents(rng, args, wrt), random_tangents(rng, args, wrt)
    chosen = tuple(weights[i] for i in wrt)
    slopes = [
        (inner(gradient_(*shifted(args, along, h)), chosen) - inner(gradient_(*shifted(args, along, -h)), chosen))
        / h
        / 2
        for h in (2e-4, 1e-4)
    ]
    want = (4.0 * slopes[1] - slopes[0]) / 3.0
    tangents = tuple(t if i in wrt else None for i, t in enumerate(along))
    tangent = s2sad.jvp(gradient_, copy.deepcopy(args), tangents)[1]
    assert_close(inner(tangent, chosen), want, rtol)
    _, pullback = s2sad.vjp(gradient_, *copy.deepcopy(args))
    for _ in range(2):
        bars = pullback(chosen)
        assert_close(inner([bars[i] for i in wrt], [along[i] for i in wrt]), want, rtol)


def inner(a: Any, b: Any) -> float:
    """Return the sum over all leaves of the products of two structures; one that is None counts as 0."""
    if a is None or b is None:
        return 0.0
    if isinstance(a, dict):
        return sum(inner(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return sum(inner(x, y) for x, y in zip(a, b, strict=True))
    return float(np.sum(np.asarray(a) * np.asarray(b)))
