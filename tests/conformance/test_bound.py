"""Names that one path binds and another does not, or that an earlier iteration binds."""

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import right

X = np.array([0.5, -1.25, 2.0, 0.75])


def bound_on_one_path(x, n):
    if n > 2:
        t = np.sin(x)
    y = x * 2.0
    if n > 2:
        y = t * y
    return np.sum(y * y)


def bound_two_branches_deep(x, n):
    if n > 1:
        if n > 2:
            t = np.sin(x)
        y = x * n
    else:
        y = x
    if n > 2:
        y = t * y
    return np.sum(y * y)


def bound_in_some_iterations(x, n):
    y = x * 2.0
    for i in range(n):
        if i % 2 == 0:
            t = np.sin(y)
        y = y * 0.5 + 0.1
        if i % 2 == 0:
            y = y * t + np.sum(t)
    return np.sum(y * y)


def left_by_the_iteration_before(x, n):
    y = x * 2.0
    for i in range(n):
        if i > 0:
            y = y * np.sum(t)  # noqa: F821
        t = np.sin(y) * (i + 1.0)  # noqa: F841
    return np.sum(y * y)


def left_by_some_iteration(x, n):
    y = x * 2.0
    for i in range(n):
        if i % 2 == 0:
            t = np.sin(y)
        y = y * t
    return np.sum(y * y)


def left_by_the_first_iteration(x, n):
    y = x * 2.0
    for i in range(n):
        if i == 0:
            t = np.sin(y)
        else:
            y = y * t
    if n > 0:
        y = y + t
    return np.sum(y * y)


def left_by_an_inner_loop(x, n):
    y = x * 2.0
    for i in range(3):
        for j in range(n - i):
            t = np.cos(y) * (j + 1.0)
        if n > 0:
            y = y * t
    return np.sum(y)


def written_after_it_was_left(x, n):
    y = x * 2.0
    k = 0
    while k < n:
        if k == 1:
            v = y[1:] * 2.0
            w = v
        k += 1
        if k > 2:
            w[0] *= y[0]
            y = y + np.sum(v)
    return np.sum(y * y)


PROGRAMS = [
    bound_on_one_path,
    bound_two_branches_deep,
    bound_in_some_iterations,
    left_by_the_iteration_before,
    left_by_some_iteration,
    left_by_the_first_iteration,
    left_by_an_inner_loop,
    written_after_it_was_left,
]


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5])
@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_right(function, n):
    right(function, X, n)


def never_bound(x, n):
    y = x
    for _ in range(n):
        y = y * t  # noqa: F821
        t = np.sin(y)  # noqa: F841
    return np.sum(y)


def test_what_is_bound_only_after_it_is_read_is_refused():
    with pytest.raises(s2sad.UnsupportedError, match="'t' is read before it is assigned"):
        s2sad.grad(never_bound)(X, 2)
