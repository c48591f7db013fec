"""Conditions on lists that change later: which way it went is kept, not asked again."""

from __future__ import annotations

import math

import numpy as np
import pytest

import s2sad


def both(x):
    w = list(x)
    s = 0.0
    for v in x:
        if v > 0 and w[0] > 1.0:
            s += v * v
        else:
            s += math.sin(v)
        w[0] += v
    return s


def either(x):
    w = list(x)
    s = 0.0
    for v in x:
        if v > 1 or len(w) > 6:
            s += v * v
        else:
            s += math.sin(v)
        w.append(v)
    return s


def while_and(x):
    w = list(x)
    s = 0.0
    while len(w) > 1 and w[-1] != 0.3:
        s += w.pop() * w[0]
        w[0] *= 1.1
    return s


def conditional_expression(x):
    w = []
    s = 0.0
    for v in x:
        s += v * v if 1 in w and v > 0 else v
        w.append(int(v) + 1)
    return s


def chained(x):
    w = list(x)
    s = 0.0
    for v in x:
        if 0 < w[0] < 2.0:
            s += v * v
        else:
            s += math.sin(v)
        w[0] += v
    return s


def not_either(x):
    w = []
    s = 0.0
    for v in x:
        if not (int(v) in w or len(w) > 3):
            s += v * v
        else:
            s += math.sin(v)
        w.append(int(v))
    return s


def of_an_array(x):
    w = np.array(x)
    s = 0.0
    for v in x:
        if v > 0 and w[0] > 1.0:
            s += v * v
        else:
            s += math.sin(v)
        w[0] += v
    return s


def looked_for(x):
    seen = []
    s = 0.0
    for v in x:
        if v > 0 and int(v) in seen:
            s += v * v
        elif v < 0 or 1 not in seen:
            s += math.sin(v)
        else:
            s += v**3
        seen.append(int(v))
    return s


def looked_for_in_a_dict(x):
    places = {0: [0]}
    s = 0.0
    for v in x:
        k = int(v)
        if k in places and 1 in places[0]:
            s += v * v
        else:
            s += math.sin(v)
        places[0].append(k)
    return s


PROGRAMS = [
    both,
    either,
    while_and,
    conditional_expression,
    chained,
    not_either,
    of_an_array,
    looked_for,
    looked_for_in_a_dict,
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("program", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(program, seed):
    x = np.random.default_rng(seed).normal(size=5) * 1.2
    for given in (x, x.tolist()):
        value, _ = s2sad.value_and_grad(program)(given)
        assert np.isclose(value, program(given), rtol=1e-12)
        s2sad.check_grads(program, (given,))
