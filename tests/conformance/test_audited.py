"""Programs of two audits: indices that are tuples, memory reached twice through results, lists read early, and more."""

import types
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

import s2sad

Array = Any
X = np.array([0.7, 1.3, 0.9])
Y = np.array([0.7, 1.3, 0.9, 0.2])
A = np.array([0.4, 0.5, 0.6])
M = np.arange(9.0).reshape(3, 3) / 7.0


# --- indices that are tuples ----------------------------------------------------
def gathered(a: Array, x: Array) -> float:
    return np.sum(np.maximum(a[np.nonzero(a)], x) * x)


def stored(a: Array, x: Array) -> float:
    b = a.copy()
    b[np.nonzero(a)] = x
    return np.sum(b**2)


def scaled_in_place(a: Array, x: Array) -> float:
    b = a.copy()
    b[np.nonzero(a)] *= x
    return np.sum(b)


def lower_triangle(x: Array, y: Array) -> float:
    low = np.zeros((2, 2))
    low[np.tril_indices(2)] = x
    return np.sum(low @ low.T * y[:2])


def pairs_in_a_list(a: Array, x: Array) -> float:
    m = np.outer(a, x)
    s = 0.0
    for p in [(i, i) for i in range(len(m))]:
        s += np.sum(m[p] * m[0])
    return s


# --- memory that is reached twice ----------------------------------------------------
def two_names(flag: bool) -> tuple[Array, Array]:
    a = np.zeros(3)
    if flag:
        return a, a[:]
    return a, a


def view_of_a_result(x: Array) -> float:
    a, v = two_names(True)
    v += x
    return np.sum(a**2)


def same_rows(n: int) -> list[Array]:
    z = np.zeros(3)
    rows: list[Array] = []
    for i in range(n):
        if i == 9:
            return rows
        rows.append(z)
    return rows


def row_of_a_result(x: Array) -> float:
    rows = same_rows(3)
    rows[0] += x
    return np.sum(rows[2] ** 2)


def own_rows(n: int) -> list[Array]:
    rows = []
    for i in range(n):
        rows.append(np.ones(3) * i)
    return rows


def rows_of_their_own(x: Array) -> float:
    rows = own_rows(3)
    rows[0] += x
    rows[1] *= x
    return np.sum(rows[0] * rows[1])


def nodes(n: int) -> dict[str, Any]:
    a = np.ones(3)
    for i in range(n):
        a = a + i
    return {"a": a, "rest": [a * 2.0, a * 3.0], "n": n}


def nodes_written(x: Array) -> float:
    found = nodes(3)
    found["a"] *= x
    found["rest"][1] += x
    return np.sum(found["a"] * found["rest"][1])


def taped(y: Array) -> tuple[list[Array], Array]:
    b = np.zeros(3)
    tape = []
    for _ in range(2):
        tape.append(b)
    return tape, b


def through_a_tape(y: Array) -> Array:
    tape, b = taped(y)
    back = reversed(tape)
    for _ in range(2):
        v = next(back)
        v += y
    return b * 2.0


def squared_in_turn(x: Array, y: Array) -> float:
    rows = [x.copy(), y.copy()]
    for i in range(2):
        b = rows[i]
        b *= b
        if i > 0:
            return np.sum(b)
    return np.sum(rows[0])


# --- lists that are read before anything is in them ----------------------------------------------------
def replaced(x: Array) -> float:
    stack: list[float] = []
    for v in x:
        if len(stack) > 0:
            stack.pop()
        stack.append(v)
    return stack[0]


def monotone(x: Array) -> float:
    stack: list[float] = []
    s = 0.0
    for v in x:
        while stack and stack[-1] < v:
            s += stack.pop()
        stack.append(v * v)
    return s + sum(stack)


class Queue:
    def __init__(self) -> None:
        self.items: list[float] = []

    def push(self, v: float) -> None:
        if self.items:
            self.items.pop()
        self.items.append(v)


def in_an_object(x: Array) -> float:
    queue = Queue()
    for v in x:
        queue.push(v * v)
    return queue.items[0]


def in_a_dict(x: Array) -> float:
    d: dict[str, list[float]] = {"q": []}
    for v in x:
        if d["q"]:
            d["q"].pop()
        d["q"].append(v * 2.0)
    return d["q"][0]


def seen_before(x: Array) -> float:
    seen: list[float] = []
    s = 0.0
    for v in x:
        for w in seen:
            s += v * w
        seen.append(v)
    return s


def last_scaled(x: Array) -> float:
    stack: list[float] = []
    for v in x:
        if stack:
            stack[-1] *= v
        stack.append(v * v)
    return sum(stack)


def running_sums(x: Array) -> float:
    found: list[float] = []
    for v in x:
        found.append(v + sum(found) * v)
    return found[-1]


def grown_in_front(x: Array) -> float:
    found: list[float] = []
    for v in x:
        found = [v] + found  # noqa: RUF005
    return found[0] * found[2]


def two_back(x: Array) -> float:
    basis = [x]
    w = x
    for j in range(3):
        w = np.sin(w)
        if j > 0:
            w = w - basis[-2] * basis[-1]
        basis.append(w)
    return np.sum(basis[-1])


