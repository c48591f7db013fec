"""Programs that an audit of the accepted language got wrong numbers or errors of ours from: right, or refused."""

from __future__ import annotations

import cmath
import dataclasses
import functools
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from scipy import special

import s2sad

X = np.array([0.7, 1.4, -0.3, 0.9])


def right(program: Callable[..., Any], x: Any, k: Any) -> None:
    """Check the value, and both modes against differences."""
    value, _ = s2sad.value_and_grad(program, argnums=(0, 1))(x, k)
    assert np.isclose(value, program(x, k), rtol=1e-13)
    s2sad.check_grads(program, (x, k), (0, 1))


# --- what stops before the last item ----------------------------------------------------------------------------------
def any_counts(x: Any, k: Any) -> Any:
    n = 0

    def large(v: Any) -> Any:
        nonlocal n
        n += 1
        return v > 1.0

    return (n + 1) * k if any(large(v) for v in x) else n * k * k


def all_appends(x: Any, k: Any) -> Any:
    seen = []

    def small(v: Any) -> Any:
        seen.append(v * k)
        return v < 1.0

    return k if all(small(v) for v in x) else sum(seen)


def any_writes(x: Any, k: Any) -> Any:
    seen = np.zeros(2)

    def large(v: Any) -> Any:
        seen[0] += v * k
        return v > 1.0

    return k * k if any(large(v) for v in x if v > 0.0) else seen[0]


def any_of_loops(x: Any, k: Any) -> Any:
    seen = [k]

    def large(v: Any) -> Any:
        seen.append(v)
        return v > 1.0

    any(large(v * w) for v in x for w in x if w > 0.0)
    return k * sum(seen)


def any_would_raise(x: Any, k: Any) -> Any:
    values = [float(v) for v in x] + [0.0]
    return k * k if any(1.0 / v > 0.5 for v in values) else k


def any_of_map(x: Any, k: Any) -> Any:
    seen = [k]

    def large(v: Any) -> Any:
        seen.append(v)
        return v > 1.0

    return k * sum(seen) if any(map(large, x)) else k


def any_of_a_generator(x: Any, k: Any) -> Any:
    seen = [k]

    def large() -> Iterator[Any]:
        for v in x:
            seen.append(v)
            yield v > 1.0

    return k * sum(seen) if any(large()) else k


def any_names_what_it_found(x: Any, k: Any) -> Any:
    hit = k
    return hit * k if any((hit := v) > 1.0 for v in x) else hit


def any_of_unlike_things(x: Any, k: Any) -> Any:
    return k * k if any(part is None for part in (x, k, None)) and all(isinstance(i, int) for i in [1, 2]) else k


def break_counts(x: Any, k: Any) -> Any:
    n = np.zeros(1)

    def made(v: Any) -> Any:
        n[0] += v * k
        return v

    s = 0.0
    for v in map(made, x):
        if v > 1.0:
            break
        s += v
    return s + n[0]


def making_items_changes(x: Any, k: Any) -> Any:
    log = []

    def made(v: Any) -> Any:
        log.append(v)
        return v

    s = 0.0
    for v in map(made, x):
        if v > 1.0:
            break
        s += v * k
    return s + len(log)


def islice_of_an_expression(x: Any, k: Any) -> Any:
    seen = [k]

    def made(v: Any) -> Any:
        seen.append(v * k)
        return v

    return sum(itertools.islice((made(v) for v in x), 2)) * sum(seen)


def islice_of_none(x: Any, k: Any) -> Any:
    seen = [k]

    def made() -> Iterator[Any]:
        for v in x:
            seen.append(v * k)
            yield v

    return sum(itertools.islice(made(), int(x[2] * 0.0)), k) * sum(seen)


def zip_asks_in_order(x: Any, k: Any) -> Any:
    seen = [k]

    def made(v: Any) -> Any:
        seen.append(v * k)
        return v

    s = 0.0
    for i, v in zip(range(2), map(made, x)):  # noqa: B905
        if i == 0:
            continue
        s += v * k
    for v, i in zip(map(made, x), range(2)):  # noqa: B905
        s += v * i * k
    return s * sum(seen)


