"""What plain Python raises is raised, or refused when code is generated: no number comes out."""

# ruff: noqa - what the rules advise against is what is tried here
from collections import namedtuple
import dataclasses
import numpy as np
import numpy as np, functools
import pytest
import s2sad


@dataclasses.dataclass(frozen=True)
class F:
    v: float


class Sl:
    __slots__ = ("a",)

    def __init__(self, a):
        self.a = a


P = namedtuple("P", "a b")


def written_1(x):
    t = (x[0], x[1])
    t[0] = 2.0
    return t[0]


def written_2(x):
    a = F(x[0])
    a.v = 2.0
    return a.v


def written_3(x):
    s = Sl(x[0])
    s.b = x[1]
    return s.b


def written_4(x):
    return ([x[0]] + (x[1],))[0]


def written_5(x):
    p = P(x[0], x[1])
    p.a = 3.0
    return p.a


def written_7(x):
    for v in x:
        if v > 9:
            r = v
            break
    return r


def written_8(x):
    t = (x[0], x[1])
    del t[0]
    return t[0]


def written_9(x):
    s = "abc"
    s[0] = "b"
    return x[0]


def operator_g(x):
    return np.sum(list(x) * list(x))


def operator_h(x):
    return sum(abs(list(x)))


def operator_i(x):
    t = (x[0], x[1])
    return np.sum(t * t)


def operator_j(x):
    return sum(-list(x))


def operator_k(x):
    return np.sum(list(x) - 1.0)


def operator_l(x):
    return sum(list(x)[:,])


def operator_n(x):
    return np.sum(list(x) ** 2)


def operator_o(x):
    return np.sum(+(x[0], x[1]))


PROGRAMS = [
    written_1,
    written_2,
    written_3,
    written_4,
    written_5,
    written_7,
    written_8,
    written_9,
    operator_g,
    operator_h,
    operator_i,
    operator_j,
    operator_k,
    operator_l,
    operator_n,
    operator_o,
]


X = np.array([0.7, 1.2, -0.4, 0.9, 0.3])


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_raises_does_not_give_a_number(program):
    with pytest.raises(Exception) as plain:
        program(X.copy())
    for call in (s2sad.grad(program), s2sad.value_and_grad(program), lambda x: s2sad.jvp(program, (x,), (x,))):
        with pytest.raises((s2sad.UnsupportedError, plain.type)):
            call(X.copy())
