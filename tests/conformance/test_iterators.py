"""Iterators that are values: gone through late, and once."""

# ruff: noqa: B023, B905, C417, F841, PLC3002 - what the rules advise against is what is tried here

import inspect
import itertools

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import right


def map_twice(x, k):
    m = (v * k for v in x)
    a = sum(m)
    return a + sum(m) + np.sum(x**2)


def zip_twice(x, k):
    z = zip(x, x**2, strict=False)
    s = 0.0
    for a, b in z:
        s += a * b
    for a, b in z:
        s += a * b
    return s * k


def enumerate_twice(x, k):
    z = enumerate(x)
    s = 0.0
    for a, b in z:
        s += a * b
    for a, b in z:
        s += a * b
    return s * k


def reversed_twice(x, k):
    z = reversed(x)
    s = 0.0
    for b in z:
        s += b * k
    for b in z:
        s += b * b
    return s * k


def filter_twice(x, k):
    z = filter(lambda v: v > 0.5, x)
    return sum(z) * k + sum(z)


def expression_twice(x, k):
    z = (v * k for v in x)
    return sum(z) * k + sum(z)


def expression_of_an_array_written_later(x, k):
    y = x.copy()
    z = (v * k for v in y)
    y[0] = 3.0
    return sum(z) * k


def map_of_an_array_written_later(x, k):
    y = x.copy()
    z = (v * k for v in y)
    y[0] = 3.0
    return sum(z) * k


def expression_of_a_name_bound_later(x, k):
    z = (v * k for v in x)
    k = 2.0
    return sum(z) * k


def chain_twice(x, k):
    z = itertools.chain(x, x * k)
    return sum(z) + sum(z)


def accumulate_twice(x, k):
    z = itertools.accumulate(x)
    return sum(z) * k + sum(z)


def items_of_a_dict_twice(x, k):
    d = {"a": x[0], "b": k}
    z = d.items()
    s = 0.0
    for _, v in z:
        s += v * v
    for _, v in z:
        s += v * v
    return s


def first(x, k):
    return next(v for v in x if v > 0.1) * k


def handed_on(x, k):
    return sum(v * k for v in x) + max(v for v in x) + math_fsum(v * v for v in x)


def math_fsum(g):
    return sum(g)


def gone_through_elsewhere(x, k):
    g = (v * k for v in x)
    return total(g)


def total(g):
    s = 0.0
    for v in g:
        s += v * v
    return s


def in_two_arms(x, k):
    g = (v * k for v in x)
    if k > 0.5:
        a = sum(g)
    else:
        a = 2 * sum(g)
    return a


def in_a_loop(x, k):
    g = (v * k for v in x)
    s = 0.0
    for i in range(2):
        s += sum(g)
    return s


def two_clauses(x, k):
    g = (a * b for a in x for b in x if a > b)
    return sum(g) * k


def map_of_a_name_the_loop_binds(x, k):
    c = k
    s = 0.0
    for v in (u * c for u in x):
        s += v
        c = c * 0.9
    return s


def map_of_an_array_the_loop_writes(x, k):
    y = x.copy()
    i = 0
    s = 0.0
    for v in map(np.sin, y):
        i += 1  # noqa: SIM113
        if i < 4:
            y[i] = y[i] * k + v
        s += v
    return s


def filter_by_a_name_the_loop_binds(x, k):
    c = 0.5
    s = 0.0
    for v in filter(lambda u: u > c, x):
        s += v * k
        c = 0.6
    return s


def chain_of_an_array_the_loop_writes(x, k):
    y = x.copy()
    s = 0.0
    for v in itertools.chain(x, y):
        s += v
        y[0] = s
    return s * k


def enumerate_of_an_array_the_loop_writes(x, k):
    y = x.copy()
    s = 0.0
    for i, v in enumerate(y):
        s += v * k
        if i < 3:
            y[i + 1] += s
    return s


def enumerate_of_a_name_the_loop_binds(x, k):
    s = 0.0
    for i, x in enumerate((x, k, x * 2, 3.0)):  # noqa: B020
        s = s + np.sum(x) * i
    return s


def zip_of_an_expression_of_a_name_the_loop_binds(x, k):
    s = 0.0
    for a, b in zip((v * k for v in x), x, strict=False):
        k = k * 0.9
        s += a * b
    return s


def zip_of_an_expression(x, k):
    s = 0.0
    for a, b in zip((v * k for v in x), x, strict=False):
        s += a * b
    return s


def each(f, xs):
    for u in xs:
        yield f(u)


def generator_given_a_function_of_a_name_the_loop_binds(x, k):
    c = k
    s = 0.0
    for v in each(lambda u: u * c, x):
        s += v
        c = c * 0.9
    return s


def generator_given_a_function_that_binds(x, k):
    c = k
    s = 0.0

    def f(u):
        nonlocal c
        c = c * 1.1
        return u * c

    for v in each(f, x):
        s += v
        c = c * 0.9
    return s


def generator_given_a_function_with_a_loop(x, k):
    c = k
    s = 0.0

    def f(u):
        t = u
        for i in range(2):
            if t > c:
                t = t * c
        return t

    for v in each(f, x):
        s += v
        c = c * 0.9
    return s * c


def expressions_of_the_variable_of_a_comprehension(x, k):
    gs = [(i * v for v in x) for i in (1, 2)]
    return sum(sum(g) for g in gs) * k


