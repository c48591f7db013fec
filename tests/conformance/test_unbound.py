"""Names and attributes that a path does not bind."""

# ruff: noqa - what the rules advise against is what is tried here
import math
import numpy as np
import pytest
import s2sad


class C:
    pass


def bound_1(x):
    for i in range(int(abs(x[0]) * 2)):
        y = x[1] * i
    return y


def bound_2(x):
    n = 3 if x[0] > 0 else 0
    while n > 0:
        y = x[0] * n
        n -= 1
    return y


def bound_3(x):
    if x[0] > 0:
        y = x[0] * x[0]
    return y


def bound_5(x):
    if x[0] > 0:
        y = x[1]
    return {"a": y}["a"]


def bound_6(x):
    c = C()
    if x[0] > 0:
        c.a = x[0] * x[0]
    return c.a


def bound_7(x):
    s = x[1]
    if x[0] > 0:
        z = x[0] * x[0]
    return s + z


def bound_8(x):
    if x[0] > 0:
        y = x[2]
    return y * 2


def bound_9(x):
    if x[0] > 0:
        t = x[1]
    u = x[2]
    if x[0] > 0:
        u = u * t
    return u


def bound_10(x):
    for v in x:
        if v > 1:
            best = v
    return best**2


def bound_11(x):
    def h(k):
        for i in range(k):
            w = x[i]
        return w

    return h(int(abs(x[0]))) * 2


def bound_12(x):
    best = None
    for v in x:
        if best is None or v > best:
            best = v
    return best


PROGRAMS = [bound_1, bound_2, bound_3, bound_5, bound_6, bound_7, bound_8, bound_9, bound_10, bound_11, bound_12]


RNG = np.random.default_rng(0)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_name_that_is_not_bound_raises_as_in_python(program):
    raised = 0
    for _ in range(8):
        x = RNG.normal(size=5)
        for call in (s2sad.value_and_grad(program), lambda x: s2sad.jvp(program, (x,), (x,))):
            try:
                want = program(x.copy())
            except (UnboundLocalError, AttributeError) as error:
                raised += 1
                with pytest.raises((type(error), TypeError)):
                    call(x.copy())
            else:
                assert np.isclose(call(x.copy())[0], want)
    assert raised or program in (bound_9, bound_12)  # which always bind it
