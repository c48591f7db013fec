"""What is computed from an array is no longer what the array holds, once that is written."""

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import right

X = np.array([0.1, 0.9, 0.3, -0.4, 0.5])


def two_minuses(x):
    a = -x
    a *= 3.0
    return np.sum(np.sin(-a))


def two_minuses_of_a_slice(x):
    a = -x
    a[1:] *= 0.5
    return np.sum(np.sin(-a) * x)


def minus_by_a_function(x):
    a = np.negative(x)
    np.multiply(a, x, out=a)
    return np.sum(np.cos(np.negative(a)))


def minus_of_what_is_written(x):
    b = np.sin(x)
    a = -b
    b *= x
    c = -a
    return np.sum(c * b)


def minus_in_a_difference(x):
    b = -x
    b[0] = 2.0 * x[1]
    return np.sum((x - (-b)) ** 2)


def minus_in_a_loop(x):
    n = -x
    for i in range(len(x)):
        n[i] += x[i] ** 2
    return np.sum(np.exp(-n))


def minus_of_a_mask(x):
    a = -x
    a[x > 0.2] = 0.5
    return np.sum(x * -a)


def minus_of_a_matrix(x):
    m = -np.outer(x, x)
    m[np.arange(5), np.arange(5)] = 1.0
    return np.sum(np.tanh(-m))


class Held:
    def __init__(self, g):
        self.g = g
        self.m = g


def minus_of_an_attribute(x):
    o = Held(-x)
    o.m *= 0.9
    return np.sum(np.sin(-o.g) * x)


def conjugate_twice(x):
    z = np.conj(x + 1j * x**2)
    z *= 2.0 + x
    return np.sum(np.abs(np.conj(z) - x) ** 2)


def steps_of_a_flux(x):
    left, right = x[:-1], x[1:]
    f = np.where(left > 0, left * left - right * (right - left), 0.0)
    return (f**2).sum()


def by_differences(function):
    steps = 1e-6 * np.eye(len(X))
    return np.array([(function(X + h) - function(X - h)) / 2e-6 for h in steps])


FUNCTIONS = [value for name, value in list(globals().items()) if name.startswith(("two", "minus", "conj", "steps"))]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_first_derivatives(function):
    right(
        function,
        X,
        oracle=function is not conjugate_twice,
        truth=None if function is not conjugate_twice else (by_differences(function),),
    )


@pytest.mark.parametrize("function", FUNCTIONS)
def test_forward_over_reverse_is_reverse_over_reverse(function):
    gradient = s2sad.grad(function)
    w = np.array([1.0, -0.5, 0.3, 2.0, -1.2])
    _, forward = s2sad.jvp(gradient, (X,), (w,))
    reverse = s2sad.grad(lambda x: np.sum(s2sad.grad(function)(x) * w))(X)
    h = 1e-6
    differences = (gradient(X + h * w) - gradient(X - h * w)) / (2 * h)
    np.testing.assert_allclose(forward, reverse, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(forward, differences, rtol=1e-5, atol=1e-5)
