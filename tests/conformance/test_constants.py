"""What has no derivative runs as it stands, once: calls without a rule, random draws, places and counts."""

from __future__ import annotations

import json
import math
import os
import time
from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any
SETTINGS = '{"rate": 0.5, "steps": 3, "name": "descent"}'
RNG = np.random.default_rng(0)
calls: list[str] = []


def steps_of(path: str) -> int:
    """Read a number from a file; 2 where there is none."""
    calls.append(path)
    try:
        with open(path, encoding="utf-8") as file:
            return int(file.read())
    except OSError:
        return 2


def liar(path: str) -> float:
    """Return what it does not promise."""
    with open(os.devnull, encoding="utf-8"):
        return path  # type: ignore[return-value]


def settings(x: Array) -> float:
    found = json.loads(SETTINGS)
    rate = float(found["rate"])
    if found["name"] == "descent":
        for _ in range(int(found["steps"])):
            x = x - rate * np.sin(x)
    return np.sum(x)


def promised(x: Array) -> float:
    total = 0.0
    for _ in range(steps_of("/no/such/file")):
        total = total + np.sum(x * x)
    return total * math.comb(4, 2)


def dropout(x: Array, rng: np.random.Generator) -> float:
    total = 0.0
    for _ in range(3):
        kept = rng.random(len(x)) < 0.5
        x = np.where(kept, np.sin(x), 0.3 * x) + 0.1 * rng.normal(0.0, 1.0, size=x.shape)
        total = total + np.sum(x * x) * rng.uniform(0.5, 1.5)
    return total


def shuffled(x: Array) -> float:
    order = np.arange(len(x))
    np.random.shuffle(order)
    again = np.random.permutation(len(x))
    return np.sum(x[order] * x[again] * np.arange(float(len(x))))


def timed(x: Array) -> float:
    start = time.perf_counter()
    y = np.sum(np.exp(x))
    if time.perf_counter() < start:
        return y * 2.0
    return y


X = np.array([0.3, 1.2, 0.7, -0.4])


@pytest.mark.parametrize("f", [settings, promised, timed])
def test_calls_without_a_rule(f: Any) -> None:
    s2sad.check_grads(f, (X,))
    s2sad.check_grads(s2sad.grad(f), (X,))


def test_a_call_is_made_once() -> None:
    calls.clear()
    s2sad.grad(promised)(X)
    assert calls == ["/no/such/file"]
    _, pullback = s2sad.vjp(promised, X)
    pullback(1.0)
    pullback(1.0)
    assert len(calls) == 2


@pytest.mark.parametrize("mode", ["grad", "vjp", "jvp"])
def test_draws_are_made_once_and_in_order(mode: str) -> None:
    """The generator is where the primal leaves it, and the numbers are those of the primal."""
    ours, theirs = np.random.default_rng(3), np.random.default_rng(3)
    value = dropout(X, theirs)
    if mode == "grad":
        found, _ = s2sad.value_and_grad(dropout)(X, ours)
    elif mode == "vjp":
        found, pullback = s2sad.vjp(dropout, X, ours)
        pullback(1.0)
        pullback(2.0)
    else:
        found, _ = s2sad.jvp(dropout, (X, ours), (np.ones(4), None))
    assert found == value
    assert ours.bit_generator.state == theirs.bit_generator.state


def test_derivatives_past_draws() -> None:
    """Against differences that draw the same numbers."""
    found = s2sad.grad(dropout)(X, np.random.default_rng(3))
    for i in range(4):
        step = 1e-6 * np.eye(4)[i]
        up, down = (dropout(X + s, np.random.default_rng(3)) for s in (step, -step))
        assert np.isclose(found[i], (up - down) / 2e-6, rtol=1e-6)


def test_an_array_that_is_written_by_an_unknown_call() -> None:
    """The order is no longer 0, 1, ...; it is read as it was when it was used."""
    for seed in range(3):
        np.random.seed(seed)
        found = s2sad.grad(shuffled)(X)
        for i in range(4):
            step = 1e-6 * np.eye(4)[i]
            np.random.seed(seed)
            up = shuffled(X + step)
            np.random.seed(seed)
            assert np.isclose(found[i], (up - shuffled_again(X - step, seed)) / 2e-6, rtol=1e-6)


def shuffled_again(x: Array, seed: int) -> float:
    np.random.seed(seed)
    return shuffled(x)


