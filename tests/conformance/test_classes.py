"""Programs of classes: `super`, setters, operators, `replace`, decorators, returned functions, dual numbers."""

import enum
import functools
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pytest

import s2sad

X = np.random.default_rng(0).normal(size=(2, 3))


class Linear:
    def __init__(self, w):
        self.w = w

    def __call__(self, x):
        return np.sum(self.w * x)


class Affine(Linear):
    def __init__(self, w, b):
        super().__init__(w)
        self.b = b

    def __call__(self, x):
        return super().__call__(x) + self.b


class Base:
    scale = 2.0

    def part(self, x):
        return x.sum()

    def total(self, x):
        return self.part(x) * self.scale * self.k


class Squared(Base):
    scale = 3.0

    def __init__(self, k):
        self.k = k

    def part(self, x):
        return super().part(x) + (x * x).sum()


class Doubled:
    def __init__(self, w):
        self._w = w

    @property
    def w(self):
        return self._w * 2.0

    @w.setter
    def w(self, value):
        self._w = value

    def again(self):
        return type(self)(self.w)


@dataclass
class Pair:
    a: float
    b: float = 2.0


class Named(NamedTuple):
    a: float
    b: float


class Mode(enum.Enum):
    PLAIN = 1
    TWICE = 2


class Vector:
    __slots__ = ("a",)

    def __init__(self, a):
        self.a = a

    def __add__(self, other):
        return Vector(self.a + other.a)

    def __mul__(self, other):
        return Vector(self.a * (other.a if isinstance(other, Vector) else other))

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.a)

    def __getitem__(self, i):
        return self.a

    def __len__(self):
        return 2

    def __lt__(self, other):
        return self.a < other.a

    def __gt__(self, other):
        return self.a > other.a


class Dual:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __add__(self, other):
        return Dual(self.a + other.a, self.b + other.b)

    def __mul__(self, other):
        return Dual(self.a * other.a, self.a * other.b + self.b * other.a)


class Layer:
    def __init__(self, w):
        self.w = w

    def __call__(self, x):
        return np.tanh(self.w * x)


class Net:
    def __init__(self, weights, s):
        self.layers = [Layer(w) for w in weights]
        self.s = s

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x.sum() * self.s


class Stack:
    def __init__(self):
        self.items = []

    def push(self, v):
        self.items.append(v)

    def pop(self):
        return self.items.pop()


def twice(fn):
    @functools.wraps(fn)
    def inner(*args, **options):
        return 2.0 * fn(*args, **options)

    return inner


@twice
def square(v):
    return v * v


def scaled_by(a):
    def scaled(b):
        return a * b

    return scaled


def inherited(x, k):
    return Affine(k, 2.0 * k)(x) * Squared(k).total(x)


def set_property(x, k):
    d = Doubled(k)
    d.w = k * 3.0
    return d.w * x.sum() + d.again().again().w


def fields_replaced(x, k):
    p, q = Pair(k), Named(k, x[0, 0])
    r = replace(p, b=x[0, 1])
    return r.a * r.b + p.b + q.a * q.b + q._replace(a=2.0).a * q[1]


def operators(x, k):
    v = 2.0 * (Vector(k) + Vector(x[0, 0])) * Vector(k)
    w = -v
    return w[0] * w[1] + len(v) * max(v, Vector(x[0, 0])).a * min([v, w, Vector(k)]).a


def dual(x, k):
    z = Dual(k, 1.0) * Dual(k, 1.0) + Dual(x[0, 0], 0.0)
    return z.a * z.b


def layered(x, k):
    return Net([x[0], x[1]], k).forward(x[1])


def stacked(x, k):
    s = Stack()
    s.push(k)
    s.push(x[0, 0])
    return s.pop() * s.pop() ** 2


def decorated(x, k):
    return square(x[0, 0]) * scaled_by(k)(x[0, 1])


def by_member(x, k):
    mode = Mode.TWICE
    return k * mode.value * x.sum() if mode is Mode.TWICE else k


PROGRAMS = (
    inherited,
    set_property,
    fields_replaced,
    operators,
    dual,
    layered,
    stacked,
    decorated,
    by_member,
)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_a_program(f):
    value, _ = s2sad.value_and_grad(f, argnums=(0, 1))(X, 0.7)
    assert value == f(X, 0.7)
    s2sad.check_grads(f, (X, 0.7))
