"""Dicts, objects and nested structures that are made anew in each iteration, or on one path."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

import s2sad

Array = Any
X = np.array([0.7, 1.3, 0.9])


def descent(x: Array) -> float:
    p = {"w": x * 1.0, "b": 2.0}
    for _ in range(3):
        p = {"w": p["w"] - 0.1 * x * p["b"], "b": p["b"] * 0.9}
    return np.sum(p["w"] ** 2) * p["b"]


@dataclass
class Body:
    x: Array
    v: Array
    t: float


def spring(x: Array) -> float:
    s = Body(x, x * 0.5, 0.0)
    for _ in range(4):
        a = -s.x
        s = Body(s.x + 0.1 * s.v, s.v + 0.1 * a, s.t + 0.1)
    return np.sum(s.x * s.v) * s.t


class Level(NamedTuple):
    a: Array
    b: dict[str, Any]


def levels(x: Array) -> float:
    n = Level(x, {"c": x * 2.0, "d": (x, 1.0)})
    for _ in range(3):
        inner = {"c": np.sin(n.b["c"]), "d": (n.b["d"][0] * 2.0, n.b["d"][1] * x[0])}
        n = Level(n.a * n.b["c"], inner)
    return np.sum(n.a) + np.sum(n.b["d"][0]) * n.b["d"][1]


def on_one_path(x: Array) -> float:
    p = {"w": x, "b": 1.0}
    if x[0] > 0.0:
        p = {"w": x * 2.0, "b": x[1]}
    return np.sum(p["w"]) * p["b"]


def until_small(x: Array) -> float:
    p = {"w": x * 1.0, "b": 2.0}
    i = 0
    while p["b"] > 0.1:
        p = {"w": p["w"] * 0.9, "b": p["b"] * 0.5 * x[0]}
        i += 1
        if i > 5:
            break
    return np.sum(p["w"]) * p["b"]


def written_between(x: Array) -> float:
    p = {"w": x * 1.0}
    for _ in range(3):
        p["w"] -= 0.1 * x
        p = {"w": p["w"] * 2.0}
    return np.sum(p["w"])


def two_layers(x: Array) -> float:
    p = {"one": {"W": x * 1.0, "b": x[0]}, "two": {"W": x * 2.0, "b": x[1]}}
    for _ in range(3):
        one, two = p["one"], p["two"]
        p = {"one": {"W": one["W"] * 0.9, "b": one["b"] * x[0]}, "two": {"W": two["W"] - one["W"], "b": two["b"] * 0.5}}
    return np.sum(p["one"]["W"] * p["two"]["W"]) * p["one"]["b"]


def nested_loops(x: Array) -> float:
    total = 0.0
    s = Body(x, x * 0.5, 0.0)
    for i in range(2):
        for j in range(2):
            s = Body(s.x * x[i], s.v + s.x * 0.1, s.t + x[j])
        total = total + np.sum(s.x) * s.t
    return total + np.sum(s.v)


def held_elsewhere(x: Array) -> float:
    p = {"w": x * 1.0}
    q = p
    for _ in range(2):
        p["w"] = p["w"] * x
        p = {"w": p["w"] * 2.0}
    return np.sum(q["w"])


PROGRAMS = [
    descent,
    spring,
    levels,
    on_one_path,
    until_small,
    written_between,
    two_layers,
    nested_loops,
    held_elsewhere,
]


@pytest.mark.parametrize("f", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(f: Any) -> None:
    s2sad.check_grads(f, (X,))
    s2sad.check_grads(s2sad.grad(f), (X,), rtol=1e-4)


def other_keys(x: Array) -> float:
    p = {"w": x * 1.0}
    for _ in range(2):
        p = {"w": p["w"], "b": x}
    return np.sum(p["w"])


def other_keys_in_turn(x: Array) -> float:
    p = {"w": x * 1.0}
    while np.sum(p["w"]) > 0.1:
        p = {"w": p["w"] * 0.5, "b": x} if len(p) < 2 else {"w": p["w"] * 0.5}
    return np.sum(p["w"])


def test_other_keys_after_the_first_iteration() -> None:
    s2sad.check_grads(other_keys, (X,))


def test_refused() -> None:
    with pytest.raises(s2sad.UnsupportedError, match="has other keys"):
        s2sad.grad(other_keys_in_turn)(X)
