"""Ordinary Python whose containers, names and exits depend on data: right, or refused at the line."""

from __future__ import annotations

import bisect
import enum
import heapq
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import twice_right

X = np.array([0.7, 1.4, -0.3, 0.9, 2.2])


def right(program: Callable[..., Any], *, twice: bool = True) -> None:
    """Check values and derivatives, of an array and of a list, for data that take other paths."""
    for x in (X, -X, 1.7 * X + 0.2):
        for k in (1.3, -0.4):
            for given in (x, [float(v) for v in x]):
                value, _ = s2sad.value_and_grad(program, argnums=(0, 1))(given, k)
                assert np.isclose(value, program(given, k), rtol=1e-13)
                s2sad.check_grads(program, (given, k), (0, 1))
    if twice:
        twice_right(program, X, 1.3)


def refused(program: Callable[..., Any], reason: str, x: Any = X) -> None:
    """Check that a program is refused at a line of its own."""
    with pytest.raises(s2sad.UnsupportedError, match=reason) as caught:
        s2sad.grad(program, argnums=(0, 1))(x, 1.3)
    span = caught.value.problems[0].span
    assert span is not None and span.file == program.__code__.co_filename


# --- lists of Python's numbers that are given NumPy's -----------------------------------------------------------------
def put(xs: Any, x: Any, k: Any) -> None:
    for i in range(len(x)):
        xs[i] = x[i] * k


def filled_by_a_helper(x: Any, k: Any) -> Any:
    xs = [0.0] * len(x)
    put(xs, x, k)
    return sum(xs) * xs[0]


def a_copy_is_filled(x: Any, k: Any) -> Any:
    zeros = [0.0] * len(x)
    xs = list(zeros)
    ys = zeros.copy()
    for i in range(len(x)):
        xs[i] = x[i] * k
        ys[i] = xs[i] * x[i]
    return sum(xs) * sum(ys) + sum(zeros)


def one_of_two_is_filled(x: Any, k: Any) -> Any:
    xs = [0.0] * len(x) if k > 0.0 else [1.0] * len(x)
    for i in range(len(x) - 1):
        xs[i] = x[i] * xs[i + 1] + k * x[i]
    return sum(xs)


def rolled(x: Any, k: Any) -> Any:
    before = [0.0] * len(x)
    for _ in range(3):
        now = [0.0] * len(x)
        for i in range(len(x)):
            now[i] = before[i] * k + x[i] * x[i]
        before = now
    return sum(before)


@pytest.mark.parametrize("program", [filled_by_a_helper, a_copy_is_filled, one_of_two_is_filled, rolled])
def test_numbers_of_both(program: Callable[..., Any]) -> None:
    right(program)


@pytest.mark.parametrize("program", [filled_by_a_helper, a_copy_is_filled, one_of_two_is_filled])
def test_numbers_of_another_precision_are_refused(program: Callable[..., Any]) -> None:
    refused(program, "the list holds float and is given np.float32", X.astype(np.float32))


# --- tuples of any length ---------------------------------------------------------------------------------------------
def tuple_of_a_generator(x: Any, k: Any) -> Any:
    t = tuple(v * v * k for v in x)
    return sum(t) * t[0] + len(t) * k


def tuple_of_a_list(x: Any, k: Any) -> Any:
    values = []
    for v in x:
        if v > 0.0:
            values.append(v * k)
    t = tuple(values)
    values.append(k)
    return sum(t) * sum(values)


def tuple_of_what_is_given(x: Any, k: Any) -> Any:
    t, s, i = tuple(x), 0.0, 0
    while i < len(t):
        s += t[i] * k * s + t[i]
        i += 1
    return s


def grown_tuple(x: Any, k: Any) -> Any:
    t = (k,)
    for v in x:
        if v > 0.0:
            t += (t[-1] * v,)
    return sum(t) * len(t)


def parts_of_a_tuple(x: Any, k: Any) -> Any:
    t = tuple([v * k for v in x])
    turned = t[1:] + t[:1]
    first, *rest = t * 2
    if not isinstance(turned, tuple) or type(t[::-1]) is not tuple or isinstance(rest, tuple):
        return 0.0
    return sum(a * b for a, b in zip(t, turned, strict=True)) * first + sum(rest) + t.index(max(t))


def powers(x: Any, k: Any) -> Any:
    made = []
    for i in range(3):
        made.append(tuple(v**i for v in x))
    return tuple(made)


