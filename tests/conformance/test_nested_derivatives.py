"""Derivatives of derivatives of ordinary programs: parameters in lists of records, sizes that change, None at first."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any
rng = np.random.default_rng(0)


def mlp(params: list[dict[str, Array]], x: Array, y: Array) -> float:
    h = x
    for layer in params[:-1]:
        h = np.tanh(h @ layer["w"] + layer["b"])
    last = params[-1]
    out = h @ last["w"] + last["b"]
    return np.mean((out - y) ** 2)


mlp_grad = s2sad.grad(mlp)


def mlp_curvature(params: list[dict[str, Array]], x: Array, y: Array, v: list[dict[str, Array]]) -> float:
    g = mlp_grad(params, x, y)
    total = 0.0
    for a, b in zip(g, v, strict=False):
        total = total + np.sum(a["w"] * b["w"]) + np.sum(a["b"] * b["b"])
    return total


def deep(params: list[tuple[Array, Array]], x: Array) -> float:
    for w, b in params:
        x = np.tanh(x @ w + b)
    return np.sum(x * x)


deep_grad = s2sad.grad(deep)


def deep_curvature(params: list[tuple[Array, Array]], x: Array, v: list[tuple[Array, Array]]) -> float:
    g = deep_grad(params, x)
    return sum([np.sum(a * c) + np.sum(b * d) for (a, b), (c, d) in zip(g, v, strict=False)])


def accumulated(xs: Array) -> float:
    acc = None
    for x in xs:
        if acc is None:
            acc = x * x
        else:
            acc += np.sin(x)
    return np.sum(acc**3)


accumulated_grad = s2sad.grad(accumulated)


def accumulated_curvature(xs: Array, v: Array) -> float:
    return np.sum(accumulated_grad(xs) * v)


def narrowing(ws: list[Array], x: Array) -> float:
    h = x * 1.0
    s = 0.0
    for w in ws:
        h *= np.cos(h)  # in place, and of another size in the next iteration
        s = s + np.sum(h)
        h = h @ w
    return s


def layers(*sizes: int) -> list[dict[str, Array]]:
    return [{"w": rng.normal(size=(n, m)), "b": rng.normal(size=m)} for n, m in itertools.pairwise(sizes)]


def records(count: int) -> list[tuple[Array, Array]]:
    return [(rng.normal(size=(3, 3)), rng.normal(size=3)) for _ in range(count)]


A = rng.normal(size=(3, 3))
PROGRAMS = [
    (mlp_curvature, (layers(3, 4, 4, 2), rng.normal(size=(5, 3)), rng.normal(size=(5, 2)), layers(3, 4, 4, 2))),
    (deep_curvature, (records(3), rng.normal(size=3), records(3))),
    (accumulated_curvature, (A, 2.0 * A)),
    (narrowing, ([rng.normal(size=s) for s in ((3, 4), (4, 2), (2, 5))], rng.normal(size=3))),
    (narrowing, ([], rng.normal(size=3))),
]


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=[f.__name__ for f, _ in PROGRAMS])
def test_derivatives(f: Any, args: tuple[Any, ...]) -> None:
    s2sad.check_grads(f, args, rtol=1e-4)