# --- made in a loop, read after it ----------------------------------------------------
def kept_once(x: Array) -> float:
    for t in range(3):
        if t == 1:
            keep = x * x
    return np.sum(keep)


def kept_on_data(x: Array) -> float:
    for t in range(3):
        if x[t] > 0.8:
            keep = x * x[t]
            other = keep * 2.0
    return np.sum(keep * other)


def kept_in_while(x: Array) -> float:
    i = 0
    while i < 3:
        if x[i] > 1.0:
            best = x[i] * x
        i += 1
    return np.sum(best**2)


def kept_inside(x: Array, s: float) -> float:
    if s > 5.0:
        return s
    for t in range(3):
        if t == 1:
            keep = x * x
        if x[t] > 1.0:
            q = x * 2.0
    return np.sum(keep * q)


def kept_in_a_call(x: Array) -> float:
    return np.sum(kept_inside(x, 1.0) * x)


# --- other finds ----------------------------------------------------
class Pair(NamedTuple):
    a: Array
    k: float


def made_pair(flag: bool) -> Pair:
    if flag:
        return Pair(np.ones(3), 0.5)
    return Pair(np.ones(3), 2.0)


def of_a_pair(x: Array) -> float:
    return np.sum(made_pair(True).a * x)


def helper_name(x: Array) -> float:
    a = np.zeros(4)
    a[np.array([0, 2, 2])] = x
    _winners = x * 2.0
    return np.sum(a * a) + np.sum(_winners)


def where_of_numbers(x: Array) -> float:
    u = x[0] - x[0]
    return np.where(u > 0.0, np.log(u), x[1] * x[2]) + np.where(x[0] > 0.0, np.sqrt(x[0]), x[1])


ONE = [
    rows_of_their_own,
    nodes_written,
    kept_once,
    kept_on_data,
    kept_in_while,
    kept_in_a_call,
    of_a_pair,
    helper_name,
]
LISTS = [replaced, monotone, in_an_object, in_a_dict, seen_before, last_scaled, running_sums, grown_in_front, two_back]
TWO = [gathered, stored, scaled_in_place, lower_triangle, pairs_in_a_list]
CALLS = [*((f, (X,)) for f in ONE), *((f, (Y,)) for f in LISTS), *((f, (A, X)) for f in TWO)]
IDS = [f.__name__ for f, _ in CALLS]


@pytest.mark.parametrize(("f", "args"), CALLS, ids=IDS)
def test_derivatives(f: Any, args: tuple[Any, ...]) -> None:
    s2sad.check_grads(f, args)
    _, pullback = s2sad.vjp(f, *args)
    first = pullback(1.0)
    assert all(np.array_equal(a, b) for a, b in zip(first, pullback(1.0), strict=True))


TWICE = [(f, args) for f, args in CALLS if f is not rows_of_their_own]  # its list of arrays is written


@pytest.mark.parametrize(("f", "args"), TWICE, ids=[f.__name__ for f, _ in TWICE])
def test_second_derivatives(f: Any, args: tuple[Any, ...]) -> None:
    s2sad.check_grads(s2sad.grad(f), args, rtol=1e-4)


@pytest.mark.parametrize("f", [view_of_a_result, row_of_a_result])
def test_one_array_in_two_places_of_a_result(f: Any) -> None:
    with pytest.raises(s2sad.UnsupportedError, match="returns a container of arrays that share memory, and one is wri"):
        s2sad.grad(f)(X)
    s2sad.check_grads(f, (X,), modes=("fwd",))


def test_one_array_on_a_tape() -> None:
    s2sad.check_grads(through_a_tape, (X,), modes=("fwd",))
    s2sad.check_grads(s2sad.grad(squared_in_turn, 1), (X, A), modes=("fwd",))


def test_arms_of_where_for_numbers() -> None:
    with np.errstate(all="ignore"):
        for value in (0.0, np.float64(0.0), np.array(0.0), np.array([0.0])):
            y, pullback = s2sad.vjp(logarithm_or_zero, value)
            one = np.ones_like(value) if np.ndim(value) else 1.0
            assert np.all(pullback(np.ones_like(y) if np.ndim(value) else 1.0)[0] == 1.0)
            assert np.all(s2sad.jvp(logarithm_or_zero, (value,), (one,))[1] == 1.0)


def logarithm_or_zero(x: Any) -> Any:
    return np.where(x > 0.0, np.log(x), x)


@pytest.mark.parametrize("name", ["log", "log2", "log10", "log1p", "arctanh", "sqrt", "arccosh"])
def test_infinite_alike_for_numbers_and_arrays(name: str) -> None:
    at = {"log1p": -1.0, "arctanh": 1.0, "arccosh": 1.0}.get(name, 0.0)
    f = {n: g for n, g in globals().items() if n.startswith("of_")}[f"of_{name}"]
    with np.errstate(all="ignore"):
        for value in (at, np.float64(at), np.array([at])):
            one = np.ones(1) if np.ndim(value) else 1.0
            assert np.all(np.isinf(s2sad.vjp(f, value)[1](one)[0]))
            assert np.all(np.isinf(s2sad.jvp(f, (value,), (one,))[1]))


