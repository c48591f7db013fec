"""Softmax, sigmoid and variance have a shorter adjoint: not where something is written in between."""

from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any
Z = np.random.default_rng(0).normal(size=(3, 4))
W = np.random.default_rng(1).uniform(0.5, 1.0, size=(3, 4))


def scaled_before_it_is_summed(z: Array, w: Array) -> float:
    e = np.exp(z)
    e *= w
    return np.sum(e / np.sum(e, axis=1, keepdims=True) * w)


def scaled_after_it_is_summed(z: Array, w: Array) -> float:
    e = np.exp(z)
    s = np.sum(e, axis=1, keepdims=True)
    e *= w
    return np.sum(e / s * w)


def squares_that_are_scaled(z: Array, w: Array) -> float:
    d = z - np.mean(z)
    q = d * d
    q *= w
    return np.mean(q)


def deviations_that_are_scaled(z: Array, w: Array) -> float:
    d = z - np.mean(z)
    d *= w
    return np.sum(d * d)


def source_that_is_written(z: Array, w: Array) -> float:
    x = z * 1.0
    d = x - np.mean(x)
    x[0] = w[0]
    return np.sum(d * d) + np.sum(x**2)


def sigmoid_of_what_is_scaled(z: Array, w: Array) -> float:
    x = z * 1.0
    y = 1.0 / (1.0 + np.exp(-x))
    x *= w
    return np.sum(y * x)


def layer_norm(z: Array, w: Array) -> float:
    m = z.mean(axis=-1, keepdims=True)
    v = ((z - m) ** 2).mean(axis=-1, keepdims=True)
    return np.sum((z - m) / np.sqrt(v + 1e-5) * w)


def correlation(z: Array, w: Array) -> float:
    d, e = z[0] - np.mean(z[0]), w[0] - np.mean(w[0])
    return np.sum(d * e) / np.sqrt(np.sum(d**2) * np.sum(e**2))


WRITTEN = [
    scaled_before_it_is_summed,
    scaled_after_it_is_summed,
    squares_that_are_scaled,
    deviations_that_are_scaled,
    source_that_is_written,
    sigmoid_of_what_is_scaled,
    layer_norm,
    correlation,
]


@pytest.mark.parametrize("f", WRITTEN, ids=lambda f: f.__name__)
def test_right(f: Any) -> None:
    s2sad.check_grads(f, (Z, W))


def variance(z: Array, w: Array) -> float:
    return np.sum(np.mean((z - np.mean(z, axis=0)) ** 2, axis=0) * w[0])


def test_variance_has_no_sum_of_deviations() -> None:
    """They add up to zero: nothing is subtracted from the cotangent."""
    df = s2sad.grad(variance)
    df(Z, W)
    adjoint = df.source.partition("# adjoint")[2].replace("# return np.sum(", "")
    assert "sum(" not in adjoint
