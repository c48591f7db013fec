"""Ordinary Python whose containers, names and exits depend on data: right, or refused at the line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import twice_right

X = np.array([0.7, 1.4, -0.3, 0.9, 2.2])


def right(program: Callable[..., Any], *, twice: bool = True) -> None:
    """Check values and derivatives, of an array and of a list, for data that take other paths."""
    for x in (X, -X, 1.7 * X + 0.2):
        for k in (1.3, -0.4):
            for given in (x, [float(v) for v in x]):
                value, _ = s2sad.value_and_grad(program, argnums=(0, 1))(given, k)
                assert np.isclose(value, program(given, k), rtol=1e-13)
                s2sad.check_grads(program, (given, k), (0, 1))
    if twice:
        twice_right(program, X, 1.3)


def refused(program: Callable[..., Any], reason: str, x: Any = X) -> None:
    """Check that a program is refused at a line of its own."""
    with pytest.raises(s2sad.UnsupportedError, match=reason) as caught:
        s2sad.grad(program, argnums=(0, 1))(x, 1.3)
    span = caught.value.problems[0].span
    assert span is not None and span.file == program.__code__.co_filename


# --- lists of Python's numbers that are given NumPy's -----------------------------------------------------------------
def put(xs: Any, x: Any, k: Any) -> None:
    for i in range(len(x)):
        xs[i] = x[i] * k


def filled_by_a_helper(x: Any, k: Any) -> Any:
    xs = [0.0] * len(x)
    put(xs, x, k)
    return sum(xs) * xs[0]


def a_copy_is_filled(x: Any, k: Any) -> Any:
    zeros = [0.0] * len(x)
    xs = list(zeros)
    ys = zeros.copy()
    for i in range(len(x)):
        xs[i] = x[i] * k
        ys[i] = xs[i] * x[i]
    return sum(xs) * sum(ys) + sum(zeros)


def one_of_two_is_filled(x: Any, k: Any) -> Any:
    xs = [0.0] * len(x) if k > 0.0 else [1.0] * len(x)
    for i in range(len(x) - 1):
        xs[i] = x[i] * xs[i + 1] + k * x[i]
    return sum(xs)


def rolled(x: Any, k: Any) -> Any:
    before = [0.0] * len(x)
    for _ in range(3):
        now = [0.0] * len(x)
        for i in range(len(x)):
            now[i] = before[i] * k + x[i] * x[i]
        before = now
    return sum(before)


@pytest.mark.parametrize("program", [filled_by_a_helper, a_copy_is_filled, one_of_two_is_filled, rolled])
def test_numbers_of_both(program: Callable[..., Any]) -> None:
    right(program)


@pytest.mark.parametrize("program", [filled_by_a_helper, a_copy_is_filled, one_of_two_is_filled])
def test_numbers_of_another_precision_are_refused(program: Callable[..., Any]) -> None:
    refused(program, "the list holds float and is given np.float32", X.astype(np.float32))
