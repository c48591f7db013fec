"""Functions inside of functions: early returns in loops, recursion, names they assign, functions handed on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any


# --- returns inside loops ---------------------------------------------------------------------------------------------
def first_above(x: Array) -> float:
    def first(v: Array, limit: float) -> float:
        for u in v:
            if u > limit:
                return u * u
        return 0.0

    s = 0.0
    for i in range(3):
        s = s + first(x[i:], 0.1 * i) * x[0]
    return s


def while_returns(x: Array) -> float:
    scale = x[0]

    def negative(v: Array) -> float:
        i = 0
        while i < len(v):
            if v[i] < 0.0:
                return scale * v[i]
            i += 1
        return scale

    return negative(x) + negative(x[::-1])


def place(x: Array) -> float:
    def find(v: Array) -> tuple[int, int, float]:
        for i, row in enumerate(v):
            for j, u in enumerate(row):
                if u < 0.0:
                    return i, j, u
        return -1, -1, 1.0

    i, j, u = find(x.reshape(2, 2))
    return u * x[i + j]


def inner_of_inner(x: Array) -> float:
    def outer(v: Array) -> float:
        def inner(u: float) -> float:
            if u > 1.0:
                return np.sin(u)
            return u * u

        t = 0.0
        for u in v:
            t = t + inner(u)
            if t > 2.0:
                return t
        return t * 2.0

    return outer(x) + outer(-x)


def writes_what_it_is_given(x: Array) -> float:
    def search(v: Array, t: float) -> int:
        for i in range(len(v)):
            if v[i] > t:
                v[i] = v[i] * t
                return i
        return -1

    y = x.copy()
    i = search(y, x[3])
    return np.sum(y * y) + i


# --- recursion --------------------------------------------------------------------------------------------------------
def fibonacci(x: Array) -> float:
    def fib(n: int) -> float:
        if n < 2:
            return x[n]
        return fib(n - 1) * x[0] + fib(n - 2)

    return fib(5)


def mutual(x: Array) -> float:
    def power(n: int) -> float:
        return 1.0 if n == 0 else x[0] * power(n - 1)

    def even(n: int) -> float:
        return x[1] if n == 0 else odd(n - 1) * x[0]

    def odd(n: int) -> float:
        return x[3] if n == 0 else even(n - 1) * x[1]

    return power(3) + even(4) + odd(2)


def halves(x: Array) -> float:
    def walk(low: int, high: int) -> float:
        if high - low == 1:
            return x[low] * x[low]
        middle = (low + high) // 2
        a = walk(low, middle)
        return a * walk(middle, high) + a

    return walk(0, len(x))


# --- functions handed on ----------------------------------------------------------------------------------------------
def newton(f: Callable[..., float], df: Callable[..., float], x: float, n: int) -> float:
    for _ in range(n):
        step = f(x) / df(x)
        x = x - step
        if abs(step) < 1e-12:
            return x
    return x


def root(x: Array) -> float:
    k = x[0]
    return newton(lambda t: t * t - k * x[1], lambda t: 2.0 * t, 1.0, 30)


def adaptive(f: Callable[..., float], a: float, b: float, tolerance: float) -> float:
    m = 0.5 * (a + b)
    whole = (b - a) * (f(a) + 4.0 * f(m) + f(b)) / 6.0
    left = (m - a) * (f(a) + 4.0 * f(0.5 * (a + m)) + f(m)) / 6.0
    right = (b - m) * (f(m) + 4.0 * f(0.5 * (m + b)) + f(b)) / 6.0
    if abs(left + right - whole) < tolerance:
        return left + right
    return adaptive(f, a, m, tolerance / 2.0) + adaptive(f, m, b, tolerance / 2.0)


def integral(x: Array) -> float:
    return adaptive(lambda t: np.exp(-x[0] * t * t) * x[1], 0.0, 1.0, 1e-4)


def midpoint(f: Callable[..., Array], y: Array, n: int) -> Array:
    for _ in range(n):
        y = y + 0.1 * f(y + 0.05 * f(y))
        if np.max(np.abs(y)) > 10.0:
            return y
    return y


class Network:
    def __init__(self, w: Array) -> None:
        self.w = w

    def slope(self, y: Array) -> Array:
        return np.tanh(self.w @ y)


def flow(x: Array) -> float:
    return np.sum(midpoint(Network(np.outer(x, x)).slope, x, 3) ** 2)


def counted_flow(x: Array) -> float:
    a = np.outer(x, x)
    count = 0

    def slope(y: Array) -> Array:
        nonlocal count
        count += 1
        return np.tanh(a @ y)

    return np.sum(midpoint(slope, x, 3)) * count


# --- names that are assigned by another function ----------------------------------------------------------------------
def apply(f: Callable[..., float], v: Array) -> float:
    s = 0.0
    for u in v:
        s = s + f(u)
    return s


def assigned_from_a_loop_elsewhere(x: Array) -> float:
    total = 0.0

    def g(u: float) -> float:
        nonlocal total
        total = total + u * u
        return u

    a = apply(g, x)
    return a * total


def assigned_on_one_path(x: Array) -> float:
    total = 0.0

    def g(u: float) -> float:
        nonlocal total
        total = total + u * u
        return u

    def h(v: Array) -> float:
        if v[0] > 0.0:
            return g(v[1])
        return v[0]

    a = h(x) + h(-x)
    return a * total


def best_of(x: Array) -> float:
    best = x[0]

    def look(u: float) -> None:
        nonlocal best
        if u > best:
            best = u * u

    def look_at_all(v: Array) -> None:
        for u in v:
            look(u)

    look_at_all(x)
    return best * x[1]


def returned_and_assigned(x: Array) -> float:
    total = 0.0

    def g(v: Array) -> float:
        nonlocal total
        for u in v:
            total = total + u * u
            if total > 1.0:
                return total * u
        return total

    a = g(x)
    b = g(x * 0.5)
    return a * b + total


def counted_recursion(x: Array) -> float:
    total, calls = 0.0, 0

    def visit(i: int) -> None:
        nonlocal total, calls
        calls += 1
        if i < len(x):
            total = total * x[0] + x[i]
            visit(i + 1)

    visit(0)
    return total * calls


def the_variable_of_a_comprehension(x: Array) -> float:
    k = x[0]

    def g() -> float:
        nonlocal k
        squares = [k * k for k in x]
        k = k * 2.0
        return sum(squares)

    return g() * k


def bound_in_a_loop_first(x: Array) -> float:
    def scale() -> None:
        nonlocal part
        part = part * 2.0

    total = 0.0
    for i in range(3):
        part = x[i] * x[i]
        scale()
        total = total + part
    return total * part


def bound_on_two_paths(x: Array) -> float:
    def scale() -> None:
        nonlocal part
        part = part * x[1]

    if x[0] > 0.5:
        part = np.sin(x[0])
    else:
        part = x[2]
    scale()
    return part


def changes_a_list(x: Array) -> float:
    total = [0.0]

    def visit(i: int) -> None:
        if i < len(x):
            total[0] = total[0] + x[i] * x[i]
            visit(i + 1)

    visit(0)
    return total[0]


X = np.array([0.7, 1.2, -0.4, 0.9])
PROGRAMS = [
    changes_a_list,
    bound_in_a_loop_first,
    bound_on_two_paths,
    first_above,
    while_returns,
    place,
    inner_of_inner,
    writes_what_it_is_given,
    fibonacci,
    mutual,
    halves,
    root,
    integral,
    flow,
    counted_flow,
    assigned_from_a_loop_elsewhere,
    assigned_on_one_path,
    best_of,
    returned_and_assigned,
    counted_recursion,
    the_variable_of_a_comprehension,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(f: Any) -> None:
    s2sad.check_grads(f, (X,))


@pytest.mark.parametrize("f", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_second_derivatives(f: Any) -> None:
    try:
        s2sad.check_grads(s2sad.grad(f), (X,), rtol=1e-4)
    except s2sad.UnsupportedError as refused:  # its residuals hold lists of arrays that it writes
        assert f is counted_flow and "writes into a container it is given" in str(refused)
