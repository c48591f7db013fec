"""A list, dict or object that is reached in two ways is refused where it is changed: the other would not see it."""

import copy

import numpy as np
import pytest

import s2sad


class Body:
    def __init__(self, w):
        self.w = w


def first_of_two(a, b):
    a[0] = a[0] * 3
    return b[0] * b[1]


def in_a_dict(d):
    d["p"][0] = d["p"][0] * 3
    return d["q"][0] * d["q"][1]


def of_objects(a, b):
    a.w = a.w * 3
    return b.w**2


def of_rows(rows):
    rows[0][0] *= 3
    return rows[1][0] * rows[2][1]


def nothing_changes(a, b):
    return a[0] * b[1] + b[0]


def shared_list():
    made = [1.0, 2.0, 3.0]
    return made, made


def shared_in_a_dict():
    made = [1.0, 2.0, 3.0]
    return ({"p": made, "q": made},)


def shared_body():
    made = Body(2.0)
    return made, made


CASES = [
    (first_of_two, shared_list),
    (in_a_dict, shared_in_a_dict),
    (of_objects, shared_body),
    (of_rows, lambda: ([[1.0, 2.0]] * 3,)),
]


@pytest.mark.parametrize(("function", "arguments"), CASES)
def test_it_is_refused(function, arguments):
    with pytest.raises(s2sad.ArgumentError, match="is reached in two ways in"):
        s2sad.value_and_grad(function)(*arguments())
    with pytest.raises(s2sad.ArgumentError, match="is reached in two ways in"):
        s2sad.vjp(function, *arguments())


@pytest.mark.parametrize(("function", "arguments"), CASES)
def test_copies_are_not(function, arguments):
    apart = [copy.deepcopy(value) for value in arguments()]
    if len(apart) == 1:
        apart = [{"p": [1.0, 2.0], "q": [1.0, 2.0]}] if function is in_a_dict else [[[1.0, 2.0] for _ in range(3)]]
    want = function(*copy.deepcopy(apart))
    assert np.isclose(s2sad.value_and_grad(function)(*apart)[0], want)


def test_what_is_only_read_may_be_shared():
    value, (a, b) = s2sad.value_and_grad(nothing_changes, argnums=(0, 1))(*shared_list())
    assert value == 3.0
    assert a == [2.0, 0.0, 0.0]
    assert b == [1.0, 1.0, 0.0]


SUN = Body(1.0)
STAR = SUN


def of_globals(x):
    SUN.w = x[0]
    r = STAR.w * x[1]
    SUN.w = 1.0
    return r


class System:
    def __init__(self):
        self.bodies = [Body(1.0), Body(2.0)]
        self.sun = self.bodies[0]

    def run(self, x):
        self.sun.w = x[0] * 2
        for body in self.bodies:
            body.w = body.w * x[1]
        total = self.sun.w + self.bodies[1].w
        self.bodies[1].w = 2.0
        return total


@pytest.mark.parametrize("function", [of_globals, System().run])
def test_what_is_outside_as_well(function):
    with pytest.raises(s2sad.ArgumentError, match="is reached in two ways in"):
        s2sad.grad(function)(np.array([0.5, 2.0]))


def renamed(s, x):
    s["cur"]["a"] = x[0] * s["prev"]["a"]
    r = s["cur"]["a"] + s["prev"]["a"]
    s["prev"] = s["cur"]
    return r


def test_what_has_been_changed_is_not_put_under_a_second_name_outside():
    with pytest.raises(s2sad.UnsupportedError, match="has been changed, and is put under a second name"):
        s2sad.grad(renamed, argnums=1)({"cur": {"a": 1.0}, "prev": {"a": 2.0}}, [0.3, 0.7])
