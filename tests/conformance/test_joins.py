"""What paths join: objects that one of them changes and replaces, numbers that may be None, early returns."""

from __future__ import annotations

import numpy as np
import pytest

import s2sad

INPUTS = [
    np.array([0.3, 1.3, -0.4, 2.1, 0.9]),
    np.array([0.8, 0.3, 1.7, -0.2, 1.1]),
    np.array([-1.1, 0.2, 0.4, 1.2, 0.7]),
]


def zero_or_none(x):
    if x[0] < 0.6:
        n = None
    else:
        n = 0
    if n is not None:
        return x[3]
    return x[1]


def one_or_none(x):
    if x[0] < 0.6:
        n = None
    else:
        n = 1
    if n is not None:
        return x[3]
    return x[1]


def float_or_none(x):
    n = None
    if x[0] > 0.6:
        n = 2.5
    if n is None:
        return x[3]
    return x[1]


def if_else(x):
    n = None if x[0] < 0.6 else 2
    if n is None:
        return x[3]
    return x[1]


def string_or_none(x):
    n = None
    if x[0] > 0.6:
        n = "a"
    if n is None:
        return x[3]
    return x[1]


def true_or_none(x):
    n = None
    if x[0] > 0.6:
        n = True
    if n:
        return x[3]
    return x[1]


def none_or_zero(x):
    if x[0] < 0.6:
        return None
    return 0


def none_or_three(x):
    return None if x[0] < 0.6 else 3


def returned_in_a_branch(x):
    n = none_or_zero(x)
    if n is not None:
        return x[3]
    return x[1]


def returned_if_else(x):
    n = none_or_three(x)
    if n is None:
        return x[3]
    return x[1] * n


def in_a_dict(x):
    d = {"k": None, "v": x[0]}
    if x[0] > 0.6:
        d["k"] = 2
    if d["k"] is None:
        return x[3]
    return x[1] * d["k"]


def set_in_a_loop(x):
    n = None
    for i in range(3):
        if x[i] > 1.0:
            n = 1
    if n is None:
        return x[3]
    return x[1] * n


def counter_or_none(x):
    n = None
    for i in range(3):
        if x[i] > 1.0:
            n = i
    if n is None:
        return x[3]
    return x[n] * n


def in_a_list(x):
    ns = [None, 1]
    s = 0.0
    for n in ns:
        if n is None:
            s += x[0]
        else:
            s += x[n] * n
    return s


def in_a_growing_list(x):
    ns = []
    for v in x:
        ns.append(1 if v > 0.6 else None)
    s = 0.0
    for n in ns:
        if n is None:
            s += x[0]
        else:
            s += x[n] * n
    return s


def not_zero(x):
    n = None if x[0] < 0.6 else 0
    if not n:
        return x[2]
    return x[1]


def equal_to_zero(x):
    n = None if x[0] < 0.6 else 0
    if n == 0:
        return x[2]
    return x[1]


def zero_or_three(x):
    n = 0 if x[0] < 0.6 else None
    return x[2] * (n or 3)


class Cell:
    def __init__(self):
        self.n = None


def in_an_object(x):
    c = Cell()
    if x[0] > 0.6:
        c.n = 1
    if c.n is None:
        return x[2]
    return x[c.n]


def set_in_a_try(x):
    n = None
    try:
        if x[0] > 0.6:
            n = 1
        y = x[0] / 1.0
    except ValueError:
        n = 2
    if n is None:
        return x[2] * y
    return x[n]


class Pair:
    def __init__(self, v, w):
        self.v = v
        self.w = w
        self.n = None


def changed_and_made_anew(x):
    d = Pair(x[0], x[1])
    if x[0] > 0.6:
        d.w = x[2]
        d = Pair(d.v * 2, d.w)
    return d.v + 2 * d.w


def changed_and_made_anew_here(x):
    d = Pair(x[0], x[1])
    if x[0] < 0.6:
        d.w = x[2]
        d = Pair(d.v * 2, d.w)
    return d.v + 2 * d.w


def swapped_or_changed(x):
    d = Pair(x[0], x[1])
    e = Pair(x[2], x[3])
    if x[0] < 0.6:
        d.w = x[2]
        d, e = e, d
    else:
        e.v = x[4]
    return d.v + 2 * d.w + 3 * e.v


def changed_or_named(x):
    d = Pair(x[0], x[1])
    n = None
    if x[0] < 0.6:
        d.w = x[2]
    else:
        d.w = x[4]
        n = d
    if n is not None:
        return n.w
    return d.w


