"""Programs that were wrong once: tests that do something, calls that look alike, containers that change in between."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any


# --- tests that do something ----------------------------------------------------
def while_a_call(x: Array) -> float:
    i = 0
    y = x[0]

    def following() -> int:
        nonlocal i
        i = i + 1
        return i

    while following() < 4:
        y = y * 1.1
    return y * i


def in_a_loop(x: Array) -> float:
    i, total = 0, 0.0

    def following() -> int:
        nonlocal i
        i = i + 1
        return i

    for v in x:
        while following() % 3 != 0:
            total = total + v * i
    return total * i


class Step:
    def __init__(self, size: float) -> None:
        self.size = size

    def small(self) -> bool:
        self.size = self.size * 0.5
        return self.size < 0.1


def halved(x: Array) -> float:
    step, y = Step(x[0]), x[1]
    while not step.small():
        y = y * y
    return y * step.size


def second_operand(x: Array) -> float:
    n = 0

    def count() -> int:
        nonlocal n
        n += 1
        return n

    y = x[0]
    if y > 0.1 and count() < 9:
        y = y * 2.0
    if y < -5.0 or count() > 1:
        y = y * y
    reached = y > 0.0 and count() > 0
    return y * n * (2.0 if reached else 1.0)


# --- calls without a rule ----------------------------------------------------
def alike(x: Array) -> float:
    a = np.array([1.0, 2.0])
    spread = np.median(a) + 2.0 * np.ptp(a) + 3.0 * np.nanmax(a)
    return np.sum(np.tile(a, 2) * x) + 10.0 * np.sum(np.repeat(a, 2) * x) + spread * x[0]


def largest_place(x: Array) -> float:
    table = np.array([[1.0, 4.0], [2.0, 3.0]])
    i, j = np.unravel_index(np.argmax(table), table.shape)
    return table[i, j] * x[0] * x[1]


def views_of_a_library(x: Array) -> float:
    a = np.arange(4.0)
    p, q = np.array_split(a, 2)
    for i in range(2):
        q += p * x[i]
        p += x[2:]
    return np.sum(a * a)


# --- nested functions ----------------------------------------------------
def parser(x: Array) -> float:
    tokens = [1, 0, 2, 0]
    place = 0

    def term() -> float:
        nonlocal place
        if tokens[place] == 1:
            place += 1
            return expression()
        place += 1
        return x[place - 1] * place

    def expression() -> float:
        nonlocal place
        v = term()
        while place < len(tokens) and tokens[place] == 2:
            place += 1
            v = v * term()
        return v

    return expression()


def simpson(f: Callable[..., float], a: float, b: float, depth: int) -> float:
    m = 0.5 * (a + b)
    if depth == 0:
        return (b - a) * (f(a) + 4.0 * f(m) + f(b)) / 6.0
    return simpson(f, a, m, depth - 1) + simpson(f, m, b, depth - 1)


def double_integral(x: Array) -> float:
    return simpson(lambda s: simpson(lambda t: np.sin(s * t * x[0]), 0.0, x[1], 1), 0.0, x[1], 1)


def slope(a: Array, y: Array, scale: float = 1.0) -> Array:
    return np.tanh(a * y) * scale


def flow(f: Callable[..., Array], y: Array, n: int) -> Array:
    for _ in range(n):
        y = y + 0.1 * f(y)
        if np.max(np.abs(y)) > 10.0:
            return y
    return y


def partials(x: Array) -> float:
    fs = [np.sin, lambda t: t * x[0]]
    step = Step(x[2])
    known = functools.partial(slope, x, scale=2.0)
    return np.sum(flow(known, x, 3)) + fs[0](x[1]) * fs[1](step.size)


X = np.array([0.7, 1.2, 0.4, 0.9])
PROGRAMS = [
    while_a_call,
    in_a_loop,
    halved,
    second_operand,
    alike,
    largest_place,
    parser,
    double_integral,
    partials,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(f: Any) -> None:
    s2sad.check_grads(f, (X,))


TWICE = [f for f in PROGRAMS if f is not parser]  # what its calls keep has a recursive type


@pytest.mark.parametrize("f", TWICE, ids=[f.__name__ for f in TWICE])
def test_second_derivatives(f: Any) -> None:
    s2sad.check_grads(s2sad.grad(f), (X,), rtol=1e-4)


def test_what_is_kept_by_mutual_recursion_is_refused_a_second_time() -> None:
    with pytest.raises(s2sad.UnsupportedError, match="grows with every call"):
        s2sad.jvp(s2sad.grad(parser), (X,), (X,))


def test_parts_of_a_split_are_views() -> None:
    s2sad.check_grads(views_of_a_library, (X,))


# --- derivatives of derivatives ----------------------------------------------------
def written_after_a_loop(ws: list[Array]) -> float:
    h = 2.0
    for w in ws:
        h = np.sum(w) * h
    ws[0][0] = 5.0
    return h * np.sum(ws[0])


def conjugates(zs: Array) -> float:
    found = []
    for v in zs:
        found.append(v.conjugate())
    a = np.array(found)
    return np.sum(a * a).imag + sum([v.real for v in found])


def early(x: Array, s: float) -> float:
    if s > x[3]:
        return s + 0.3 * np.sum(np.sin(x))
    z = x * x[:]
    return s + np.sum(z * np.arange(4))


def test_second_derivatives_with_lists() -> None:
    s2sad.check_grads(s2sad.grad(written_after_a_loop), ([X[:2], X[2:]],), rtol=1e-4)
    s2sad.check_grads(s2sad.grad(conjugates), (X + 0.5j * X[::-1],), rtol=1e-4)
    for s in (-1.0, 2.0):
        s2sad.check_grads(s2sad.grad(early), (X, s), rtol=1e-4)


def used_in_part(p: dict[str, Array], x: Array) -> Array:
    return p["w"] @ x


def used_in_part_of_a_list(p: list[Array], x: Array) -> Array:
    return p[0] @ x


def test_the_caller_changes_its_containers() -> None:
    """Between a call and its pullback: what was not used has the zeros of the shape it had."""
    p = {"w": np.eye(2), "unused": np.ones(3)}
    _, pullback = s2sad.vjp(used_in_part, p, np.ones(2))
    p["unused"] = np.ones(7)
    assert pullback(np.ones(2))[0]["unused"].shape == (3,)
    del p["unused"]
    assert pullback(np.ones(2))[0]["unused"].shape == (3,)
    ws = [np.eye(2), np.ones(3)]
    _, pullback = s2sad.vjp(used_in_part_of_a_list, ws, np.ones(2))
    ws.clear()
    assert pullback(np.ones(2))[0][1].shape == (3,)


def closures(x: Array) -> float:
    fs = [lambda t: t * x[i] for i in range(3)]  # noqa: B023 (late binding is what is asked)
    return fs[0](x[0]) + fs[1](x[1])


def test_a_message_is_short() -> None:
    with pytest.raises(s2sad.UnsupportedError) as caught:
        s2sad.grad(closures)(X)
    assert len(str(caught.value)) < 1000