def of_log(x: Any) -> Any:
    return np.log(x)


def of_log2(x: Any) -> Any:
    return np.log2(x)


def of_log10(x: Any) -> Any:
    return np.log10(x)


def of_log1p(x: Any) -> Any:
    return np.log1p(x)


def of_arctanh(x: Any) -> Any:
    return np.arctanh(x)


def of_sqrt(x: Any) -> Any:
    return np.sqrt(x)


def of_arccosh(x: Any) -> Any:
    return np.arccosh(x)


def spread(x: Array) -> float:
    return np.var(x)


def test_too_few_elements() -> None:
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning):
        assert s2sad.grad(spread)(np.zeros(0)).shape == (0,)


def stopped(x: Array) -> float:
    a = x.copy()
    b = s2sad.stop_gradient(a)
    a *= 2.0
    return np.sum(b)


def lambdas(x: Array) -> float:
    fs = []
    for _ in range(len(x)):
        fs.append(lambda v: v * 2.0)
    return fs[0](x[0])


def test_functions_in_a_list_that_grows() -> None:
    s2sad.check_grads(lambdas, (X,))


def set_on_one_path(x: Array) -> float:
    d: dict[str, Array] = {}
    if len(x) > 9:
        d["a"] = x * 1.0
    d["a"] += x
    return np.sum(d["a"])


def test_refused() -> None:
    for f, said in (
        (stopped, "while the view that stop_gradient made of it is in use"),
        (set_on_one_path, "may share, and which of them do depends on the path"),
    ):
        with pytest.raises(s2sad.UnsupportedError, match=said):
            s2sad.grad(f)(X)


@dataclass
class Weights:
    w: Array


def cubes(p: Weights) -> float:
    return np.sum(p.w**3)


def test_a_gradient_that_is_an_object() -> None:
    s2sad.check_grads(s2sad.grad(cubes), (Weights(X),))


def formatted(x: Array, d: int) -> float:
    n = 3
    print(f"{x[0]:.{d}f}")
    shown = f'{n=} {n:>{d}}| {"a"!r} "q" {{n}}\n'
    raw = rf"\d{n}"
    return np.sum(x) * len(shown) * len(raw)


def test_formats_within_formats() -> None:
    for d in (2, 5):
        value, bar = s2sad.value_and_grad(formatted)(X, d)
        assert value == formatted(X, d)
        assert np.allclose(bar, formatted(X, d) / np.sum(X))


def summed(x: Array, y: Array, axis: int = 0) -> float:
    return np.sum(np.sum(x, axis=axis) * y)


def test_a_default_that_decides_a_type() -> None:
    df = s2sad.grad(summed)
    assert np.array_equal(df(M, X), np.broadcast_to(X, (3, 3)))
    assert np.array_equal(df(M, X, 1), np.broadcast_to(X[:, None], (3, 3)))


def asserting(x: Array) -> float:
    assert x.shape[0] == 3, "three"
    return np.sum(x * x)


def test_asserts_that_pytest_rewrites() -> None:
    s2sad.check_grads(asserting, (X,))


async def awaited(x: Array) -> float:
    return np.sum(x)


def with_async(x: Array) -> float:
    async def inner() -> Array:
        return x

    return np.sum(x) * (inner is None)


def test_async_is_refused() -> None:
    with pytest.raises(s2sad.SourceError, match="is an async function"):
        s2sad.grad(awaited)(X)
    with pytest.raises(s2sad.UnsupportedError, match="an async function is not accepted"):
        s2sad.grad(with_async)(X)


box = types.SimpleNamespace()
first, second = types.ModuleType("first"), types.ModuleType("second")
exec("def h(x):\n    return x * x\nK = 2.0\n", first.__dict__)
exec("def h(x):\n    return 5.0 * x\nK = 7.0\n", second.__dict__)
module = first


def constant_of_a_module(x: float) -> float:
    return module.K * x


def magnitude(x: float) -> float:
    return abs(x) * 2.0


def test_names_of_modules_and_of_builtins_are_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    df, dg = s2sad.grad(constant_of_a_module), s2sad.grad(magnitude)
    assert (df(1.0), dg(1.0)) == (2.0, 2.0)
    monkeypatch.setitem(globals(), "module", second)
    monkeypatch.setitem(globals(), "abs", cube)
    assert (df(1.0), dg(1.0)) == (7.0, 6.0)


def cube(x: float) -> float:
    return x * x * x


# --- a size that has a name on one path -----------------------------------------------------------------------------
def returns_before_the_length(x: Array) -> float:
    if x[0] > 0.0:
        return np.mean(np.tanh(x))
    rest = 0.9 * x
    n = len(rest)
    return np.sum(rest) / n


def test_a_size_named_after_a_return_is_not_read_before_it() -> None:
    """`n` is a name of the number of elements, but not on the path that returned."""
    df = s2sad.grad(returns_before_the_length)

    def contracted(x: Array) -> float:
        return np.sum(df(x) ** 2)

    for x in (X, -X):
        s2sad.check_grads(contracted, (x,))
