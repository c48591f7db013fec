"""A list that changes, or whose name is bound to another, before or while it is gone through in every way."""

from __future__ import annotations

import linecache
from typing import Any

import numpy as np
import pytest

import s2sad

ITEMS = {"number": ("v * 1.0", "v"), "pair": ("(v, k)", "v[0] * v[1]"), "array": ("x * v", "np.sum(v)")}
WAYS = [
    "it = xs",
    "it = iter(xs)",
    "it = reversed(xs)",
    "it = (u for u in xs)",
    "it = map(lambda u: u, xs)",
    "it = filter(lambda u: True, xs)",
    "it = itertools.chain(xs, xs[:1])",
    "it = [u for u in xs]",
    "it = (u for u, _ in zip(xs, x))",
    "it = (u for _, u in enumerate(xs))",
]
CHANGES = {
    "bound before": ("xs = [{item}, {item}]", "pass"),
    "bound inside": ("pass", "xs = [{item}, {item}]"),
    "appended before": ("xs.append({item})", "pass"),
    "set before": ("xs[1] = {item}", "pass"),
    "set inside": ("pass", "xs[0] = {item}"),
}


def registered(text: str, name: str) -> Any:
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    names: dict[str, Any] = {"__name__": "rebinding"}
    exec(compile(text, name, "exec", dont_inherit=True), names)
    return names["program"]


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("change", CHANGES)
def test_right_or_refused(item: str, way: str, change: str) -> None:
    made, read = ITEMS[item]
    other = made.replace("v", "k")
    before, inside = (line.format(item=other) for line in CHANGES[change])
    text = f"""import itertools
import numpy as np
def program(x, k):
    xs = [{made} for v in x]
    {way}
    {before}
    total = 0.0
    for v in it:
        {inside}
        total = total * 0.7 + {read} ** 2
    v = xs[0]
    return total + {read} ** 2 * k
"""
    program = registered(text, f"<rebinding {item} {way} {change}>")
    x, k = np.array([0.8752864, 1.6916414, 1.32705707, -0.32437843]), 0.7
    try:
        value, _ = s2sad.value_and_grad(program)(x, k)
    except s2sad.UnsupportedError:
        return
    np.testing.assert_allclose(value, program(x, k))
    s2sad.check_grads(program, (x, k))


def either(a: Any, b: Any, k: float) -> Any:
    return a if k > 0.5 else b


def of_two_empty_lists(x: Any, k: float) -> float:
    a: list[float] = []
    b: list[float] = []
    t = either(a, b, k)
    a.append(x[0] * k)
    b.append(x[1])
    return sum(a) * k + sum(b) ** 2 + sum(t) * 0.7


def appended_to_one_of_two(x: Any, k: float) -> float:
    a: list[float] = []
    b: list[float] = []
    t = a if k > 0.5 else b
    t.append(x[0] * k)
    return sum(a) * k + sum(b) ** 2


def appended_to_an_empty_one_or_another(x: Any, k: float) -> float:
    a: list[float] = []
    t = [x[1]]
    if k > 0.5:
        t = a
    t.append(x[0] * k)
    return sum(a) * k + sum(t)


def bound_anew_in_a_loop(x: Any, k: float) -> float:
    a: list[float] = []
    t = [k]
    for v in x:
        t.append(v)
        t = a
    return sum(a) * k + sum(t)


def bound_to_another_in_an_iteration(x: Any, k: float) -> float:
    a: list[float] = []
    b = [k, k]
    t = b
    for i in range(len(x)):
        if i == 1:
            t = a
        t.append(x[i])
    return sum(a) * k + sum(b) * 2.0


def a_second_name(x: Any, k: float) -> float:
    a: list[float] = []
    t = a
    for v in x:
        t.append(v * k)
    return sum(a) * k + sum(t) ** 2


PROGRAMS = [
    of_two_empty_lists,
    appended_to_one_of_two,
    appended_to_an_empty_one_or_another,
    bound_anew_in_a_loop,
    bound_to_another_in_an_iteration,
    a_second_name,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("k", [0.7, 0.3])
def test_which_list_it_is(program: Any, k: float) -> None:
    x = np.array([0.3, 0.8])
    try:
        value, _ = s2sad.value_and_grad(program)(x, k)
    except s2sad.UnsupportedError:
        assert program is not a_second_name
        return
    np.testing.assert_allclose(value, program(x, k))
    s2sad.check_grads(program, (x, k))