def zip_of_even_numbers(x: Any, k: Any) -> Any:
    def made() -> Iterator[Any]:
        for v in x:
            yield v * k

    return sum(i * v for i, v in zip(range(0, 4, 2), made()))  # noqa: B905


def more_than_are_taken(x: Any, k: Any) -> Any:
    def three() -> Iterator[Any]:
        yield x[0]
        yield x[1]
        yield k

    return sum(v * w for v, w in zip([k, 2.0], three()))  # noqa: B905


# --- in the order in which the items are asked for --------------------------------------------------------------------
def one_in_the_other(x: Any, k: Any) -> Any:
    n = 1.0

    def inner(v: Any) -> Any:
        nonlocal n
        n = n * k
        return v

    def outer(v: Any) -> Any:
        nonlocal n
        n = n + v
        return n

    return sum(outer(v) for v in (inner(v) for v in x))


def body_reads_what_items_change(x: Any, k: Any) -> Any:
    n = 1.0

    def made(v: Any) -> Any:
        nonlocal n
        n = n * k
        return v

    s = sum(n * i * v for i, v in enumerate(made(v) for v in x))
    for v in map(made, x):
        s += n * v
    return s


@pytest.mark.parametrize(
    "program",
    [
        any_counts,
        all_appends,
        any_writes,
        any_of_loops,
        any_would_raise,
        any_of_map,
        any_of_a_generator,
        any_names_what_it_found,
        any_of_unlike_things,
        break_counts,
        making_items_changes,
        islice_of_an_expression,
        islice_of_none,
        zip_asks_in_order,
        zip_of_even_numbers,
        more_than_are_taken,
        one_in_the_other,
        body_reads_what_items_change,
    ],
)
def test_items_are_made_as_they_are_asked_for(program: Callable[..., Any]) -> None:
    for x in (X, X[::-1].copy(), -X):
        right(program, x, 1.3)


def next_counts(x: Any, k: Any) -> Any:
    seen = [k]

    def made(v: Any) -> Any:
        seen.append(v * k)
        return v

    return next(made(v) for v in x) * sum(seen)


def takewhile_counts(x: Any, k: Any) -> Any:
    seen = [k]

    def made(v: Any) -> Any:
        seen.append(v * k)
        return v

    return sum(itertools.takewhile(lambda v: v < 1.0, map(made, x))) * sum(seen)


def any_of_three(x: Any, k: Any) -> Any:
    seen = [k]

    def large() -> Iterator[Any]:
        yield x[0] > 0.0
        seen.append(k)
        yield x[1] > 0.0

    return k if any(large()) else sum(seen)


def binds_a_name_between(x: Any, k: Any) -> Any:
    hit = s = k
    for v in ((hit := u) * 2.0 for u in x):
        s += v * hit
    return hit * s


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (next_counts, "this may stop before the last item, and making an item changes something"),
        (takewhile_counts, "takewhile goes through a generator step by step"),
        (any_of_three, "any may stop before the last item"),
        (binds_a_name_between, "`:=` in an iterator"),
    ],
)
def test_items_that_would_be_made_too_early_are_refused(program: Callable[..., Any], reason: str) -> None:
    with pytest.raises(s2sad.UnsupportedError, match=reason):
        s2sad.grad(program, argnums=(0, 1))(X, 1.3)


# --- attributes that are computed -------------------------------------------------------------------------------------
class Measured:
    """An object whose attributes may not be there."""

    __slots__ = ("later", "v")

    def __init__(self, v: Any) -> None:
        self.v = v

    @property
    def never(self) -> Any:
        raise AttributeError("never")

    @property
    def through(self) -> Any:
        return self.later

    @property
    def small(self) -> Any:
        if self.v > 2.0:
            raise AttributeError("small")
        return self.v * self.v

    @property
    def always(self) -> Any:
        return 3.0 * self.v


def has_it(x: Any, k: Any) -> Any:
    one, two = Measured(k), Measured(k + 2.0)
    s = k
    for name in ("never", "through", "small", "always", "later", "v"):
        s = s * k if hasattr(one, name) else s + x[0] * k
        s = s * k if hasattr(two, name) else s + x[1] * k
    return s


