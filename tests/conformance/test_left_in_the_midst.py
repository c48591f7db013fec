"""Loops over few items that are left from inside a `try`."""

# ruff: noqa - what the rules advise against is what is tried here
import math
import numpy as np
import pytest
from tests.conformance.checks import agrees


def left_1(x):
    t = 0.0
    for v in (x[0], -x[0], 2 * x[1]):
        try:
            y = math.sqrt(v)
        except ValueError:
            continue
        t += y
    return t + x[2]


def left_2(x):
    t = 0.0
    for i in range(4):
        try:
            y = math.log(x[i])
        except ValueError:
            break
        t += y
    return t + x[2]


def left_3(x):
    t = 0.0
    for k, v in zip("ab", (x[0], x[1])):
        if k == "a" and v > 0:
            continue
        t += v
    return t + x[2]


def left_4(x):
    for n, v in enumerate([x[0], x[1], x[2]]):
        try:
            return math.sqrt(v) * n
        except ValueError:
            pass
    return x[3]


def left_5(x):
    t = 0.0
    for i in range(3):
        try:
            t += math.sqrt(x[i])
        except ValueError:
            t -= x[i]
            continue
        finally:
            pass
    return t


PROGRAMS = [left_1, left_2, left_3, left_4, left_5]


RNG = np.random.default_rng(11)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program(program):
    agrees(program, [RNG.normal(size=5) * 1.2 for _ in range(6)], rtol=1e-4, atol=1e-6)
