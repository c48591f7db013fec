"""Lists and objects that are kept in pools, compared and ordered as Python compares and orders them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest

import s2sad

X = np.array([0.7, 1.3, -0.4, 2.1, 0.9])


@dataclass
class Pair:
    """Two numbers."""

    v: float
    w: float


@dataclass(order=True)
class Rank:
    """Two numbers in their order."""

    v: float
    w: float


class Node:
    """One of a ring."""

    def __init__(self, v):
        self.v = v
        self.r = None


class Ordered:
    """What has an order of its own."""

    def __init__(self, v):
        self.v = v

    def __lt__(self, other):
        return self.v < other.v


def grid(x):
    g = []
    for v in x:
        g.append([v, 2.0])
    return g


def equal_grids(x):
    g = grid(x)
    h = grid(x)
    s = x[0]
    if g == h:
        s = s * s
    g[1][0] *= 3.0
    h[1][0] *= 3.0
    if g == h:
        s = s * s
    h[2][0] *= 3.0
    if g == h:
        s = s * s
    if g != h:
        s = s * s
    return s + g[1][0]


def lesser_rows(x):
    g = grid(x)
    s = x[0]
    g[1][0] *= 3.0
    if g[0] < g[1]:
        s = s * s
    if g[0] < g[2]:
        s = s * s
    if max(g) is g[1]:
        s = s * s
    m = min(g)
    m[0] += 1.0
    return s + g[1][0] + g[2][0]


def sorted_rows(x):
    g = grid(x)
    s = x[0]
    g[1][0] *= 3.0
    g.sort()
    g[0][0] *= 2
    h = sorted(g, reverse=True)
    h[1][0] *= 3
    return s + sum(i * r[0] for i, r in enumerate(g))


def rows_looked_for(x):
    g = grid(x)
    a = g[2]
    g[1][0] *= 3.0
    k = g.index(a)
    g[k][1] *= 2
    b = [x[3], 2.0]
    g.append(b)
    s = x[0]
    if g.count(b) == 2:
        s = s * s
    if [x[0], 2.0] in g:
        s = s * s
    if [x[0], 2.5] not in g:
        s = s * s
    if b in g:
        s = s * s
    g.remove(a)
    return s + sum(i * r[0] for i, r in enumerate(g))


def equal_lists_of_grids(x):
    g = [grid(x)]
    g.append(grid(x))
    g[1][0][0] += 1.0
    s = x[0]
    if g[0] == g[1]:
        s = s * s
    g[0][0][0] += 1.0
    if g[0] == g[1]:
        s = s * s
    if g[0] in g:
        s = s * s
    return s + g[0][0][0]


def rows_that_may_be_one(x):
    a = [x[0], x[1]]
    b = [x[0], x[1]]
    c = [x[1], x[2]]
    g = [a, c]
    d = a
    if x[0] > 0:
        d = c
    s = x[0]
    d[0] *= 2.0
    if b in g:
        s = s * s
    if d in g:
        s = s * s
    if [a, c] == g:
        s = s * s
    if [b, c] == g:
        s = s * s
    if [b, d] == [a, d]:
        s = s * s
    d[1] *= 2.0
    if d == a:
        s = s * s
    return s + a[0] + c[1]


def rows_in_tuples(x):
    g = grid(x)
    t = [(i, r) for i, r in enumerate(g)]
    g[1][0] *= 3
    s = x[0]
    if (1, g[1]) in t:
        s = s * s
    if (1, g[1]) == t[1]:
        s = s * s
    if (1, g[0]) == t[1]:
        s = s * s
    if (1, [x[1] * 3, 2.0]) == t[1]:
        s = s * s
    return s + g[1][0]


def dataclasses_looked_for(x):
    ps = [Pair(v, v * v) for v in x]
    ps[0].v += 1.0
    s = x[0]
    for p in ps:
        p.w += p.v
    q = Pair(ps[1].v, ps[1].w)
    if q in ps:
        s = s * s
    if q == ps[1]:
        s = s * s
    if ps[2] == ps[1]:
        s = s * s
    qs = [Pair(p.v, p.w) for p in ps]
    if qs == ps:
        s = s * s
    qs[1].v = 0
    if qs == ps:
        s = s * s
    k = ps.index(q)
    ps.remove(q)
    return s + k * ps[1].v


def looked_for_before_it_is_gone(x):
    qs = []
    for v in x:
        qs.append([v])
    a = qs[0]
    s = x[0]
    b = a in qs
    c = a is qs[0]
    d = qs[0] == a
    qs.clear()
    if b:
        s = s * s
    if c:
        s = s * s
    if d:
        s = s * s
    return s


def neighbours_and_rows(x):
    ps = [Node(v) for v in x]
    for p, q in itertools.pairwise(ps):
        p.r = q
    ps[-1].r = ps[0]
    qs = ps[1:3]
    g = [[v, v * v] for v in x]
    a = ps[0]
    if a in qs:
        g[0] = [x[1], 1.0]
    else:
        g = [*g[1:], g[0]]
    s = 0.0
    qs.insert(0, a)
    for i, p in enumerate(qs):
        s += (i + 2) * p.v * p.r.v
    for i, row in enumerate(g):
        s += (i + 1) * sum(row)
    return s


def greatest_of_ordered(x):
    items = [Ordered(v) for v in x]
    for item in items:
        item.v *= 2.0
    return max(items).v


def sorted_of_ordered(x):
    items = [Ordered(v) for v in x]
    for item in items:
        item.v *= 2.0
    return sorted(items)[0].v


def sorted_backwards(x):
    items = [Ordered(v) for v in x]
    for item in items:
        item.v *= 2.0
    items.sort(reverse=True)
    items[0].v += 1.0
    return sum(i * item.v for i, item in enumerate(items)) * min(items).v


def sorted_dataclasses(x):
    items = [Rank(v, v * v) for v in x]
    for item in items:
        item.w += item.v
    best = max(items)
    best.v *= 2.0
    items.sort()
    return sum(i * item.w + item.v for i, item in enumerate(items))


class Doubled:
    """One class of two."""

    def __init__(self, k):
        self.k = k


class Squared:
    """The other."""

    def __init__(self, k):
        self.k = k


def of_two_classes(x):
    items = []
    for v in x:
        if v > 0.5:
            items.append(Doubled(v))
        else:
            items.append(Squared(v))
    for item in items:
        item.k += 1.0
    return items


def several_classes(x):
    items = of_two_classes(x)
    items[0].k *= 2.0
    s = 0.0
    for item in items:
        if item is items[-1]:
            s += 10 * item.k
        if item in items[:2]:
            s += item.k
        if item == items[0]:
            s += 3 * item.k
        if type(item) is type(items[0]):
            s += 0.1 * item.k
        if type(item) is not Doubled:
            s += item.k**2
    return s


def moved(x):
    items = [Pair(v, v * v) for v in x]
    for item in items:
        item.v += 0.1
    return items


def read_of_what_a_call_made(x):
    items = moved(x)
    return len(items) * items[0].v


PROGRAMS = [
    several_classes,
    read_of_what_a_call_made,
    greatest_of_ordered,
    sorted_of_ordered,
    sorted_backwards,
    sorted_dataclasses,
    equal_grids,
    lesser_rows,
    sorted_rows,
    rows_looked_for,
    equal_lists_of_grids,
    rows_that_may_be_one,
    rows_in_tuples,
    dataclasses_looked_for,
    looked_for_before_it_is_gone,
    neighbours_and_rows,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(program):
    for x in (X, X.tolist()):
        value, _ = s2sad.value_and_grad(program)(x)
        assert np.isclose(value, program(x), rtol=1e-12)
        s2sad.check_grads(program, (x,))