def tuples_in_a_tuple(x: Any, k: Any) -> Any:
    rows = powers(x, k)
    return sum(row[0] * sum(row) * k for row in rows) * len(rows) + max(rows[1])


def tuple_or_none(x: Any, k: Any) -> Any:
    found = None
    for v in x:
        if v > 1.0:
            found = tuple(u for u in (v, v * k))
    return k if found is None else found[0] * found[1]


def chosen_by_a_number(x: Any, k: Any) -> Any:
    t, i = (x[0] * k, x[1], k * k), 0
    for v in x:
        if v > 1.0:
            i = (i + 1) % 3
    return t[i] * (1.0 if isinstance(t, tuple) else 0.0)


@pytest.mark.parametrize(
    "program",
    [
        tuple_of_a_generator,
        tuple_of_a_list,
        tuple_of_what_is_given,
        grown_tuple,
        parts_of_a_tuple,
        tuples_in_a_tuple,
        tuple_or_none,
        chosen_by_a_number,
    ],
)
def test_tuples(program: Callable[..., Any]) -> None:
    right(program)


def test_tuples_are_returned() -> None:
    def program(x: Any, k: Any) -> Any:
        t = tuple(v * k for v in x)
        return t, t[1:], list(t), t

    y, pullback = s2sad.vjp(program, X, 1.3)
    assert y == program(X, 1.3)
    assert [type(part) for part in y] == [tuple, tuple, list, tuple]
    assert np.allclose(pullback(y)[0], 1.3**2 * X * (3.0 + (np.arange(5) > 0)))
    value, dot = s2sad.jvp(program, (X, 1.3), (X, 0.0))
    assert dot == value and [type(part) for part in dot] == [tuple, tuple, list, tuple]


def test_gradients_of_tuples_are_tuples() -> None:
    def program(t: Any, x: Any) -> Any:
        s, i = 0.0, 0
        while i < 3:
            s += t[i] * x[i]
            i += 1
        return s if isinstance(t, tuple) else -s

    value, gradient = s2sad.value_and_grad(program)((0.5, 1.5, 2.5), X)
    assert value == program((0.5, 1.5, 2.5), X)
    assert gradient == tuple(X[:3])


def tuple_that_is_written(x: Any, k: Any) -> Any:
    t: Any = tuple(v * k for v in x)
    t[0] = k
    return sum(t)


def tuple_that_grows_in_place(x: Any, k: Any) -> Any:
    t: Any = tuple(v * k for v in x)
    t.append(k)
    return sum(t)


def test_what_a_tuple_does_not_do_is_refused() -> None:
    refused(tuple_that_is_written, "the items of a tuple are not assigned")
    refused(tuple_that_grows_in_place, "a tuple has no method 'append'")


# --- lists of any length that are filled later ------------------------------------------------------------------------
def filled_backwards(x: Any, k: Any) -> Any:
    n, s = len(x), 0.0
    values: Any = [None] * n
    for i in range(n):
        values[n - 1 - i] = x[i] * k
    for i, v in enumerate(values):
        s += v * v * i
    return s


