"""What depends on data where the structure of a program has to be known: right, or refused at the line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad

X = np.array([0.7, 1.4, -0.3, 0.9])


class Point:
    """An object that is equal to none but itself."""

    def __init__(self, a: Any) -> None:
        self.a = a


def identity(x: Any, k: Any) -> Any:
    points = [Point(v) for v in x]
    return sum([p.a * q.a for p in points for q in points if p is not q]) * k


def equality(x: Any, k: Any) -> Any:
    points = [Point(v) for v in x]
    return k * sum([p.a * q.a for p in points for q in points if p != q])


def membership(x: Any, k: Any) -> Any:
    points = [Point(v) for v in x]
    return k if points[0] in points else k * k


def lists_in_a_list(x: Any, k: Any) -> Any:
    rows = [list(x), list(x)]
    for row in rows:
        row.append(k)
    return sum(rows[0])


class Log:
    """An object with a list."""

    def __init__(self, x: Any) -> None:
        self.values = list(x)

    def add(self, v: Any) -> None:
        self.values.append(v)


def lists_in_objects_in_a_list(x: Any, k: Any) -> Any:
    logs = [Log(x) for _ in range(2)]
    for log in logs:
        log.add(k)
    return sum(logs[0].values)


def a_chosen_list_in_a_list(x: Any, k: Any) -> Any:
    rows = [list(x), list(x)]
    rows[int(k > 0.0)].append(k)
    return sum(rows[0])


def grows_under_the_loop(x: Any, k: Any) -> Any:
    values, s = list(x), 0.0
    for v in values:
        s += v * k
        if len(values) < 6:
            values.append(v * 2.0)
    return s


def few_grow_under_the_loop(x: Any, k: Any) -> Any:
    values, s = [x[0]], 0.0
    for v in values:
        s += v * k
        if len(values) < 4:
            values.append(v * 2.0)
    return s


def shrinks_under_the_loop(x: Any, k: Any) -> Any:
    values, s = list(x), 0.0
    for v in values:
        values.pop()
        s += v * k
    return s


def attribute_on_one_path(x: Any, k: Any) -> Any:
    point = Point(k)
    if x[0] > 0.0:
        point.b = k  # type: ignore[attr-defined]
    return k * k if hasattr(point, "b") else k


def making_items_changes(x: Any, k: Any) -> Any:
    log: list[Any] = []

    def made(v: Any) -> Any:
        log.append(v)
        return v

    s = 0.0
    for v in map(made, x):
        if v > 1.0:
            break
        s += v * k
    return s + len(log)


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (attribute_on_one_path, "depends on the path taken"),
    ],
)
def test_refused(program: Callable[..., Any], reason: str) -> None:
    with pytest.raises(s2sad.UnsupportedError, match=reason):
        s2sad.grad(program, argnums=(0, 1))(X, 1.3)


def chained(x: Any, k: Any) -> Any:
    values = [x[0], x[1]]
    if 5.0 < k < values.pop():
        k = 2.0 * k
    return len(values) * k


def chained_next(x: Any, k: Any) -> Any:
    it = iter(x)
    if next(it) < 0.0 < next(it):
        k = 2.0 * k
    return next(it) * k


def filled_with_none(x: Any, k: Any) -> Any:
    values: Any = [None] * 4
    for i in range(len(x)):
        values[i] = x[i] * k
    return sum(values) + k


def named_next(x: Any, k: Any) -> Any:
    next, s = k, 0.0
    for v in x:
        if v > 0.0:
            next = next * v
        s = s * next + np.sin(s * next + v)
    return s


def rounded(x: Any, k: Any) -> Any:
    return round(x[1]) * k


def reads_what_the_loop_changes(x: Any, k: Any) -> Any:
    c, s = k, 0.0

    def scaled(u: Any) -> Any:
        return u * c

    for v in map(scaled, x):
        s += v
        c = c * 1.5
    return s


def chosen_twice(x: Any, k: Any) -> Any:
    s = 0.0
    for v in x:
        f = np.sin if v > 0.8 else np.exp if v > 0.0 else np.cos
        s += f(v) * k
    return s


def nested_in_both_arms(x: Any, k: Any) -> Any:
    s = 0.0
    for v in x:
        s += (v if v > 0.5 else v * k) if k > 1.0 else (k if v > 0.2 else v * v)
        f = (np.sin if v > 0.5 else np.cos) if k > 1.0 else (np.exp if v > 0.2 else np.tanh)
        s += f(v) * k
    return s


def named_by_text(x: Any, k: Any) -> Any:
    weights, s = {"w0": k, "w1": x[0]}, 0.0
    for i, v in enumerate(x):
        key = f"w{i % 2}"
        s += weights[key] * v
    return s


@pytest.mark.parametrize(
    "program",
    [
        identity,
        equality,
        membership,
        lists_in_a_list,
        lists_in_objects_in_a_list,
        a_chosen_list_in_a_list,
        grows_under_the_loop,
        few_grow_under_the_loop,
        shrinks_under_the_loop,
        nested_in_both_arms,
        reads_what_the_loop_changes,
        chained,
        chained_next,
        filled_with_none,
        named_next,
        rounded,
        chosen_twice,
        named_by_text,
    ],
)
@pytest.mark.parametrize("k", [1.3, 7.0, -0.4])
def test_right(program: Callable[..., Any], k: float) -> None:
    for x in (X, -X):
        value, _ = s2sad.value_and_grad(program, argnums=(0, 1))(x, k)
        assert np.isclose(value, program(x, k), rtol=1e-13)
        s2sad.check_grads(program, (x, k), (0, 1))
