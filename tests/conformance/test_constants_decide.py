"""Helpers that are given an int which decides a shape or an axis: they are lowered anew for each constant."""

import numpy as np
import pytest
from scipy import signal

import s2sad
from tests.conformance.checks import right
from tests.conformance.test_library_programs import function_of

X = np.random.default_rng(0).normal(size=(3, 4))
Y = np.cos(3.0 * X)


def normalised(x, axis=-1, eps=1e-3):
    centre = x.mean(axis=axis, keepdims=True)
    c = x - centre
    v = (c * c).mean(axis=axis, keepdims=True)
    s = np.sqrt(v + eps)
    y = np.tanh(c / s)
    w = np.exp(-y) + y
    if w[0, 0] > 100.0:
        w = w * 2.0
    for i in range(3):
        w = w * 0.9 + i
    q = np.sin(w)
    return np.cos(q) * w


def with_defaults(x):
    return np.sum(normalised(x) * normalised(x, axis=0) + normalised(x, 1) ** 2)


def filtered(x, axis, n, reps=2):
    y = signal.lfilter([0.5, 0.2], [1.0, 0.3], x, axis)  # only its derivative asks which axis it is
    for _ in range(n):
        y = np.sin(y) * n
    z = np.tile(y, reps)
    w = z.reshape(z.shape[0], -1) if n > 1 else z * 2.0
    if w[0, 0] > 1e9:
        return w * 3.0
    return w * n


def in_the_derivative(x, axis, k):
    return np.sum(filtered(x, axis, 2) * filtered(x, 1, 2)) + np.sum(filtered(x, 0, 3)) * k + np.sum(filtered(x, 0, 1))


def outer(x, axis):
    total = 0.0
    for _ in range(2):
        if total > 1e9:
            return total
        total = total + np.sum(np.sin(filtered(x, axis, 2)))
    return total


def through_two(x):
    return outer(x, 0) * outer(x, 1)


def test_defaults():
    right(with_defaults, X, rtol=1e-7)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_a_derivative_asks(axis):
    s2sad.check_grads(in_the_derivative, (X, axis, 2.0), argnums=(0, 2))


def test_calls_in_calls():
    s2sad.check_grads(through_two, (X,))


@pytest.mark.parametrize("axis", [0, 1])
def test_an_argument_of_a_lambda(axis):
    s2sad.check_grads(lambda x, at: np.sum(signal.lfilter([0.5], [1.0, 0.3], x, at) ** 2), (X, axis), argnums=0)


def test_a_changed_default_is_seen():
    slope = s2sad.grad(with_defaults)
    before = slope(X)
    given = normalised.__defaults__
    try:
        normalised.__defaults__ = (0, 1e-3)
        assert not np.allclose(slope(X), before)
        assert np.allclose(slope(X), s2sad.grad(lambda x: np.sum(normalised(x, 0) ** 2 + normalised(x, 1) ** 2))(X))
    finally:
        normalised.__defaults__ = given
    assert np.allclose(slope(X), before)


BY_INDEX = [
    "for ax in range(2):\n    x = x - x.mean(axis=ax, keepdims=True)\nreturn (x**2).sum() * k",
    "for ax in range(x.ndim):\n    x = np.cumsum(x, axis=ax)\nreturn (x**2).sum() * k",
    "s = 0.0\nfor ax in reversed(range(2)):\n    s += x.sum(axis=1 - ax).max()\nreturn s * k",
    "s = [x.sum(axis=a) for a in range(2)]\nreturn (s[0] * k).sum() + s[1].prod()",
    "for n in range(1, 3):\n    x = np.diff(x, n=n, axis=1, prepend=k)\nreturn (x**2).sum() * k",
    "for n in range(3):\n    for ax in range(2):\n        x = np.cumsum(x, axis=ax) * k\nreturn x.mean()",
]


@pytest.mark.parametrize("body", BY_INDEX)
def test_the_index_of_a_loop_decides(body):
    """The loop is written out, and only that one."""
    f = function_of(body)
    assert s2sad.value_and_grad(f, argnums=(0, 2))(X, Y, 0.7)[0] == f(X, Y, 0.7)
    s2sad.check_grads(f, (X, Y, 0.7))


TO_LISTS = [
    "v = x[0].tolist()\nreturn v[0] * v[1] + sum(v) * k",
    "m = x.tolist()\nreturn m[0][1] * m[1][2] * len(m[0]) * k",
    "return sum(sum(a * b for a, b in zip(r, q)) for r, q in zip(x.tolist(), y.tolist())) * k",
    "s = np.sum(x).tolist()\nreturn s * s * k",
    "m = np.arange(6).reshape(2, 3).tolist()\nreturn m[1][2] * k",
]


@pytest.mark.parametrize("body", TO_LISTS)
def test_lists_of_arrays(body):
    f = function_of(body)
    assert s2sad.value_and_grad(f, argnums=(0, 2))(X, Y, 0.7)[0] == f(X, Y, 0.7)
    s2sad.check_grads(f, (X, Y, 0.7))
