"""Lists of records and the arrays made of them; operators that change an object; named tuples and enum members."""

from __future__ import annotations

import enum
from typing import NamedTuple

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import refused, right

X = np.array([0.9, 0.4, 1.2])


# --- arrays of lists of records ---------------------------------------------------------------------------------------
def pairs(x, k):
    points = np.array([[v * v, k] for v in x])
    return np.sum(points[:, 0]) + np.sum(points[:, 1] ** 2)


def read_before_and_after(x, k):
    rows = []
    for v in x:
        rows.append((v * k, v))
    rows.append((k, 2.0))
    first, second = np.array(rows), np.asarray(rows)
    last = rows.pop()
    rest = np.array(rows)
    return np.sum(first[:, 0] * second[:, 1]) + np.sum(rest**2) + last[0]


def arrays_in_records(x, k):
    rows = []
    for v in x:
        rows.append((v * x, v + x * k))
    stacked = np.stack(rows)
    return np.sum(stacked[:, 0] * stacked[:, 1])


def records_in_records(x, k):
    rows = []
    for v in x:
        rows.append(((v * k, v), (k * k, v * v)))
    table = np.array(rows)
    return np.sum(table[:, 0, 1] * table[:, 1, 0] * table[:, 1, 1])


def columns_of_lists(x, k):
    a = []
    b = []
    for v in x:
        a.append(v * k)
        b.append(v * v)
    table = np.array([a, b])
    other = np.array((a, [1.0, k, 2.0]))
    return np.sum(table[0] * table[1]) + np.sum(other[0] * other[1]) + a[1] + sum(b)


def picked_from_dicts(x, k):
    rows = []
    for v in x:
        rows.append({"a": v * k, "b": (v, v * v)})
    table = np.array([row["b"] for row in rows])
    return np.sum(table[:, 0] * table[:, 1]) * rows[0]["a"]


def with_ints(x, k):
    counted = np.array([(v, 1) for v in x])
    return np.sum(counted[:, 0] * counted[:, 1]) * k


@pytest.mark.parametrize(
    "function",
    [
        pairs,
        read_before_and_after,
        arrays_in_records,
        records_in_records,
        columns_of_lists,
        picked_from_dicts,
        with_ints,
    ],
)
def test_arrays_of_lists_of_records(function):
    right(function, X, 0.5)


# --- lists that change while another name or list has them ------------------------------------------------------------
def grown_after_it_became_an_item(x, k):
    rows = []
    for v in x:
        row = [v, k]
        rows.append(row)
        row.pop()
    return sum(len(row) * row[0] for row in rows)


def grown_as_one_of_two(x, k):
    a, b = [x[0]], [x[1]]
    for v in x:
        a.append(v * k)
    both = a if k > 0.3 else b
    both.append(k * k)
    return sum(a) * both[0]


def first_of_several(x, k):
    xs = []
    first = xs
    for v in x:
        xs.append(v)
        if v > k:
            xs = []
    return sum(xs) + sum(first) * k


@pytest.mark.parametrize("function", [grown_after_it_became_an_item, grown_as_one_of_two, first_of_several])
def test_a_list_that_changes_under_another_name(function):
    right(function, X, 0.5)


def groups(x, k):
    found = []
    group = []
    for v in x:
        group.append(v)
        if v > 0.8:
            found.append(group)
            group = []
    found.append(group)
    return sum(sum(g) ** 2 for g in found) * k


def groups_again(x, k):
    for i in range(3):
        found = []
        group = []
        for v in x[i:]:
            group.append(v * k)
            if v > 0.8:
                found.append(group)
                group = []
        k = k + 0.1 * sum(sum(g) ** 2 for g in found) + 0.1 * sum(group)
    return k


def swapped(x, k):
    a = []
    b = []
    for v in x:
        a, b = b, a
        a.append(v * k)
    return sum(a) * 2.0 + sum(b)


def augmented_alias(x, k):
    xs = []
    ys = xs
    for v in x:
        xs += [v * k, v]
    return sum(ys) + ys[-1] * k


def levels(x, k):
    found = [x]
    for _ in range(2):
        last = found[-1]
        found.append((last[:-1] + last[1:]) * k)
    return np.sum(found[-1] ** 2)


@pytest.mark.parametrize("function", [groups, groups_again, swapped, augmented_alias, levels])
def test_lists_that_are_clearly_one(function):
    right(function, X, 0.5)


# --- lists that begin with items that are known -----------------------------------------------------------------------
def paths(x, k):
    queue = [(0.0, 0)]
    best = None
    while queue:
        cost, i = queue.pop()
        if i == 3:
            if best is None or cost < best:
                best = cost
            continue
        queue.append((cost + x[i], i + 1))
        queue.append((cost + k * x[i] ** 2, i + 1))
    return best