def kept_in_a_list(x, k):
    gs = []
    for i in (1, 2):
        gs.append(i * v for v in x)
    return sum(sum(g) for g in gs) * k


def sums_in_a_comprehension(x, k):
    return sum([sum(i * v for v in x) for i in (1, 2)]) * k


class B:
    def __init__(self, it):
        self.it = it

    def total(self):
        return sum(self.it)


def kept_by_an_object(x, k):
    b = B(v * k for v in x)
    return b.total()


def kept_by_an_object_while_a_name_changes(x, k):
    b = B(v * k for v in x)
    k = 3.0
    return b.total() * k


def made_by_an_inner_function(x, k):
    def make(c):
        return (v * c for v in x)

    return sum(make(k)) + sum(make(2 * k))


def helper(x, c):
    return (v * c for v in x if v > 0.4)


def made_by_a_function(x, k):
    return sum(helper(x, k)) + max(helper(x, k * k))


def helper3(x, c):
    return map(lambda v: v * c, x)


def map_made_by_a_function(x, k):
    s = 0.0
    for v in helper3(x, k):
        s = s * 0.5 + v
    return s


def gone_through_on_one_path(x, k):
    g = (v * k for v in x)
    s = 0.0
    if k > 0.5:
        s = sum(g)
    return s


def under_two_names(x, k):
    g = (v * k for v in x)
    h = g
    return sum(h)


def unpacked(x, k):
    g = (v * k for v in x)
    a, *rest = g
    return a * sum(rest)


def iter_and_next(x, k):
    it = iter(x)
    a = next(it)
    b = next(it)
    return a * b * k + sum(it)


def beside_and_in_one_another(x, k):
    return sum(a * b for a, b in zip(x, (v * k for v in x))) + sum(v for row in ((a, a * k) for a in x) for v in row)


def assigns_outside(x, k):
    t = 0.0
    s = sum((t := t + v * k) for v in x)
    return s * t


def any_and_all_of(x, k):
    return k * np.sum(x) if any(v > 0.5 for v in x) and not all(v > 0.8 for v in x) else 0.0


def sorted_of(x, k):
    return sum(sorted((v * k for v in x), key=lambda v: -v)[:2])


def enumerate_of_zip_of_map(x, k):
    for i, (a, b) in enumerate(zip(x, map(lambda v: v * k, x))):
        if i == 2:
            return a * b
    return 0.0


def islice_and_takewhile_of(x, k):
    return sum(itertools.islice((v * k for v in x), 2)) + sum(itertools.takewhile(lambda v: v < 5, map(np.sin, x)))


def functions_of_the_variable_of_a_comprehension(x, k):
    i = 5
    fs = [lambda v: i * v for i in (1, 2)]
    return sum([f(k) for f in fs]) * x[0]


def functions_of_the_variable_in_a_dict(x, k):
    i = 5
    fs = {n: (lambda v: i * v) for i, n in enumerate("ab")}
    return fs["a"](k) * x[0]


def functions_with_defaults(x, k):
    fs = [lambda v, i=i: i * v for i in (1, 2)]
    return sum([f(k) for f in fs]) * x[0]


def functions_made_in_a_loop(x, k):
    fs = []
    for i in (1, 2):
        fs.append(lambda v: i * v)
    return sum([f(k) for f in fs]) * x[0]


def functions_of_a_name_bound_later(x, k):
    i = 3
    fs = [(lambda v: i * v) for j in (1, 2)]
    i = 4
    return sum([f(k) for f in fs]) * x[0]


def functions_called_at_once(x, k):
    return sum([(lambda v: i * v)(k) for i in (1, 2)]) * x[0]


def chain_from_iterable_twice(x, k):
    z = itertools.chain.from_iterable([x, x * k])
    return sum(z) + sum(z)


X = np.random.default_rng(0).uniform(0.3, 0.9, size=4)
LATE = [
    expressions_of_the_variable_of_a_comprehension,
    functions_of_the_variable_of_a_comprehension,
    functions_of_the_variable_in_a_dict,
]
SPENT = [
    chain_from_iterable_twice,
    kept_in_a_list,
    map_twice,
    zip_twice,
    enumerate_twice,
    reversed_twice,
    filter_twice,
    expression_twice,
    chain_twice,
    accumulate_twice,
    in_two_arms,
    in_a_loop,
]
RIGHT = [
    value
    for value in list(globals().values())
    if inspect.isfunction(value)
    and value.__module__ == __name__
    and list(inspect.signature(value).parameters) == ["x", "k"]
    and value not in (*SPENT, *LATE)
]


@pytest.mark.parametrize("function", RIGHT, ids=lambda f: f.__name__)
def test_iterators(function):
    right(function, X, 0.7)


@pytest.mark.parametrize("function", SPENT, ids=lambda f: f.__name__)
def test_an_iterator_that_is_spent_is_refused(function):
    with pytest.raises(s2sad.UnsupportedError, match=r"gone through|may still read"):
        s2sad.grad(function)(X, 0.7)


@pytest.mark.parametrize("function", LATE, ids=lambda f: f.__name__)
def test_what_reads_the_variable_of_a_comprehension_later_is_refused(function):
    with pytest.raises(s2sad.UnsupportedError, match="then it is the last one"):
        s2sad.grad(function)(X, 0.7)