def written_index(x: Array) -> float:
    places = np.arange(4)
    places[0] = 1
    same = places
    a = x * 1.0
    a[places] = x * np.arange(1.0, 5.0)
    same[3] = 1
    return np.sum(x[places] ** 2) + np.sum(a * a)


def negative_places(x: Array) -> float:
    return np.sum(x[np.arange(-2, 3)] ** 2)


def by_places(x: Array) -> float:
    rows, columns = np.nonzero(x > 0.2)
    lower = np.tril_indices(2)
    flat = np.flatnonzero(x[0] < 5.0)
    y = x.copy()
    y[rows, columns] *= 3.0
    return np.sum(y[lower] ** 2) * len(rows) + np.sum(x[0][flat] ** 3) * np.count_nonzero(x > 0.2)


def transposed_places(x: Array) -> float:
    rows, columns = np.nonzero(x > -5.0)
    y = x.copy()
    y[columns, rows] = np.sin(x[rows, columns])
    return np.sum(y * x) + np.sum(x[rows, rows] ** 2)


def interpolated(t: Array, xs: Array, ys: Array) -> float:
    i = np.searchsorted(xs, t) - 1
    w = (t - xs[i]) / (xs[i + 1] - xs[i])
    return np.sum(ys[i] * (1.0 - w) + ys[i + 1] * w)


def by_label(x: Array, labels: Array) -> float:
    total = 0.0
    for k in np.unique(labels):
        total = total + np.sum(x[labels == k]) ** 2
    if np.allclose(x, 0.0):
        return total
    return total * np.bincount(labels)[0]


PLACES = [
    (written_index, (X,)),
    (negative_places, (X[:3],)),
    (by_places, (X.reshape(2, 2),)),
    (transposed_places, (X.reshape(2, 2),)),
    (interpolated, (np.array([0.2, 1.3]), np.arange(4.0), X)),
    (by_label, (X, np.array([0, 1, 0, 2]))),
]


@pytest.mark.parametrize(("f", "args"), PLACES, ids=[f.__name__ for f, _ in PLACES])
def test_places(f: Any, args: tuple[Any, ...]) -> None:
    """Index arrays that name each place once need no `np.add.at`; those that may name one twice do."""
    s2sad.check_grads(f, args)
    s2sad.check_grads(s2sad.grad(f), args, rtol=1e-4)


def given_active(x: float) -> float:
    return x * float(os.fspath(x))  # type: ignore[type-var]


def active_shape(x: float, rng: np.random.Generator) -> float:
    return x * rng.gamma(x, 1.0)


def unknown_kind(x: float) -> float:
    return x * os.environ.get("HOME")  # type: ignore[operator]


def wrong_promise(x: float) -> float:
    return x * liar("a")


def written_active(x: Array) -> float:
    y = x.copy()
    np.random.shuffle(y)
    return np.sum(y * y)


def in_a_container(x: Array) -> float:
    memo = {"x": x}
    return np.sum(x) * float(len(json.dumps(memo)))


def unique_rows(x: Array) -> float:
    return np.sum(np.unique(np.stack([x, x]), axis=0))


def test_refused() -> None:
    """Active data in what has no derivative, a result of no known kind, a promise that is broken."""
    for f, args, said in (
        (given_active, (2.0,), "os.fspath has no derivative rule and is given 'x', which is active"),
        (active_shape, (2.0, RNG), "gamma is given 'x', which is active: what is drawn is a constant"),
        (unknown_kind, (2.0,), r"make it a number: float\(...\) or int\(...\)"),
        (written_active, (X,), "shuffle has no derivative rule and is given 'y', which is active"),
        (unique_rows, (X,), "np.unique of floats is accepted without an axis"),
    ):
        with pytest.raises(s2sad.UnsupportedError, match=said):
            s2sad.grad(f)(*args)
        with pytest.raises(s2sad.UnsupportedError, match=said):
            s2sad.jvp(f, args, tuple(np.ones_like(a) if a is not RNG else None for a in args))
    with pytest.raises(s2sad.UnsupportedError):
        s2sad.grad(in_a_container)(X)
    with pytest.raises(TypeError, match="'a' is a str; code was generated for a float"):
        s2sad.grad(wrong_promise)(2.0)


def test_the_text() -> None:
    """As the user wrote it; a result that nobody reads has no name."""
    df = s2sad.grad(shuffled)
    df(X)
    assert "\n    np.random.shuffle(order)\n    again = np.random.permutation(len(x))\n" in df.source
