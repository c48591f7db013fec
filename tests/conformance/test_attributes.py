"""Attributes of classes and modules, static and class methods, bound methods that are globals."""

import types

import numpy as np
import pytest

import s2sad

X = np.array([0.5, -1.25])
tables = types.ModuleType("tables_of_test")
tables.W = np.array([[1.0, 2.0], [3.0, 4.0]])
tables.names = {"a": np.array([2.0, 3.0])}
tables.power = 2


class Table:
    weights = np.array([[1.0, 2.0], [3.0, 4.0]])
    parts = (1.0, 2.0)
    factor = 3.0

    def __init__(self, own):
        self.own = own

    @classmethod
    def scaled(cls, own):
        return cls(own * cls.factor)

    @staticmethod
    def squared(x):
        return x * x

    def __call__(self, x):
        return np.sum(self.weights @ self.squared(self.own * x))


class Wider(Table):
    factor = 5.0

    def both(self, x):
        return self.scaled(x)(x) + np.sum(self.squared(x)) * self.parts[1] + super_free(self, x)


def super_free(table, x):
    return np.sum(Table.weights[0] * x) + table.weights[1, 0] * x[1]


wider = Wider(np.ones(2))
both, call = wider.both, wider.__call__


PROGRAMS = {
    "of a class": lambda x: np.sum(Table.weights @ x) * Table.factor + Table.parts[0] * x[1],
    "of a module": lambda x: np.sum(tables.W @ x) ** tables.power + np.sum(tables.names["a"] * x),
    "through an object": lambda x: np.sum(wider.weights @ x) + wider(x),
    "class methods": lambda x: Table.scaled(x)(x) + Wider.scaled(x)(x) + Table.squared(x)[0],
    "methods": lambda x: wider.both(x),
    "bound methods": lambda x: both(x) * call(x),
    "objects made inside": lambda x: Wider(x).both(x),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives(name):
    f = PROGRAMS[name]
    value, _ = s2sad.value_and_grad(f)(X)
    assert value == pytest.approx(f(X), rel=1e-14)
    s2sad.check_grads(f, (X,))


@pytest.mark.parametrize("holder", [Table, tables])
def test_they_are_read_at_each_call(holder):
    name = "weights" if holder is Table else "W"
    f = (lambda x: np.sum(Table.weights @ x)) if holder is Table else (lambda x: np.sum(tables.W @ x))
    slope, before = s2sad.grad(f), getattr(holder, name)
    first = slope(X)
    try:
        setattr(holder, name, 2.0 * before)
        assert np.allclose(slope(X), 2.0 * first)
        setattr(holder, name, before[:1])
        assert np.allclose(slope(X), before[0])
    finally:
        setattr(holder, name, before)
    assert np.allclose(slope(X), first)


def test_an_argument_with_attributes_of_its_class():
    def f(x, table):
        return np.sum(table.weights @ (table.own * x))

    s2sad.check_grads(f, (X, wider))
    found = s2sad.grad(f, argnums=1)(X, wider)
    assert np.allclose(found.own, Table.weights.sum(axis=0) * X)


class Counter:
    def __init__(self, v):
        self.v = v


COUNTER, PAIR = Counter(1.0), [1.0, 2.0]


def counted(x):
    for _ in range(3):
        COUNTER.v = COUNTER.v * x + 1.0
    return COUNTER.v


def counted_in_a_list(x):
    for _ in range(3):
        PAIR[0] = PAIR[0] * x + 1.0
    return PAIR[0]


def counted_on_a_path(x):
    if x > 0.1:
        for _ in range(3):
            COUNTER.v = COUNTER.v * x + 1.0
    return x * COUNTER.v


def counted_once(x):
    for i in range(3):
        if i == 1:
            COUNTER.v = COUNTER.v * x
            continue
        if i == 5:
            COUNTER.v = 3.0
    return x * COUNTER.v


def left_early(x):
    if x > 9.0:
        COUNTER.v = 2.0
        return x
    return COUNTER.v * x


def left_by_break(x):
    while x < 9.0:
        x = x * 1.7
        if x > 4.0:
            COUNTER.v = 2.0 * x
            break
    return COUNTER.v * x


def stepped(x):
    COUNTER.v = COUNTER.v * x + 1.0
    return x


def counted_by_a_helper(x):
    for _ in range(3):
        x = stepped(x) * 0.9
    return x * COUNTER.v


@pytest.mark.parametrize(
    "f",
    [counted, counted_in_a_list, counted_on_a_path, counted_once, left_early, left_by_break, counted_by_a_helper],
    ids=lambda f: f.__name__,
)
def test_an_object_from_outside_that_is_first_met_in_a_loop_or_a_branch(f):
    def anew(run, x):
        COUNTER.v, PAIR[:] = 1.0, [1.0, 2.0]
        return run(x), COUNTER.v, PAIR[0]

    value, *left = anew(f, 0.7)
    (found, gradient), *after = anew(s2sad.value_and_grad(f), 0.7)
    assert [found, *after] == [value, *left]
    assert gradient == pytest.approx((anew(f, 0.7 + 1e-6)[0] - anew(f, 0.7 - 1e-6)[0]) / 2e-6, rel=1e-6)
    assert anew(lambda x: s2sad.jvp(f, (x,), (1.0,))[1], 0.7)[0] == pytest.approx(gradient, rel=1e-12)