def halves(x, k):
    queue = [(x, 1.0)]
    total = 0.0
    while queue:
        part, w = queue.pop()
        if len(part) == 1:
            total += part[0] * w
        else:
            m = len(part) // 2
            queue.append((part[:m], w * k))
            queue.append((part[m:] * w, w + k))
    return total


def replaced_records(x, k):
    pairs = [(x[0], k), (x[1], 2.0)]
    for v in x:
        a, b = pairs[0]
        pairs[0] = (a * v, b + a)
        pairs[1] = (pairs[1][0] + b, b)
    return pairs[0][0] * pairs[0][1] + pairs[1][0] * pairs[1][1]


@pytest.mark.parametrize("function", [paths, halves, replaced_records])
def test_lists_that_begin_with_known_items(function):
    right(function, X, 0.5)


# --- operators of classes ---------------------------------------------------------------------------------------------
class Vector:
    def __init__(self, x):
        self.x = x
        self.items = []

    def __add__(self, other):
        return Vector(self.x + other.x)

    def __iadd__(self, other):
        self.x = self.x * other.x
        return self

    def __imul__(self, k):
        self.x *= k
        return self

    def __mod__(self, k):
        return Vector(self.x * 2.0 + k)

    def __or__(self, other):
        return Vector(self.x - other.x)

    def __pos__(self):
        return Vector(self.x**2)

    def __invert__(self):
        return Vector(self.x**3)


class Holder:
    def __init__(self, vector):
        self.vector = vector


def operators(x, k):
    p = Vector(x[0])
    q = p
    p += Vector(k)
    p *= x[1]
    return q.x + (+p).x + (~p).x + (p % 3.0).x + (p | Vector(k)).x


def in_attributes_and_items(x, k):
    holder = Holder(Vector(x[0]))
    q = holder.vector
    holder.vector += Vector(k)
    table = {"a": q}
    table["a"] += Vector(x[1])
    for v in x:
        q.items += [v * k]
    return holder.vector.x * q.x + sum(holder.vector.items)


def accumulated(x, k):
    total = Vector(k)
    for v in x:
        total += Vector(v)
    return total.x


@pytest.mark.parametrize("function", [operators, in_attributes_and_items, accumulated])
def test_operators_that_change_an_object(function):
    right(function, X, 0.5)


def default_of_the_class(x, k):
    return WithDefault(k).x * np.sum(x)


class WithDefault:
    x = 3.0

    def __init__(self, a):
        if a > 1.0:
            self.x = a


class Limited:
    def __init__(self, x):
        self._x = x

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, value):
        self._x = value * 2.0


def repeated_in_place(x, k):
    xs = [x[0], x[1]]
    ys = xs
    xs *= 2
    return ys[1] * k


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (default_of_the_class, "WithDefault"),
    ],
)
def test_what_classes_do_unseen_is_refused(function, names):
    refused(function, X, 0.5, names=names)


def test_a_list_is_repeated_in_place():
    right(repeated_in_place, X, 0.5)


# --- named tuples, enum members ---------------------------------------------------------------------------------------
class State(NamedTuple):
    pos: np.ndarray
    vel: float


class Axis(enum.IntEnum):
    FIRST = 0
    LAST = 2


class Kind(enum.Enum):
    SQUARE = "square"
    SUM = "sum"


def replaced(x, k):
    state = State(x, k)
    other = state._replace(vel=state.vel * 2)
    table = other._asdict()
    for i in range(3):
        other = other._replace(pos=other.pos * k, vel=other.vel + i)
    return np.sum(other.pos) * other.vel + np.sum(table["pos"]) * table["vel"]


def members(x, k):
    axis = Axis.LAST
    total = x[Axis.LAST] * k + x[Axis.FIRST : Axis.LAST].sum() * axis
    if axis == Axis.LAST and axis is not Axis.FIRST:
        total = total * Axis.LAST.value
    return total


@pytest.mark.parametrize("function", [replaced, members])
def test_named_tuples_and_enum_members(function):
    right(function, X, 0.5)


def of_a_kind(x, kind):
    return x @ x if kind is Kind.SQUARE else np.sum(2.0 * x)


def test_a_member_as_an_argument_counts_by_value():
    df = s2sad.grad(of_a_kind)
    np.testing.assert_allclose(df(X, Kind.SQUARE), 2.0 * X)
    np.testing.assert_allclose(df(X, Kind.SUM), np.full(3, 2.0))


def scaled(x, box):
    return np.sum(x) * box[0]


def test_an_argument_that_contains_itself():
    box = [1.0]
    box.append(box)
    with pytest.raises(s2sad.ArgumentError, match="contains itself"):
        s2sad.grad(scaled)(X, box)


def set_by_a_property(x, k):
    limited = Limited(k)
    limited.x = np.sum(x)
    return limited.x * k


def test_what_a_property_sets():
    right(set_by_a_property, X, 0.5)