def gets_it_or(x: Any, k: Any) -> Any:
    one, two = Measured(k), Measured(k + 2.0)
    s = k
    for name in ("never", "through", "small", "always", "later", "v"):
        s = s * getattr(one, name, x[0]) + getattr(two, name, x[1])
    return s


def known_to_be_there(x: Any, k: Any) -> Any:
    values = [k, x[0]] if hasattr(Measured(k), "always") else None
    return values[0] * values[1]  # type: ignore[index]


@pytest.mark.parametrize("program", [has_it, gets_it_or, known_to_be_there])
def test_attributes_that_are_computed(program: Callable[..., Any]) -> None:
    right(program, X, 1.3)


def attribute_of_what_may_be_none(x: Any, k: Any) -> Any:
    v = x if k < 1.0 else None
    return k * k if hasattr(v, "shape") else k


def test_attribute_of_what_may_be_none_is_refused() -> None:
    with pytest.raises(s2sad.UnsupportedError, match="what may be None"):
        s2sad.grad(attribute_of_what_may_be_none, argnums=1)(X, 1.3)


# --- partials of functions that take any number of arguments ----------------------------------------------------------
def weighted(a: Any, *rest: Any, scale: Any = 1.0, **more: Any) -> Any:
    return a * a * sum(rest) * scale * more.get("power", 1.0)


def product(a: Any, *rest: Any) -> Any:
    return a * rest[0]


class Scaled:
    """An object whose method takes any number of arguments."""

    def __init__(self, w: Any) -> None:
        self.w = w

    def of(self, a: Any, *rest: Any, **more: Any) -> Any:
        return self.w * a * a * sum(rest) * more.get("power", 2.0)


FIRST, SECOND = functools.partial(weighted, 2.0, scale=3.0), functools.partial(product, 5.0)


def test_partials_of_open_functions() -> None:
    partial = functools.partial
    assert s2sad.grad(partial(weighted, 2.0))(3.0) == 4.0
    assert s2sad.grad(partial(weighted, 2.0), argnums=1)(3.0, 4.0) == 4.0
    assert s2sad.grad(partial(weighted, power=3.0))(2.0, 5.0) == 60.0
    assert s2sad.grad(partial(weighted, power=3.0))(2.0, 5.0, power=2.0) == 40.0
    assert s2sad.grad(partial(partial(weighted, 2.0), scale=3.0))(3.0, power=2.0) == 24.0
    assert s2sad.grad(Scaled(2.0).of)(3.0, 2.0) == 48.0
    assert s2sad.grad(partial(Scaled(2.0).of, 3.0, power=3.0))(2.0) == 54.0
    with pytest.raises(s2sad.ArgumentError, match="'b' is given twice"):
        s2sad.grad(of_two)(1.0, 2.0, b=3.0)


def of_two(a: Any, b: Any = 2.0, *rest: Any) -> Any:
    return a * b


def partials_inside(x: Any, k: Any) -> Any:
    partial = functools.partial
    one = s2sad.grad(partial(weighted, k, scale=x[1]))(x[0])  # k * k * x[1]
    two = s2sad.grad(partial(weighted, k))(x[0], x[1], power=k)  # k**3
    return one + two + s2sad.grad(partial(Scaled(k).of, x[0], power=k))(x[1])  # k * k * x[0]**2


def two_partials(x: Any, k: Any) -> Any:
    return s2sad.grad(FIRST)(x[0]) * k + s2sad.grad(SECOND)(k) * x[1]


def test_partials_inside() -> None:
    value, (x_bar, k_bar) = s2sad.value_and_grad(partials_inside, argnums=(0, 1))(X, 1.3)
    assert np.isclose(value, 1.69 * X[1] + 1.3**3 + 1.69 * X[0] ** 2)
    assert np.allclose(x_bar, [2.0 * 1.69 * X[0], 1.69, 0.0, 0.0])
    assert np.isclose(k_bar, 2.6 * X[1] + 3.0 * 1.69 + 2.6 * X[0] ** 2)


def test_two_partials_are_apart() -> None:
    value, (x_bar, k_bar) = s2sad.value_and_grad(two_partials, argnums=(0, 1))(X, 1.3)
    assert np.isclose(value, 12.0 * 1.3 + 5.0 * X[1])
    assert np.allclose(x_bar, [0.0, 5.0, 0.0, 0.0])
    assert k_bar == 12.0


