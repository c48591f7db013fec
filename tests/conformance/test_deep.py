"""What a recursive function makes holds ever more of its own, and is gone through as deep as it goes."""

import dataclasses

import numpy as np
import pytest

from tests.conformance.checks import agrees

INPUTS = [np.array([0.7, 1.2, -0.4, 0.9, 0.3]), np.array([-1.1, 0.5, 2.0, -0.6, 1.4])]


class Slots:
    __slots__ = ("kids", "v")

    def __init__(self, v, kids):
        self.v, self.kids = v, kids


class Value:
    __slots__ = ("v",)


class Inherited(Value):
    __slots__ = ("kids",)

    def __init__(self, v, kids):
        self.v, self.kids = v, kids


@dataclasses.dataclass
class Record:
    v: float
    kids: list


def chain(x, i, cls):
    if i > 2:
        return None
    return cls(x[i], [chain(x, i + 1, cls)])


def grown(x, i, cls):
    if i > 3:
        return None
    return cls(x[i] * x[0], [grown(x, i + 1, cls), grown(x, i + 2, cls)])


def slots_of_one(x):
    return chain(x, 0, Slots).kids[0].v ** 2


def dataclass_of_one(x):
    return chain(x, 0, Record).kids[0].v ** 2


def inherited_slots(x):
    return chain(x, 0, Inherited).kids[0].v ** 2


def slots_of_two(x):
    t = grown(x, 0, Slots)
    return t.kids[0].v ** 2 * t.v


def two_levels_down(x):
    t = grown(x, 0, Record)
    k = t.kids[1]
    return k.v**2 * t.v + k.kids[0].v


def total(t):
    if t is None:
        return 0.0
    return t.v**2 + sum(0.5 * total(k) for k in t.kids)


def summed_below(x):
    t = grown(x, 0, Record)
    return total(t.kids[0]) + t.v


def summed(x):
    t = grown(x, 0, Slots)
    return total(t)


def unpacked(x):
    t = grown(x, 0, Record)
    a, b = t.kids
    c, d = a.kids
    return c.v * b.v + (d.v if d is not None else 2.0) * len(b.kids)


class Node:
    def __init__(self, v, left=None, right=None):
        self.v, self.left, self.right = v, left, right

    def total(self):
        lower = self.left.total() * 0.5 if self.left else 0
        return self.v + lower + (self.right.total() * 2 if self.right else 0)


def half(x, lo, hi):
    if hi <= lo:
        return None
    m = (lo + hi) // 2
    return Node(x[m], half(x, lo, m), half(x, m + 1, hi))


def halved(x):
    t = half(x, 0, 5)
    return t.total() + t.left.left.v * t.right.v


def changed_below(x):
    t = half(x, 0, 5)
    t.left.left.v *= x[0]
    return t.total()


def walked_down(x):
    t = half(x, 0, 5)
    n, s = t, 0.0
    while n is not None:
        s += n.v**2
        n = n.right
    return s


def tree_of_dicts(x, i):
    if i > 3:
        return {"v": x[i], "kids": []}
    return {
        "v": x[i] * x[0],
        "kids": [tree_of_dicts(x, i + 1), tree_of_dicts(x, i + 2)] if i < 2 else [tree_of_dicts(x, i + 1)],
    }


def total_of_dicts(d):
    return d["v"] ** 2 + sum(total_of_dicts(k) for k in d["kids"])


def dicts(x):
    return total_of_dicts(tree_of_dicts(x, 0))


def gone_through_with_a_stack(x):
    t = grown(x, 0, Slots)
    q = [t]
    s = 0.0
    while q:
        n = q.pop()
        if n is None:
            continue
        s += n.v**2 * len(q)
        q.extend(n.kids)
    return s


def changed_in_a_loop(x):
    t = grown(x, 0, Record)
    for k in t.kids:
        k.v *= 2
    return total(t)


PROGRAMS = [
    slots_of_one,
    inherited_slots,
    dataclass_of_one,
    slots_of_two,
    two_levels_down,
    summed_below,
    summed,
    unpacked,
    halved,
    changed_below,
    walked_down,
    dicts,
    gone_through_with_a_stack,
    changed_in_a_loop,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(program):
    agrees(program, INPUTS)