def named_or_changed(x):
    d = Pair(x[0], x[1])
    n = None
    if x[0] < 0.6:
        d.w = x[2]
        n = d
    else:
        d.w = x[4]
    if n is not None:
        return n.w * d.v
    return d.w


def lists_in_a_loop(x):
    d = [x[0], x[1]]
    for k in range(3):
        if x[k] > 0:
            d[0] = x[k] * d[1]
            d = [d[1], d[0]]
        else:
            d[1] *= 2
    return d[0] + 2 * d[1]


def list_in_a_tuple(x):
    t = (x[0], [x[1], x[2]])
    if x[0] > 0:
        t[1][0] = x[3]
        t = (x[1], [x[0], t[1][0]])
    return t[0] + 2 * t[1][0] + 3 * t[1][1]


def tuple_with_the_list(x):
    t = (x[0], [x[1], x[2]])
    if x[0] > 0:
        t[1][0] = x[3]
        t = (x[1], t[1])
    return t[0] + 2 * t[1][0] + 3 * t[1][1]


def dict_changed_and_made_anew(x):
    d = {"a": x[0], "b": x[1]}
    if x[0] > 0.6:
        d["b"] = x[2]
        d = {"a": d["a"] * 2, "b": d["b"]}
    return d["a"] + 2 * d["b"]


def dict_made_anew(x):
    d = {"a": x[0], "b": x[1]}
    if x[0] > 0.6:
        d = {"a": d["a"] * 2, "b": x[2]}
    return d["a"] + 2 * d["b"]


def dict_updated(x):
    d = {"a": x[0], "b": x[1]}
    if x[0] > 0.6:
        d.update(b=x[2])
    return d["a"] + 2 * d["b"]


def dict_changed_by_name(x):
    d = {"a": x[0], "b": x[1]}
    if x[0] > 0.6:
        b = x[2]
        d["b"] = b
        d = {"a": d["a"] * 2, "b": d["b"]}
    return d["a"] + 2 * d["b"]


def list_reversed_and_made_anew(x):
    d = [x[0], x[1]]
    if x[0] > 0.6:
        d.reverse()
        d = [d[0], d[1]]
    return d[0] + 2 * d[1]


def list_grown_and_made_anew(x):
    d = [x[0], x[1]]
    if x[0] > 0.6:
        d.append(x[2])
        d.pop(0)
        d = [d[0], d[1]]
    return d[0] + 2 * d[1]


PROGRAMS = [
    zero_or_none,
    one_or_none,
    float_or_none,
    if_else,
    string_or_none,
    true_or_none,
    returned_in_a_branch,
    returned_if_else,
    in_a_dict,
    set_in_a_loop,
    counter_or_none,
    in_a_list,
    in_a_growing_list,
    not_zero,
    equal_to_zero,
    zero_or_three,
    in_an_object,
    set_in_a_try,
    changed_and_made_anew,
    changed_and_made_anew_here,
    swapped_or_changed,
    changed_or_named,
    named_or_changed,
    lists_in_a_loop,
    list_in_a_tuple,
    tuple_with_the_list,
    dict_changed_and_made_anew,
    dict_made_anew,
    dict_updated,
    dict_changed_by_name,
    list_reversed_and_made_anew,
    list_grown_and_made_anew,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(program):
    for x in INPUTS:
        for given in (x, x.tolist()):
            value, _ = s2sad.value_and_grad(program)(given)
            assert np.isclose(value, program(given), rtol=1e-12)
            s2sad.check_grads(program, (given,))


@pytest.mark.parametrize("program", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_second_derivatives(program):
    s2sad.check_grads(s2sad.grad(program), (INPUTS[0],), rtol=1e-3)


def early(x):
    if x[0] > 0:
        return x[0] * x[1]
    return x[1]


def early_in_a_loop(x):
    if x[0] > 0:
        return x[0] * x[1]
    for i in range(3):
        if x[1] > i:
            return x[0]
    return x[1]


@pytest.mark.parametrize("program", [early, early_in_a_loop])
def test_items_that_do_not_matter_have_zeros(program):
    assert s2sad.grad(program)([1.0, 2.0, 3.0]) == [2.0, 1.0, 0.0]
    assert s2sad.vjp(program, [1.0, 2.0, 3.0])[1](1.0) == ([2.0, 1.0, 0.0],)


def read_again(x):
    items = [{"p": v, "q": 1.0} for v in x]
    first = items[0]
    first["p"] = x[1] ** 2
    return items[0]["p"]


def test_what_is_read_twice_is_returned():
    value, _ = s2sad.value_and_grad(read_again)(INPUTS[0])
    assert value == read_again(INPUTS[0])