# --- where a derivative of Python numbers does not exist --------------------------------------------------------------
SINGULAR: dict[str, tuple[Callable[..., Any], float]] = {
    "sqrt": (math.sqrt, 0.0),
    "power": (lambda v: v**0.5, 0.0),
    "power of abs": (lambda v: abs(v) ** 0.5, 0.0),
    "power of two": (lambda v: (v * v) ** 0.25, 0.0),
    "cbrt": (lambda v: math.cbrt(v), 0.0),
    "hypot": (lambda v: math.hypot(v, v), 0.0),
    "dist": (lambda v: math.dist((v, v), (0.0, 0.0)), 0.0),
    "acos": (math.acos, 1.0),
    "asin": (math.asin, -1.0),
    "acosh": (math.acosh, 1.0),
    "atan2": (lambda v: math.atan2(v, v), 0.0),
    "phase": (lambda v: cmath.phase(complex(v, v)), 0.0),
    "modulus": (lambda v: abs(complex(v, v)), 0.0),
    "chain": (lambda v: math.sqrt(v) / (v + 1.0) + v / (v * v + 1.0), 0.0),
    "np.divide": (lambda v: np.divide(v, 0.0), 1.0),
    "np.fmod": (lambda v: np.fmod(1.0, v), 0.0),
    "np.mod": (lambda v: np.mod(1.0, v), 0.0),
    "element": (lambda v: X[0] / v, 0.0),
    "in place": (lambda v: _divided(np.abs(X), v), 0.0),
    "logit": (special.logit, 0.0),
    "rel_entr": (lambda v: special.rel_entr(v, 0.0), 1.0),
    "pseudo_huber": (lambda v: special.pseudo_huber(v, 1.0), 0.0),
    "boxcox": (lambda v: special.boxcox(v, 0.5), 0.0),
    "boxcox's power": (lambda v: special.boxcox(0.0, v), 1.0),
    "log1p": (special.log1p, -1.0),
}


def _divided(y: Any, v: Any) -> Any:
    y /= v
    return np.sum(y)


@pytest.mark.parametrize("name", SINGULAR)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_error_where_the_primal_raises_none(name: str) -> None:
    f, at = SINGULAR[name]
    slope = s2sad.grad(f)(at)
    assert np.array_equal(s2sad.jvp(f, (at,), (1.0,))[1], slope, equal_nan=True)
    assert np.array_equal(s2sad.vjp(f, at)[1](1.0)[0], slope, equal_nan=True)
    s2sad.grad(s2sad.grad(f))(at)


# --- powers that are complex ------------------------------------------------------------------------------------------
def of_a_root(x: Any, k: Any) -> Any:
    return (k ** (1 / 3)).real * x[0]


def of_an_exponent(x: Any, k: Any) -> Any:
    return abs(k ** float(x[0]))


def tried_root(x: Any, k: Any) -> Any:
    try:
        return (k**0.5).real
    except ValueError:
        return 2.0 * k


def roots(x: Any, k: Any) -> Any:
    s = (k * k + 1.0) ** 0.5 + abs(k) ** 1.7 + k**2 + k**3.0 + k**-1 + (-8.0) ** 2.0 * k
    s += math.exp(k) ** 0.3 * x[0] ** 2.0
    if k > 0.0 and k**0.5 > 1.0:
        s += k**1.5 + sum([float(v) ** k for v in x if v > 0.0])
    return s


def test_a_power_that_is_complex_is_an_error() -> None:
    for program in (of_a_root, of_an_exponent):
        right(program, np.abs(X), 1.3)
        with pytest.raises(ValueError, match="negative Python float to a fractional power is complex"):
            s2sad.grad(program, argnums=(0, 1))(X, -1.3)
        with pytest.raises(ValueError, match="negative Python float to a fractional power is complex"):
            s2sad.jvp(program, (X, -1.3), (X, 1.0))
    with pytest.raises(s2sad.UnsupportedError, match="fractional power is complex"):
        s2sad.grad(tried_root, argnums=1)(X, 1.3)


@pytest.mark.parametrize("k", [1.3, 0.4, -1.3])
def test_powers_that_are_real(k: float) -> None:
    right(roots, X, k)