def remembered_in_a_list(x: Any, k: Any) -> Any:
    memo: Any = [None] * (len(x) + 1)
    s = 0.0
    for i in range(len(x)):
        if memo[i // 2] is None:
            memo[i // 2] = x[i] * k
        s += memo[i // 2] * x[i]
    return s


def filled_here_and_there(x: Any, k: Any) -> Any:
    values: Any = [None] * len(x)
    for i in range(len(x)):
        if x[i] > 0.0:
            values[i] = x[i] * k
    return sum(v for v in values if v is not None) + sum([k if v is None else v * v for v in values])


def filled_with_rows(x: Any, k: Any) -> Any:
    rows: Any = [None] * len(x)
    pairs: Any = [(0.0, 0.0)] * len(x)
    for i in range(len(x)):
        rows[i] = np.array([x[i], k])
        pairs[i] = (x[i], x[i] * k)
    return sum(row @ row for row in rows) + sum([a * b for a, b in pairs])


def longest_chain(x: Any, k: Any) -> Any:
    before: Any = [None] * len(x)
    best = [0.0] * len(x)
    for i in range(len(x)):
        best[i] = x[i] * k
        for j in range(i):
            if x[j] < x[i] and best[j] + x[i] * k > best[i]:
                best[i] = best[j] + x[i] * k
                before[i] = j
    i, s = len(x) - 1, 0.0
    while i is not None:
        s += x[i] * best[i]
        i = before[i]
    return s


def pairs_again_and_again(x: Any, k: Any) -> Any:
    values = [x[0], k] * len(x)
    for i in range(len(x)):
        values[2 * i] *= x[i]
    return sum(v * v for v in values)


@pytest.mark.parametrize(
    "program",
    [
        filled_backwards,
        remembered_in_a_list,
        filled_here_and_there,
        filled_with_rows,
        longest_chain,
        pairs_again_and_again,
    ],
)
def test_filled_later(program: Callable[..., Any]) -> None:
    right(program)


# --- arrays that change places in a list ------------------------------------------------------------------------------
def exchanged(x: Any, k: Any) -> Any:
    rows, s = [x * 1.0, x * k, x + 1.0], 0.0
    for i in range(5):
        p, q = rows[i % 3], rows[(i + 1) % 3]
        rows[i % 3], rows[(i + 1) % 3] = q, p
        s += p @ q * rows[0].sum()
    return s


def replaced(x: Any, k: Any) -> Any:
    rows, s = [x * 1.0, x * k, x + 1.0], 0.0
    for i in range(5):
        p, q = rows[i % 3], rows[(i + 1) % 3]
        rows[i % 3] = q * p
        s += p @ q
        rows[(i + 1) % 3] = p
        s += p @ q * k
    return s


@pytest.mark.parametrize("program", [exchanged, replaced])
def test_places_in_a_list(program: Callable[..., Any]) -> None:
    for x in (X, -X):
        value, _ = s2sad.value_and_grad(program, argnums=(0, 1))(x, 1.3)
        assert np.isclose(value, program(x, 1.3), rtol=1e-13)
        s2sad.check_grads(program, (x, 1.3), (0, 1))
    twice_right(program, X, 1.3)


# --- names that the data choose ---------------------------------------------------------------------------------------
def state_machine(x: Any, k: Any) -> Any:
    state, s = "start", 0.0
    weights = {"start": k, "run": k * k, "stop": 1.0}
    for v in x:
        if state == "start":
            s += v * k
        elif state in ("run", "stop"):
            s += v * v
        s *= weights[state]
        if v > 1.0:
            state = "run"
        elif v < 0.0:
            state = "stop"
    return s if state != "run" else s * k


class Light(enum.Enum):
    """Members are chosen by data."""

    RED = 2.0
    GREEN = 3.0


def lights(x: Any, k: Any) -> Any:
    light, seen, s = Light.RED, None, 0.0
    for v in x:
        s += v * light.value
        if light is Light.RED and seen is not light:
            s += v * v * k
        seen = light
        light = Light.GREEN if v > 1.0 else Light.RED
    return s


def transitions(x: Any, k: Any) -> Any:
    after, state, s, i = {"a": "b", "b": "c", "c": "a"}, "a", 0.0, 0
    while i < len(x):
        match state:
            case "a":
                s += x[i] * k
            case "b":
                s += x[i] * x[i]
        state = after[state] if x[i] > 0.8 else state
        i += 1
    return s + (k if f"{state}!" == "a!" else 0.0)


def size_of(v: Any, k: Any) -> str:
    if v > k:
        return "big"
    for i in range(3):
        if v * i > 1.0:
            return "middle"
    return "small"


def named_by_a_helper(x: Any, k: Any) -> Any:
    sizes, s = {"big": 1.0, "middle": k, "small": k * k}, 0.0
    for v in x:
        sizes[size_of(v, k)] *= v
        s += sizes[size_of(v, k)]
    return s


def lists_of_names(x: Any, k: Any) -> Any:
    names, pairs, s = [], [], 0.0
    flags = ["low"] * len(x)
    for i, v in enumerate(x):
        names.append("p" if v > 0.0 else "n")
        pairs.append(("p", v * k) if v > 0.5 else ("n", v))
        if v > 1.0:
            flags[i] = "high"
    for i, (name, v) in enumerate(pairs):
        s += v * v if name == names[i] else v
        s += x[i] * k if flags[i] == "high" else 0.0
    return s * names.count("p")


class Machine:
    """An object whose attribute is a name."""

    def __init__(self) -> None:
        self.state, self.total = "idle", 0.0

    def step(self, v: Any, k: Any) -> None:
        if self.state == "idle":
            self.total += v
            if v > 1.0:
                self.state = "busy"
        else:
            self.total += v * k
            if v < 0.0:
                self.state = "idle"


def machine(x: Any, k: Any) -> Any:
    made = Machine()
    for v in x:
        made.step(v, k)
    return made.total if made.state == "idle" else made.total * k


NAMES = [state_machine, lights, transitions, named_by_a_helper, lists_of_names, machine]


@pytest.mark.parametrize("program", NAMES)
def test_names(program: Callable[..., Any]) -> None:
    right(program)


# --- names of what is known, by an order that the data give -----------------------------------------------------------
def largest(x: Any, k: Any) -> Any:
    costs = {"a": x[0], "b": x[1] * k, "c": k}
    best, worst = max(costs, key=costs.get), min(costs, key=lambda name: costs[name])  # type: ignore[arg-type]
    return costs[best] * costs["a"] + (k if worst == "a" else k * k) * costs[worst]


def largest_pair(x: Any, k: Any) -> Any:
    costs = {"a": x[0], "b": x[1] * k, "c": k}
    name, cost = max(costs.items(), key=lambda item: item[1])
    return costs[name] * cost + max(costs.values()) * min(costs.values())


def ranked(x: Any, k: Any) -> Any:
    costs, s = {"a": x[0], "b": x[1] * k, "c": k}, 0.0
    for i, name in enumerate(sorted(costs, key=costs.get)):  # type: ignore[arg-type]
        s += costs[name] * (i + 1)
    names = sorted(costs, key=lambda name: costs[name], reverse=True)
    for i, (name, cost) in enumerate(sorted(costs.items(), key=lambda item: item[1])):
        s += cost * costs[name] * (i + 1)
    return s * costs[names[0]] + costs[names[1]]


@pytest.mark.parametrize("program", [largest, largest_pair, ranked])
def test_order_of_names(program: Callable[..., Any]) -> None:
    right(program)


# --- jumps out of a `try` with a `finally` ----------------------------------------------------------------------------
def broken_off(x: Any, k: Any) -> Any:
    s, log = 0.0, []
    for v in x:
        try:
            if v > 1.0:
                break
            s += v * k
        finally:
            log.append(v)
    else:
        s = s * 2.0
    return s + sum(log) * k


def left_out(x: Any, k: Any) -> Any:
    i, s, counts = 0, 0.0, np.zeros(2)
    while True:
        try:
            if i >= len(x):
                break
            if x[i] < 0.0:
                continue
            s += x[i] * k
        finally:
            i += 1
            counts[0] += s
    return s + counts[0]


def returned_early(x: Any, k: Any) -> Any:
    n = 0.0
    for v in x:
        try:
            if v > 1.0:
                return v * k * n
            n += v
        finally:
            n += 1.0
    return n * k


def value_before_the_end(x: Any, k: Any) -> Any:
    s = sum(x) * k
    try:
        if s > 0.0:
            return s
        s = s * 2.0
    finally:
        s = s * k + 100.0
    return s


def logged(v: Any, k: Any, log: Any) -> Any:
    try:
        if v < 0.0:
            return v * k
        return v * v
    finally:
        log.append(v * k)


def helper_with_a_log(x: Any, k: Any) -> Any:
    log: Any = []
    s = 0.0
    for v in x:
        s += logged(v, k, log)
    return s * sum(log)


def two_loops(x: Any, k: Any) -> Any:
    n, m, s = 0, 0, 0.0
    for _ in range(2):
        try:
            for v in x:
                try:
                    if v < 0.0:
                        continue
                    if v > 2.0:
                        break
                    s += v * k
                finally:
                    n += 1
            if s > 3.0:
                break
        finally:
            m += n
            s = s * 1.5
    return s + n * k + m * k


def caught_as_well(x: Any, k: Any) -> Any:
    s, n = 0.0, 0
    for v in x:
        try:
            if v < 0.0:
                raise ValueError("negative")
            if v > 2.0:
                break
            s += v * k
        except ValueError:
            s += k * k
            continue
        finally:
            n += 1
    return s + n * k


class Counted:
    """A context manager that counts."""

    def __init__(self) -> None:
        self.n = 0.0

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        self.n += 1.0


def in_a_context(x: Any, k: Any) -> Any:
    counted, s = Counted(), 0.0
    for v in x:
        with counted:
            if v < 0.0:
                continue
            s += v * k
            if v > 1.0:
                break
    return s * counted.n


@pytest.mark.parametrize(
    "program",
    [
        broken_off,
        left_out,
        returned_early,
        value_before_the_end,
        helper_with_a_log,
        two_loops,
        caught_as_well,
        in_a_context,
    ],
)
def test_jumps(program: Callable[..., Any]) -> None:
    right(program, twice=program is not caught_as_well)


def told_at_the_end(x: Any, k: Any) -> Any:
    s = 0.0
    for v in x:
        try:
            if v > 1.0:
                break
            s += v * k
        finally:
            print(end="")
    return s


def left_at_the_end(x: Any, k: Any) -> Any:
    s = 0.0
    for v in x:
        try:
            s += v * k
        finally:
            if s > 1.0:
                break  # noqa: B012
    return s


def test_what_is_seen_when_a_body_raises_is_refused() -> None:
    refused(told_at_the_end, "what is done when this body is left is seen outside")
    refused(left_at_the_end, "a jump behind `finally` swallows exceptions")


# --- what exceptions hold ---------------------------------------------------------------------------------------------
class Negative(Exception):
    """An exception with an attribute."""

    def __init__(self, message: str, value: Any) -> None:
        super().__init__(message)
        self.value = value


class Squared(Negative):
    """One that computes what it holds."""

    def __init__(self, v: Any) -> None:
        super().__init__("squared", v * v)
        self.v = v


class Large(Exception):
    """An exception with its arguments only."""


def caught_in_straight_lines(x: Any, k: Any) -> Any:
    s = sum(x)
    try:
        if x[0] < 0.0:
            raise Negative("negative", x[0] * 2.0 * k)
        s = x[0] * s
    except Negative as e:
        s = e.value * k * s
    return s


def caught_in_a_loop(x: Any, k: Any) -> Any:
    s = 0.0
    for v in x:
        try:
            t = v * k
            if v < -1.0:
                raise Squared(t)
            if v < 0.0:
                raise Negative("negative", t * t)
            if v > 2.0:
                raise Large(t, "large")
            t = t + 1.0
        except Negative as e:
            s += e.value + t * (2.0 if e.args[0] == "squared" else 1.0)
        except Large as e:
            s += e.args[0] * k * k if e.args[1] == "large" else 0.0
        else:
            s += t * v
    return s


def jumps_when_caught(x: Any, k: Any) -> Any:
    n, s = 0, 0.0
    for v in x:
        try:
            if v > 2.0:
                raise ValueError(v * k)
            if v < 0.0:
                raise Negative("negative", v * k)
        except Negative as e:
            s += e.value * e.value
            continue
        except ValueError as e:
            return e.args[0] * s
        finally:
            n += 1
        s += v
    return s * n


@pytest.mark.parametrize("program", [caught_in_straight_lines, caught_in_a_loop, jumps_when_caught])
def test_exceptions(program: Callable[..., Any]) -> None:
    right(program)


def check_sign(v: Any, k: Any) -> Any:
    if v < 0.0:
        raise Negative("negative", v * k)
    return v * k


def raised_in_a_helper(x: Any, k: Any) -> Any:
    s = 0.0
    for v in x:
        try:
            if v > 2.0:
                raise Negative("large", v)
            s += check_sign(v, k)
        except Negative as e:
            s += e.value
    return s


def test_what_a_helper_raises_is_refused() -> None:
    refused(raised_in_a_helper, "an exception is raised in a function that is called here")


# --- sets that change -------------------------------------------------------------------------------------------------
def seen_before(x: Any, k: Any) -> Any:
    seen, s = set(), 0.0
    for i, v in enumerate(x):
        if (int(v), i % 2) in seen:
            continue
        seen.add((int(v), i % 2))
        s += v * v * k
    return s + len(seen) * k


def taken_out(x: Any, k: Any) -> Any:
    todo, flags, s = set(range(len(x))), {0, 1}, 0.0
    while todo:
        i = todo.pop()
        if int(x[i]) not in flags:
            flags.add(int(x[i]))
        else:
            flags.discard(int(x[i]))
            s += x[i] * k * len(flags)
        s = s * 1.25 + x[i] * x[i]
    for i in range(len(x)):
        if i not in todo:
            todo.add(i)
    todo.remove(0)
    return s * len(todo)


def united(x: Any, k: Any) -> Any:
    a = {int(v) for v in x}
    b = {0, 7}
    both = a | b
    for v in x:
        b |= {int(v * 2.0)}
    s = 0.0
    for n in sorted(both - a):
        s = s * k + n * x[0]
    return s + sum(x) * k * len(both) + len(a & b) + (k if a == b else 0.0) + sum(b)


def mark(seen: Any, v: Any, k: Any) -> Any:
    found = 0.0
    for i in range(2):
        if int(v) + i in seen:
            found += v * k
        seen.add(int(v) + i)
    return found


def marked_by_a_helper(x: Any, k: Any) -> Any:
    seen: Any = set()
    signs, s = set(), 0.0
    for v in x:
        s += mark(seen, v, k)
        sign = "up" if v > 0.0 else "down"
        if sign not in signs:
            s += v * k
        signs.add(sign)
    return s * len(seen) * len(signs) if isinstance(seen, set) else s


@pytest.mark.parametrize("program", [seen_before, taken_out, united, marked_by_a_helper])
def test_sets(program: Callable[..., Any]) -> None:
    right(program)


def set_of_active_numbers(x: Any, k: Any) -> Any:
    seen, s = set(), 0.0
    for v in x:
        if v not in seen:
            s += v * k
        seen.add(v)
    return s


def test_active_numbers_in_a_set_are_refused() -> None:
    refused(set_of_active_numbers, "has no derivative rule and is given 'v', which is active")


# --- dicts of keys that are made when the program runs ----------------------------------------------------------------
def histogram(x: Any, k: Any) -> Any:
    bins: dict[int, Any] = {}
    for v in x:
        bins[int(v)] = bins.get(int(v), 0.0) + v * v * k
    s = 0.0
    for n in sorted(bins):
        s = s * k + bins[n] * n
    return s + sum(bins.values()) * len(bins) + (bins[0] * k if 0 in bins else 0.0)


def remembered(x: Any, k: Any) -> Any:
    memo: dict[int, Any] = {}
    s, i = 0.0, 0
    while i < len(x):
        if i // 2 in memo:
            s += memo[i // 2] * x[i]
        else:
            memo[i // 2] = x[i] * k
            s += memo[i // 2]
        memo[i // 2] *= x[i]
        i += 1
    for n, v in memo.items():
        s += n * v * v
    return s if isinstance(memo, dict) else 0.0


def grouped(x: Any, k: Any) -> Any:
    sums, counts = defaultdict(float), Counter()
    for i, v in enumerate(x):
        name = "p" if v > 0.0 else "n"
        sums[name, i % 2] += v * k
        counts[name] += 1
    s = 0.0
    for key in sums:
        s += sums[key] * sums[key]
    return s / counts["p"] * len(sums)


def recurrence(x: Any, k: Any) -> Any:
    found = {0: k, 1: x[0]}
    for i in range(2, len(x) + 2):
        found[i] = found[i - 1] * 0.5 + found[i - 2] * x[i - 2]
    squares = {i: v * v for i, v in found.items() if i > 1}
    squares.setdefault(2, k)
    squares.setdefault(-1, k * x[0])
    return found[len(x)] * sum(squares.values()) + squares[-1]


def added_on_one_path(x: Any, k: Any) -> Any:
    parts = {"a": k}
    if x[0] > 0.5:
        parts["b"] = x[0] * k
    more = {**parts, "a": x[1]}
    more.update(parts)
    copied = parts.copy()
    copied["c"] = k * k
    return sum(parts.values()) * sum(more.values()) + sum(dict(copied).values()) + parts.get("b", k)


class Cache:
    """An object with a dict."""

    def __init__(self) -> None:
        self.found: dict[int, Any] = {}

    def get(self, i: int, v: Any, k: Any) -> Any:
        if i not in self.found:
            self.found[i] = v * k
        return self.found[i]


def put_into(found: Any, i: int, v: Any) -> None:
    if i in found:
        found[i] += v
    else:
        found[i] = v * 2.0


def in_an_object(x: Any, k: Any) -> Any:
    cache, found, s = Cache(), {}, 0.0
    for i, v in enumerate(x):
        s += cache.get(i // 2, v, k) * v
        put_into(found, int(v), v * v)
        before = found.get(i - 3)
        s += k if before is None else before
    return s + found[max(found, key=lambda i: found[i])]


def taken_out_of_a_dict(x: Any, k: Any) -> Any:
    found = {}
    for i, v in enumerate(x):
        found[i] = v * k
    del found[0]
    return sum(found.values())


TABLES = [taken_out_of_a_dict, histogram, remembered, grouped, recurrence, added_on_one_path, in_an_object]


@pytest.mark.parametrize("program", TABLES)
def test_dicts(program: Callable[..., Any]) -> None:
    right(program, twice=program in (histogram, remembered, recurrence))


def keyed_by_active_numbers(x: Any, k: Any) -> Any:
    found = {}
    for v in x:
        found[v] = v * k
    return sum(found.values())


def read_and_never_filled(x: Any, k: Any) -> Any:
    found: dict[int, Any] = {}
    s = k
    for v in x:
        if int(v) in found:
            s += found[int(v)] * k
    return s


def test_dicts_that_are_refused() -> None:
    refused(keyed_by_active_numbers, "has no derivative rule and is given 'v', which is active")
    refused(read_and_never_filled, "it is not known what is in it")


# --- heaps and sorted lists -------------------------------------------------------------------------------------------
def from_a_heap(x: Any, k: Any) -> Any:
    heap: list[Any] = []
    s, i = 0.0, 1
    for v in x:
        heapq.heappush(heap, v * k)
    for j, v in enumerate(heap):
        s += v * v * j
    s += heapq.heapreplace(heap, k) * heapq.heappushpop(heap, x[0])
    while heap:
        s += heapq.heappop(heap) * i
        i += 1
    return s


def shortest_paths(x: Any, k: Any) -> Any:
    n = len(x)
    distances = [1e9] * n
    distances[0] = 0.0
    heap = [(0.0, 0)]
    while heap:
        distance, i = heapq.heappop(heap)
        if distance > distances[i]:
            continue
        for j in ((i + 1) % n, (i + 2) % n):
            longer = distance + x[j] * x[j] * k * k
            if longer < distances[j]:
                distances[j] = longer
                heapq.heappush(heap, (longer, j))
    return sum(distances)


def running_median(x: Any, k: Any) -> Any:
    low: list[Any] = []
    high, s = [k, x[0]], 0.0
    heapq.heapify(high)
    for v in x:
        heapq.heappush(low, -heapq.heappushpop(high, v * k))
        if len(low) > len(high):
            heapq.heappush(high, -heapq.heappop(low))
        s += high[0] * v
    return s + sum(heapq.nsmallest(2, x)) * heapq.nlargest(2, x, key=lambda v: v * v)[0]


def in_a_table(x: Any, k: Any) -> Any:
    places, values, s = [0.0, 0.5, 1.0, 2.0], [k, k * k, 1.0, k + 1.0], 0.0
    ordered: list[Any] = []
    for v in x:
        i = min(max(bisect.bisect(places, v) - 1, 0), 2)
        t = (v - places[i]) / (places[i + 1] - places[i])
        s += values[i] * (1.0 - t) + values[i + 1] * t * bisect.bisect_left(places, k)
        bisect.insort(ordered, v * k)
    return s + sum([i * v for i, v in enumerate(ordered)])


@pytest.mark.parametrize("program", [from_a_heap, shortest_paths, running_median, in_a_table])
def test_ordered(program: Callable[..., Any]) -> None:
    right(program, twice=program in (from_a_heap, in_a_table))


# --- lists that helpers change in a loop ------------------------------------------------------------------------------
def put_on(stack: Any, i: int) -> None:
    stack.append((0.5, i))


def ints_in_tuples(x: Any, k: Any) -> Any:
    stack, s, n = [(1.0, 0)], 0.0, 0
    while stack and n < 4:
        weight, i = stack.pop()
        n += 1
        s += x[i % len(x)] * weight * k
        put_on(stack, i + 1)
    return s


def test_ints_that_a_helper_puts_into_a_list() -> None:
    for given in (X, [float(v) for v in X]):
        assert np.isclose(s2sad.value_and_grad(ints_in_tuples)(given, 1.3)[0], ints_in_tuples(given, 1.3))


def keep_in(rows: Any, values: Any) -> None:
    rows.append(values)


def kept_by_a_helper(x: Any, k: Any) -> Any:
    rows: list[Any] = []
    values: list[Any] = []
    for v in x:
        values.append(v * k)
        keep_in(rows, values)
    return sum(rows[0])


def test_a_list_that_a_helper_keeps_and_that_changes() -> None:
    s2sad.check_grads(kept_by_a_helper, (X, 1.3))


# --- generators that are gone through together, or step by step -------------------------------------------------------
def positive(x: Any, k: Any) -> Any:
    for v in x:
        if v > 0.0:
            yield v * k


def growing(k: Any) -> Any:
    t = k
    while True:
        t = t * 1.1
        yield t


def together(x: Any, k: Any) -> Any:
    def squares() -> Any:
        for v in x:
            yield v * v

    s = sum(p * q for p, q in zip(positive(x, k), squares()))  # noqa: B905
    for p, (i, q) in zip(positive(x, k), enumerate(squares())):  # noqa: B905
        s += p * q * i
    for p, t in zip(positive(x, 1.0), growing(k)):  # noqa: B905
        s += p * t
    return s + sum(p * q for p, q in zip(positive(x, k), [v * v for v in x]))  # noqa: B905


def step_by_step(x: Any, k: Any) -> Any:
    def products() -> Any:
        t = k
        for v in x:
            t = t * v + 1.0
            yield t

    made = products()
    few = positive([u * 1.0 for u in x], k)
    all_of_them = products()
    first, s = next(made), 0.0
    for i in range(3):
        s += next(made) * i if i != 1 else first
    s += next(few, k) * next(few, 0.5)
    while True:
        try:
            s += next(all_of_them) * k
        except StopIteration:
            break
    for v in made:
        s = s * 0.5 + v
    return s


@pytest.mark.parametrize("program", [together, step_by_step])
def test_generators(program: Callable[..., Any]) -> None:
    right(program, twice=False)


def changed_between(x: Any, k: Any) -> Any:
    c = k

    def products() -> Any:
        for v in x:
            yield v * c

    made = products()
    first = next(made)
    c = 2.0 * k
    return first * next(made)


def changed_in_the_loop(x: Any, k: Any) -> Any:
    c, s = k, 0.0

    def products() -> Any:
        for v in x:
            yield v * c

    for p, q in zip(products(), positive(x, k)):  # noqa: B905
        s += p * q
        c = c * 1.5
    return s


def steps_without_an_end(x: Any, k: Any) -> Any:
    made, s = growing(k), 0.0
    for v in x:
        s += v * next(made)
    return s


def test_generators_that_are_refused() -> None:
    refused(changed_between, "next is asked of an iterator, and what it reads may change")
    refused(changed_in_the_loop, "the loop changes what they read")
    refused(steps_without_an_end, "a generator without an end")


# --- all of it at once ------------------------------------------------------------------------------------------------
def names_in_lists(x: Any, k: Any) -> Any:
    names, s = [], 0.0
    for v in x:
        names.append("p" if v > 0.0 else "n")
    both = names + ["z"]  # noqa: RUF005
    for i, name in enumerate(both):
        s += x[i] * k if name == "p" else k if name == "z" else 0.0
    for name in names[1:]:
        s += k * k if name == "n" else 0.0
    return s + len(both) * k


def names_in_tuples(x: Any, k: Any) -> Any:
    groups, order, points = {}, [], []
    for i, v in enumerate(x):
        key = (int(v), "e" if i % 2 == 0 else "o")
        if key not in groups:
            groups[key] = 0.0
            order.append(key)
        groups[key] += v * k
        points.append(("p" if v > 0.0 else "n", v * k, i))
    s = 0.0
    for j, key in enumerate(order):
        s = s * 0.9 + groups[key] * j
    for j, (name, v, i) in enumerate(sorted(points, key=lambda point: point[1])):
        s += v * j + (i if name == "p" else 0) * v
    return s


def states_in_dicts(x: Any, k: Any) -> Any:
    state, history, sums, names, s = "a", [], {}, {}, 0.0
    for i, v in enumerate(x):
        history.append(state)
        sums[state] = sums.get(state, 0.0) + v * k
        names[i] = "odd" if v > 0.5 else "even"
        if v > 1.0:
            state = "b" if state == "a" else "c"
        elif v < 0.0:
            state = "a"
    for i, state in enumerate(history):
        s += sums[state] * sums[state] if names[i] == "odd" else x[i]
    return s * len(sums)


@pytest.mark.parametrize("program", [names_in_lists, names_in_tuples, states_in_dicts])
def test_names_in_containers(program: Callable[..., Any]) -> None:
    right(program, twice=False)
