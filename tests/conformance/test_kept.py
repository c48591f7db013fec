"""Section 4: what is kept, what is computed again, the tape, first contributions."""

import functools
import itertools
import tracemalloc

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import right

X = np.array([0.5, -1.25, 2.0, 0.75])
Y = np.array([1.5, 0.25, -0.5, 2.0])


# --- uses include what has no derivative ------------------------------------------------------------------------------
def condition_overwritten(x):
    if x[0] > 0:
        x[0] *= -2
    else:
        x[0] *= 5
    return np.sum(x)


def index_overwritten(x):
    i = np.array([0, 2])
    y = x * x
    s = np.sum(y[i] * x[i])
    i[0] = 3
    i += 0
    return s * y[i[0]]


def bound_overwritten(x, n):
    y = x * 2.0
    for i in range(n):
        y[i] *= y[0]
        n = 1
    m = n
    n = 3
    return np.sum(y[:m]) * y[n]


def loop_reads_what_it_writes(x):
    order = np.array([1, 2, 0, 3])
    y = x * 2.0
    i = 0
    for _ in range(4):
        i = order[i]
        y[i] *= y[0]
        order[i] = 3 - order[i]
    return np.sum(y * x)


def shape_overwritten(x):
    y = x * x
    s = np.sum(y * len(y))
    y = y[1:]
    s = s * np.sum(y / len(y))
    y = np.outer(y, y)
    return s + np.mean(y)


def callee_overwritten(x):
    f = np.sin
    y = f(x)
    f = np.exp
    z = f(y)
    return np.sum(z * y)


def mask_overwritten(x):
    y = x * 1.0
    m = y > 0.6
    y[m] *= y[m]
    m[0] = not m[0]
    y[m] *= 3.0
    return np.sum(y * x)


def while_condition_overwritten(x):
    y = x * 1.0
    k = 3
    while k > 0:
        y[k] *= y[k - 1]
        k -= 1 if y[k] > 0.0 else 2
    return np.sum(y)


def test_a_condition_is_not_computed_again():
    right(condition_overwritten, X, truth=([-2.0, 1.0, 1.0, 1.0],))
    right(condition_overwritten, Y[1:] - 1.0, truth=([5.0, 1.0, 1.0],))


@pytest.mark.parametrize(
    "f",
    [
        index_overwritten,
        loop_reads_what_it_writes,
        shape_overwritten,
        callee_overwritten,
        mask_overwritten,
        while_condition_overwritten,
    ],
)
def test_what_was_read_and_then_overwritten(f):
    right(f, X)
    right(f, Y)


def test_an_overwritten_bound():
    right(bound_overwritten, X, 3)
    right(bound_overwritten, X, 0)


# --- what must not happen twice ---------------------------------------------------------------------------------------


def announced(x):
    for i in range(len(x)):
        print(i)
        x[i] *= x[0]
    return np.sum(x)


def test_input_and_output_happen_once(capsys):
    right(announced, X)
    for action in (s2sad.grad(announced), s2sad.value_and_grad(announced), lambda x: s2sad.vjp(announced, x)[1](1.0)):
        capsys.readouterr()
        action(X.copy())
        assert capsys.readouterr().out == "0\n1\n2\n3\n"


def draws(x, rng):
    noise = rng.normal(size=len(x))
    y = x * noise
    y *= noise
    return np.sum(y * y)


def takes_next(x, numbers):
    k = next(numbers)
    y = x * k
    y *= x
    return np.sum(y * k)


def asks_the_time(x, clock):
    start = clock()
    y = x * start
    y *= x
    return np.sum(y)


def ticking():
    """Return a clock that says 1.0, 2.0, ... ."""
    return functools.partial(next, itertools.count(1.0))


@pytest.mark.parametrize(
    ("f", "source"),
    [(draws, lambda: np.random.default_rng(3)), (takes_next, lambda: iter([2.0, 5.0, 7.0])), (asks_the_time, ticking)],
)
def test_draws_next_and_time_happen_once_or_are_refused(f, source):
    """Twice would give the next number: a step of differences draws from the same start each time."""
    try:
        found = s2sad.grad(f)(X.copy(), source())
        pulled = s2sad.vjp(f, X.copy(), source())[1](1.0)[0]
    except s2sad.UnsupportedError:
        return
    for i in range(len(X)):
        step = 1e-6 * (np.arange(len(X)) == i)
        want = (f(X + step, source()) - f(X - step, source())) / 2e-6
        np.testing.assert_allclose([found[i], pulled[i]], [want, want], rtol=1e-6)


# --- residuals of called functions ------------------------------------------------------------------------------------
def g_exp(x):
    return np.exp(x)


def g_sqrt(x):
    y = np.sqrt(x)
    return y


def g_in_pieces(x):
    out = np.zeros_like(x)
    for i in range(len(x)):
        out[i] = np.exp(x[i]) if i == 0 else out[i - 1] * x[i]
    return out


