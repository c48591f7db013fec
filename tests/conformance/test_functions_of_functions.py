"""Functions of NumPy that take functions: `np.vectorize` and `np.apply_along_axis`; tuples of sizes put together."""

import math
from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any
X = np.random.default_rng(0).normal(size=(3, 4))
Y = np.random.default_rng(1).normal(size=(3, 4))


def step(a: float, b: float) -> float:
    if a > b:
        return a * b
    return b + math.sin(a)


def gated(a: float, b: float, c: float) -> float:
    return a * b if c > 0.0 else a - c


def length_of(v: Array) -> float:
    return np.sqrt(np.sum(v * v))


@np.vectorize
def soft(x: float) -> float:
    return math.exp(x) if x < 0.0 else 1.0 + x


step_of_each = np.vectorize(step)


def made_inside(x: Array, y: Array) -> float:
    return np.sum(np.vectorize(step)(x, y) ** 2)


def made_outside(x: Array, y: Array) -> float:
    return np.sum(step_of_each(x, y[0]) * soft(x))


def of_three(x: Array, y: Array) -> float:
    return np.sum(np.vectorize(gated)(x, y, 0.5) ** 2)


def of_a_lambda(x: Array, y: Array) -> float:
    cube = np.vectorize(lambda a: a**3)
    return np.sum(cube(x[0])) + cube(y[0, 0])


def rows_to_rows(x: Array, y: Array) -> float:
    return np.sum(np.apply_along_axis(lambda v: v[0] * v * y.sum(), 1, x) ** 2)


def columns_to_numbers(x: Array, y: Array) -> float:
    return np.sum(np.apply_along_axis(np.sum, 0, x) ** 2) + y[0, 0]


def columns_to_columns(x: Array, y: Array) -> float:
    return np.sum(np.apply_along_axis(np.cumsum, 0, x) * y)


def last_axis(x: Array, y: Array) -> float:
    return np.sum(np.apply_along_axis(length_of, -1, x) * y[:, 0])


def sizes_added(x: Array, y: Array) -> float:
    z = np.ones(x.shape[:-1] + y.shape[1:])
    return np.sum(x.reshape(x.shape[:1] + x.shape[1:]) * y * z)


@pytest.mark.parametrize(
    "f",
    [
        made_inside,
        made_outside,
        of_three,
        of_a_lambda,
        rows_to_rows,
        columns_to_numbers,
        columns_to_columns,
        last_axis,
        sizes_added,
    ],
    ids=lambda f: f.__name__,
)
def test_a_function_of_each(f: Any) -> None:
    """Differentiated through the function that is called for each element or row."""
    value, _ = s2sad.value_and_grad(f, argnums=(0, 1))(X, Y)
    assert np.isclose(value, f(X, Y), rtol=1e-14)
    s2sad.check_grads(f, (X, Y))
    assert "s2sad" not in s2sad.grad(f, argnums=(0, 1)).lower(X, Y).source.split("\n\n", 1)[1]


def with_options(x: Array) -> float:
    return np.sum(np.vectorize(math.sin, excluded={1})(x))


def test_arguments_that_are_left_whole() -> None:
    np.testing.assert_allclose(s2sad.grad(with_options)(X), np.cos(X))


def in_step(x: Array, y: Array) -> float:
    total = 0.0
    for a, b in zip(x, y, strict=True):
        total += np.sum(a * b)
    return total


def test_a_strict_zip() -> None:
    """Parts of unlike lengths raise, as they do in Python."""
    s2sad.check_grads(in_step, (X, Y))
    with pytest.raises(ValueError, match="lengths"):
        s2sad.grad(in_step)(X, Y[:2])


def test_a_sum_that_nobody_reads_is_not_computed() -> None:
    """The gradient does not need the total: neither does it the loop."""
    text = s2sad.grad(in_step).lower(X, Y).source
    assert "total" not in text
