"""Random numbers whose location and scale are differentiated: the same numbers as without, which move with them."""

from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any
M = np.array([0.3, 0.4, 0.5])


def normal(m: Array, s: float) -> float:
    rng = np.random.default_rng(0)
    return np.sum(rng.normal(m, s) ** 2)


def uniform(m: Array, s: float) -> float:
    rng = np.random.default_rng(0)
    return np.sum(rng.uniform(m, m + s, size=(4, 3)) ** 2)


def exponential(m: Array, s: float) -> float:
    rng = np.random.default_rng(0)
    return np.sum(rng.exponential(s, 3) * m)


def laplace_by_name(m: Array, s: float) -> float:
    rng = np.random.default_rng(0)
    return np.sum(rng.laplace(scale=s) * m)


def of_the_module(m: Array, s: float) -> float:
    np.random.seed(3)
    return np.sum(np.random.normal(m, s) ** 2) + np.sum(np.random.uniform(high=s, size=3))


def of_every_kind(m: Array, s: float) -> float:
    np.random.seed(3)
    return np.sum(np.random.gumbel(m, s) + np.random.logistic(m, s) + np.random.lognormal(m, s))


def one_number(m: Array, s: float) -> float:
    rng = np.random.default_rng(0)
    return rng.normal(s) * m[0]


def in_a_loop(m: Array, s: float) -> float:
    rng = np.random.default_rng(0)
    x = m.copy()
    for _ in range(3):
        x = np.tanh(x + rng.normal(x, s))
    return np.sum(x)


@pytest.mark.parametrize(
    "f",
    [normal, uniform, exponential, laplace_by_name, of_the_module, of_every_kind, one_number, in_a_loop],
    ids=lambda f: f.__name__,
)
def test_numbers_move_with_location_and_scale(f: Any) -> None:
    """The value is the one that the function gives, to the last bit."""
    value, _ = s2sad.value_and_grad(f, argnums=(0, 1))(M, 0.7)
    assert value == f(M, 0.7)
    s2sad.check_grads(f, (M, 0.7))


def shape_of_a_gamma(m: Array, s: float) -> float:
    rng = np.random.default_rng(0)
    return np.sum(rng.gamma(m)) * s


def test_a_shape_that_moves_is_refused() -> None:
    """Numbers of another distribution are not the same ones, moved."""
    with pytest.raises(s2sad.UnsupportedError, match="gamma"):
        s2sad.grad(shape_of_a_gamma)(M, 0.7)