# --- what is ordered by its own `<` -----------------------------------------------------------------------------------
class Ranked:
    """Ordered by two attributes."""

    def __init__(self, a: Any, b: Any) -> None:
        self.a, self.b = a, b

    def __lt__(self, other: Any) -> bool:
        return bool((self.a, self.b) < (other.a, other.b))


@dataclasses.dataclass(order=True)
class Pair:
    """Ordered field by field."""

    a: Any
    b: Any


class Counting(Ranked):
    """An object that counts how often it is compared."""

    def __lt__(self, other: Any) -> bool:
        self.b += 1
        return bool(self.a < other.a)


def tuples_sorted(x: Any, k: Any) -> Any:
    pairs = sorted((v * v, i) for i, v in enumerate(x))
    few = sorted([(x[0], 1), (x[1], 2)], reverse=True)
    return sum(v * (j + i) for j, (v, i) in enumerate(pairs)) * k + few[0][0] * few[1][1]


def tuples_sorted_in_place(x: Any, k: Any) -> Any:
    pairs = [(round(float(v)), v * k) for v in x]
    pairs.sort(reverse=True)
    lists = sorted([[v * k, i] for i, v in enumerate(x)])
    return sum(p[1] * (i + 1) for i, p in enumerate(pairs)) + lists[0][0] * lists[1][0]


def keys_that_are_tuples(x: Any, k: Any) -> Any:
    ordered = sorted(x, key=lambda v: (v < 0.5, -v))
    most = max(x, key=lambda v: (v > 0.0, -v))
    return ordered[0] * k + ordered[3] * most + min(x, key=lambda v: (v > 0.0, v))


def extremes_of_tuples(x: Any, k: Any) -> Any:
    best, low = (-1e9, k), (1e9, k)
    for v in x:
        best, low = max(best, (v * v, v)), min((v * v, v), low)
    largest = max((v * k, i) for i, v in enumerate(x))
    return best[0] * k + low[1] + largest[0] * largest[1] + min((x[0], k), (k, x[1]), (x[1], 1.0))[1]


def tuples_compared(x: Any, k: Any) -> Any:
    s = k * k if (x[0], 1) < (x[1], 2) else k
    return s * x[0] if [x[0], k] >= [x[1], 2.0] else s


def objects_sorted(x: Any, k: Any) -> Any:
    ranked = sorted([Ranked(v, k * i) for i, v in enumerate(x)])
    pairs = [Pair(v * k, v) for v in x]
    pairs.sort(reverse=True)
    more = ranked[0].b * ranked[1].a + pairs[0].a * pairs[1].b
    return more + min(ranked).a * max(pairs).b + min(Ranked(x[0], k), Ranked(x[1], 2.0)).b


@pytest.mark.parametrize(
    "program",
    [
        tuples_sorted,
        tuples_sorted_in_place,
        keys_that_are_tuples,
        extremes_of_tuples,
        tuples_compared,
        objects_sorted,
    ],
)
def test_ordered_by_their_own_comparison(program: Callable[..., Any]) -> None:
    for x in (X, X[::-1].copy(), -X):
        right(program, x, 1.3)


def compared_with_an_effect(x: Any, k: Any) -> Any:
    return sorted([Counting(v, 0) for v in x])[0].b * k


def rows_sorted(x: Any, k: Any) -> Any:
    return sorted([x, k * x])[0][0]


def test_comparisons_that_are_refused() -> None:
    with pytest.raises(s2sad.UnsupportedError, match="comparison of objects that are sorted changes something"):
        s2sad.grad(compared_with_an_effect, argnums=1)(X, 1.3)
    with pytest.raises(s2sad.UnsupportedError, match="arrays are compared here"):
        s2sad.grad(rows_sorted, argnums=1)(X, 1.3)


# --- pullbacks in a list ----------------------------------------------------------------------------------------------
def pullbacks_of_known_length(x: Any, k: Any) -> Any:
    layers: list[Any] = [lambda t: t * x, lambda t: np.tanh(t) * k, lambda t: np.sum(t * t)]
    y, pullbacks = x, []
    for layer in layers:
        y, pullback = s2sad.vjp(layer, y)
        pullbacks.append(pullback)
    g: Any = 1.0
    for pullback in reversed(pullbacks):
        (g,) = pullback(g)
    return np.sum(g * x)


