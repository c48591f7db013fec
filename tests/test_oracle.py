"""The oracle against finite differences on every corpus program, and proof that this can fail."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.oracle import (
    OracleUnsupported,
    directional,
    evaluate,
    gradient,
    jvp,
    partials,
    random_tangents,
)

CORPUS = Path(__file__).parent / "corpus"
PROGRAMS = sorted(p.stem for p in CORPUS.glob("[a-z]*.py"))
TOLERANCE = 1e-6


def load(name: str) -> ModuleType:
    return importlib.import_module(f"tests.corpus.{name}")


def disagreement(function: Callable[..., Any], args: tuple[Any, ...], tangents: Any) -> float | None:
    """Oracle against differences, relative; None where differences are no evidence."""
    expected = directional(function, args, tangents)
    if expected is None:
        return None
    value, tangent = jvp(function, args, tangents)
    return float(abs(tangent - expected) / (1.0 + abs(expected) + abs(value)))


@pytest.mark.parametrize("name", PROGRAMS)
def test_corpus_program_agrees_with_differences(name: str) -> None:
    program = load(name)
    checked = 0
    for seed in range(6):
        rng = np.random.default_rng(seed)
        args = program.example(rng)
        tangents = random_tangents(rng, args, program.WRT)
        error = disagreement(getattr(program, name), args, tangents)
        if error is not None:
            assert error < TOLERANCE
            checked += 1
    assert checked >= 3


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_written_arguments_are_the_programs_own(name: str) -> None:
    program = load(name)
    function = getattr(program, name)
    args = program.example(np.random.default_rng(3))
    again = program.example(np.random.default_rng(3))
    outcome = evaluate(function, args, (None,) * len(args))
    assert outcome.value == function(*again)
    assert repr(outcome.arguments) == repr(again)
    assert repr(args) == repr(program.example(np.random.default_rng(3)))
    assert outcome.tangent == 0.0


@pytest.mark.parametrize("operation", ["multiply", "tanh", "divide"])
def test_a_wrong_tangent_is_noticed(operation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.tanh(x * x) / (2.0 + x))

    rng = np.random.default_rng(0)
    args = (rng.normal(size=4),)
    tangents = random_tangents(rng, args, (0,))
    right = disagreement(f, args, tangents)
    assert right is not None and right < TOLERANCE
    wrong = (lambda *operands: -0.9 * operands[0], *partials.PARTIALS[operation][1:])
    monkeypatch.setitem(partials.PARTIALS, operation, wrong)
    found = disagreement(f, args, tangents)
    assert found is not None and found > 1e3 * TOLERANCE


@pytest.mark.parametrize("name", sorted(partials.UNARY))
def test_unary_partials(name: str) -> None:
    low, high = {"arccosh": (1.2, 3.0), "log": (0.2, 3.0)}.get(name, (0.15, 0.85))
    _check(getattr(np, name), (np.random.default_rng(1).uniform(low, high, size=3),))


@pytest.mark.parametrize("name", sorted(partials.BINARY))
def test_binary_partials(name: str) -> None:
    rng = np.random.default_rng(2)
    a, b = rng.uniform(0.4, 2.7, size=(4, 1)), rng.uniform(0.3, 1.9, size=3)
    _check(getattr(np, name), (a, b))


def _check(operation: Callable[..., Any], args: tuple[Any, ...]) -> None:
    def f(*operands: Any) -> Any:
        return np.sum(np.sin(operation(*operands)))

    tangents = random_tangents(np.random.default_rng(5), args, tuple(range(len(args))))
    error = disagreement(f, args, tangents)
    assert error is not None and error < 1e-7


# Small programs in which a careless dual number goes wrong. Each is one expression's worth of trap.
def _last_writer(a: Any) -> Any:
    b = np.zeros(3)
    b[np.array([0, 0, 2])] = a
    return b @ np.array([2.0, 3.0, 5.0])


def _reshape_of_argument(a: Any) -> Any:
    flat = a.reshape(-1)
    flat[0] *= 3.0
    return np.sum(a * a)


def _scalar_kinds(a: Any) -> Any:
    s = 0.0
    kept = []
    for i in range(3):
        s += a[i] ** 2
        kept.append(s)
    return kept[0] * kept[2] + float(a[1]) * math.exp(s / 9.0)


def _rows_are_views(a: Any) -> Any:
    m = np.outer(a, a)
    for row in m:
        row *= row[0]
    m[:, 1:] += m[:, :-1]
    return np.sum(m)


def _out_and_at(a: Any) -> Any:
    b = np.empty(3)
    np.multiply(a, a, out=b)
    np.add.at(b, [0, 0, 1], a)
    np.subtract(b[1:], b[:-1], out=b[1:])
    return np.sum(b * a)


def _where_guard(a: Any) -> Any:
    z = a - a
    with np.errstate(divide="ignore"):
        return np.sum(np.where(z > 0.0, np.log(z), a))


def _isinstance_and_type(a: Any) -> Any:
    s = a[0]
    grows = 3.0 if isinstance(s, float) and isinstance(a, np.ndarray) else 5.0
    return grows * s * (type(s) is np.float64)


def _local_import(a: Any) -> Any:
    import math as m

    import numpy as xp

    return xp.sum(xp.sin(a)) * m.sqrt(xp.sum(a * a))


def _strided(a: Any) -> Any:
    odd = np.repeat(a, 2).reshape(3, 2)[:, ::2]
    flat = odd.reshape(-1)
    flat[0] *= 3.0
    both = odd.T.reshape(-1)
    both *= a
    return np.sum(odd * odd)


TRAPS = [
    _last_writer,
    _reshape_of_argument,
    _scalar_kinds,
    _rows_are_views,
    _out_and_at,
    _where_guard,
    _isinstance_and_type,
    _local_import,
    _strided,
]


@pytest.mark.parametrize("function", TRAPS, ids=lambda f: f.__name__)
def test_trap(function: Callable[..., Any]) -> None:
    rng = np.random.default_rng(7)
    for args in [(rng.normal(size=3) + 2.0,), (rng.normal(size=(3, 2))[:, 0],)]:
        error = disagreement(function, args, random_tangents(rng, args, (0,)))
        assert error is not None and error < TOLERANCE


def test_gradient_is_the_sum_of_directions() -> None:
    program = load("lstm")
    args = program.example(np.random.default_rng(1))
    params, inputs = gradient(program.lstm, args, (0, 1))
    tangents = random_tangents(np.random.default_rng(2), args, (0, 1))
    expected = jvp(program.lstm, args, tangents)[1]
    found = sum(np.sum(params[k] * tangents[0][k]) for k in params)
    found += sum(np.sum(g * t) for g, t in zip(inputs, tangents[1], strict=True))
    assert abs(found - expected) < 1e-12


def test_differences_refuse_a_branch_that_moves() -> None:
    def f(x: Any) -> Any:
        return x * x if x > 1.0 else 3.0 * x

    assert directional(f, (1.0,), (1.0,)) is None
    assert directional(lambda x: np.sum(x[x > 1.0]), (np.array([1.0, 2.0]),), (np.ones(2),)) is None
    found = directional(f, (1.5,), (1.0,))
    assert found is not None and abs(found - 3.0) < 1e-9


def test_unknown_operations_are_refused() -> None:
    x = np.array([0.3, 0.7])
    for function in (
        lambda a: np.sum(np.heaviside(a, 0.5)),
        lambda a: np.fft.fft(a)[0],
        lambda a: np.zeros(2, dtype=int) + np.array([1, 2]).__iadd__(0) * np.median(a),
        lambda a: [np.arange(2).__setitem__(0, a[0]), a[1]][1],
    ):
        with pytest.raises(OracleUnsupported):
            jvp(function, (x,), (x,))


def test_overlapping_arguments_may_be_read_but_not_written() -> None:
    x = np.array([0.3, 0.7, 0.2])
    assert np.isclose(jvp(lambda a, b: a @ b, (x, x), (x, None))[1], x @ x)
    with pytest.raises(ValueError, match="read-only"):
        jvp(lambda a, b: (a.__setitem__(0, 2.0), a @ b)[1], (x, x), (x, None))