def after_exp(x):
    y = g_exp(x)
    y *= 3.0
    return np.sum(y)


def after_sqrt(x):
    y = g_sqrt(x)
    y *= 3.0
    return np.sum(y * y)


def after_pieces(x):
    y = g_in_pieces(x)
    y *= 3.0
    x[1:] = 0.0
    return np.sum(y)


def argument_overwritten(x):
    y = x * 2.0
    z = g_in_pieces(y)
    y *= z
    return np.sum(y * z)


def test_the_caller_overwrites_a_residual():
    right(after_exp, X, truth=(3.0 * np.exp(X),))
    right(after_sqrt, np.abs(X), truth=(np.full(4, 9.0),))
    right(after_pieces, X)
    right(argument_overwritten, X)


def returns_residual(x):
    y = np.exp(x)
    z = y[1:] * y[:-1]
    return {"y": y, "z": z}


def test_a_pullback_does_not_see_what_the_caller_writes():
    x = X.copy()
    out, pullback = s2sad.vjp(returns_residual, x)
    bar = {"y": np.array([1.0, 2.0, 3.0, 4.0]), "z": np.array([1.0, -1.0, 2.0])}
    want = pullback(bar)[0]
    x[...] = 100.0
    out["y"] *= 0.0
    out["z"][...] = -5.0
    np.testing.assert_array_equal(pullback(bar)[0], want)
    np.testing.assert_array_equal(pullback(bar)[0], want)


# --- the tape ---------------------------------------------------------------------------------------------------------
def converges(x):
    y = x.copy()
    for k in range(10_000):
        y *= 0.5 * (1.0 + y * y / 16.0)
        if np.max(np.abs(y)) < 1e-3:
            break
    return np.sum(y * x) + k


def ragged(x):
    y = x * 1.0
    for i in range(len(x)):
        for j in range(i):
            if y[j] > y[i]:
                continue
            y[i] += np.sin(y[i] * y[j])
            y[j] *= y[i]
    return np.sum(y)


def conditional_save(x):
    y = x * 1.0
    for i in range(6):
        if i % 2 == 0 or y[0] > 0.0:
            y *= y + 0.25 * i
        else:
            y = np.tanh(y)
    return np.sum(y * x)


@pytest.mark.parametrize("f", [converges, ragged, conditional_save])
def test_tapes(f):
    right(f, X)


def test_a_loop_that_is_left_early_keeps_what_it_did():
    x = np.full(1000, 1.0)
    steps = converges(x.copy()) // 1
    assert 8 <= steps < 20
    for derivative in (s2sad.grad(converges), lambda x: s2sad.vjp(converges, x)[1](1.0)):
        derivative(x.copy())
        tracemalloc.start()
        derivative(x.copy())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3_000_000  # 10_000 states of 1000 numbers would be 80 MB


# --- first contributions ----------------------------------------------------------------------------------------------
def only_in_a_branch(x, y):
    z = x * y
    s = 0.0
    if x[0] > 0.0:
        s = np.sum(z * z)
    return s + np.sum(y)


def in_both_branches(x, y):
    z = x * y
    s = np.sum(z) if x[0] > 1.0 else z[1] * z[2]
    return s * y[0]


def only_in_a_loop(x, y, n):
    z = x * y
    s = 1.0
    for i in range(n):
        s = s * z[i]
    return s


def parts(x, y):
    z = x * y
    return z[1] * 2.0 + np.sum(z[2:] * y[:2])


def part_written_before_read(x, y):
    z = x * y
    z[1:3] = y[:2] * 3.0
    return np.sum(z[:2] * x[:2])


def nothing_read(x, y):
    z = x * y
    z[...] = 2.0
    return np.sum(z * y)


def in_nested_branches(x, y):
    z = x * y
    s = 0.0
    for i in range(4):
        if x[i] > 0.0:
            if y[i] > 0.0:
                s += z[i] * z[i]
            else:
                s -= x[i]
        elif i == 3:
            s += z[0]
    return s


@pytest.mark.parametrize(
    "f", [only_in_a_branch, in_both_branches, parts, part_written_before_read, nothing_read, in_nested_branches]
)
def test_first_contributions(f):
    right(f, X, Y)
    right(f, -X, Y)
    right(f, Y, X)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_first_contributions_in_loops(n):
    right(only_in_a_loop, X, Y, n)


def accumulate_or_replace(x, y):
    s = np.zeros(4)
    for i in range(3):
        s = s + x * y[i]
        if y[i] > 1.0:
            s = x * 2.0
    return np.sum(s * s)


def test_a_value_that_is_replaced_or_added_to():
    right(accumulate_or_replace, X, Y)
    right(accumulate_or_replace, X, 0.1 * Y)
    right(accumulate_or_replace, X, np.array([0.1, 0.2, 3.0, 0.0]))