def test_pullbacks_of_known_length() -> None:
    s2sad.check_grads(pullbacks_of_known_length, (X, 1.3), (0, 1))


def pullbacks_of_any_length(x: Any, k: Any) -> Any:
    y, pullbacks = k, []
    for v in x:
        y, pullback = s2sad.vjp(lambda t, v=v: np.sin(t) * v, y)
        pullbacks.append(pullback)
    g = 1.0
    while pullbacks:
        (g,) = pullbacks.pop()(g)
    return g


def test_pullbacks_of_any_length_are_refused() -> None:
    with pytest.raises(s2sad.UnsupportedError, match="a function becomes an item of a list that grows"):
        s2sad.grad(pullbacks_of_any_length, argnums=1)(X, 1.3)


# --- fields that do not move, in forward mode -------------------------------------------------------------------------
def powered(r: Any, u: Any) -> Any:
    total = 0.0
    for i in range(3):
        total += r.a * u**r.b
        if total > 50.0 + i:
            return total
    return total


def deeper(r: Any, n: int) -> Any:
    return r.a * (-1.3) ** r.b if n == 0 else deeper(Pair(r.a * 2.0, r.b), n - 1)


def exponents_in_records(x: Any, k: Any) -> Any:
    pairs = [Pair(v, 2.0) for v in x]
    dicts = [{"w": v, "of": (3.0, k)} for v in x]
    s = sum(p.a * (-k) ** p.b for p in pairs) + sum([d["w"] * (-k) ** d["of"][0] * d["of"][1] for d in dicts])
    s += np.sum(pairs[0].a * (x - 2.0) ** pairs[0].b)
    arrays = [Pair(x * v, 2.0) for v in x]
    s += sum(np.sum(p.a * (-k) ** p.b) for p in arrays)
    return s + powered(Pair(k, 2.0), -k) + deeper(Pair(k, 2.0), 2)


def roots_of_constants(x: Any, k: Any) -> Any:
    pairs = [(v * k, 0.0) for v in x]
    return sum(a * math.sqrt(b) + a * abs(b) ** 0.5 + k * a for a, b in pairs)


def fields_that_change_places(x: Any, k: Any) -> Any:
    p = Pair(k, 2.0)
    for v in x:
        p = Pair(p.b * v, p.a)
    return p.a * p.b


def arrays_in_records_are_written(x: Any, k: Any) -> Any:
    b = np.ones(2)
    p, q = Pair(k, b), (np.zeros(2), k, 3.0)
    b[0] = k
    c = p.b
    c[1] *= k * k
    q[0][0] = x[0]
    return b[0] * p.b[1] * p.a + q[0][0] * q[1] ** q[2]


@pytest.mark.parametrize(
    "program",
    [exponents_in_records, roots_of_constants, fields_that_change_places, arrays_in_records_are_written],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_fields_that_do_not_move(program: Callable[..., Any]) -> None:
    right(program, X, 1.3)


# --- lists that are extended by what is made of them; keys that are made once -----------------------------------------
class Holder:
    """An object with a list."""

    def __init__(self) -> None:
        self.items = [1.0]


def extended_by_itself(x: Any, k: Any) -> Any:
    values = [k]
    values.extend(v + values[-1] for v in x)
    values += (v * values[-1] for v in x if values[-1] < 3.0)

    def after(v: Any) -> Any:
        return v + k * values[-1]

    values.extend(map(after, x[:2]))
    holder = Holder()
    holder.items.extend(v * holder.items[-1] * k for v in x)
    return sum(values) * len(values) + sum(holder.items)


def keys_that_count(x: Any, k: Any) -> Any:
    n = 0

    def key(v: Any) -> Any:
        nonlocal n
        n += 1
        return -v * n

    first = sorted([x[0], x[1], k], key=key)[0]
    return first * n + max(x, key=key) * n


@pytest.mark.parametrize("program", [extended_by_itself, keys_that_count])
def test_made_once_and_in_order(program: Callable[..., Any]) -> None:
    right(program, X, 1.3)
