"""What people write: text at run time, methods as values, contexts, lists that read what is in them so far, `random`."""

# ruff: noqa - what the rules advise against is what is tried here
from enum import IntEnum
import contextlib, itertools, functools
import contextlib, itertools, functools, collections, math, operator
import functools
import functools, types, math, s2sad, numpy as np
import numpy as np
import numpy as np, functools
import pytest
import s2sad

from tests.conformance.checks import agrees


def context_ctx2(x):
    import contextlib

    depth = 0

    @contextlib.contextmanager
    def level():
        nonlocal depth
        depth += 1
        try:
            yield depth
        finally:
            depth -= 1

    t = 0.0
    with level() as a:
        t += a * x[0]
        with level() as b:
            t += b * x[1]
    return t + depth * x[2]


def context_ctx3(x):
    import contextlib

    buf = []

    @contextlib.contextmanager
    def rec(k):
        buf.append(x[k])
        yield
        buf.append(x[k] ** 2)

    for i in range(3):
        with rec(i):
            buf.append(2.0 * x[i])
    return sum(v * (i + 1) for i, v in enumerate(buf))


class Res:
    def __init__(self, v, log):
        self.v = v
        self.log = log

    def __enter__(self):
        self.log.append(self.v)
        return self

    def __exit__(self, *a):
        self.log.append(-self.v * 0.5)
        return None


def made_ctx(x):
    log = []

    @contextlib.contextmanager
    def scaled(s):
        log.append(s)
        try:
            yield s * x[0]
        finally:
            log.append(-s)

    t = 0.0
    with scaled(2.0) as a:
        t += a * x[1]
    return t + sum(log) + len(log) * x[2]


class K:
    total = 0.0

    @classmethod
    def add(cls, v):
        cls.total = cls.total + v


def made_exitstack(x):
    t = []
    with contextlib.ExitStack() as st:
        st.callback(t.append, x[0] * 2)
        t.append(x[1])
    return t[0] * t[1]


@functools.lru_cache(maxsize=None)
def binom(n, k):
    if k == 0 or k == n:
        return 1
    return binom(n - 1, k - 1) + binom(n - 1, k)


def method_m1(x):
    out = []
    add = out.append
    for v in x:
        add(v * v)
    return sum(v * i for i, v in enumerate(out))


def each(f, xs):
    for v in xs:
        f(v * 2)


def method_m2(x):
    out = []
    each(out.append, x)
    return sum(v * i for i, v in enumerate(out))


def method_m3(x):
    out = []
    cb = {"a": out.append, "b": lambda v: None}
    cb["a"](x[0])
    cb["b"](x[1])
    cb["a"](x[2] ** 2)
    return out[0] * out[1]


def method_m4(x):
    d = {"a": x[0]}
    get = d.get
    return get("a", 0.0) * get("b", 2.0)


def method_m5(x):
    out = []
    f = functools.partial(out.append, x[0])
    f()
    f()
    return sum(out)


class Ev:
    def __init__(self):
        self.hs = []

    def on(self, h):
        self.hs.append(h)

    def fire(self, v):
        for h in self.hs:
            h(v)


def method_m6(x):
    out = []
    e = Ev()
    e.on(out.append)
    e.on(lambda v: out.append(v * v))
    e.fire(x[0])
    e.fire(x[1])
    return sum(v * (i + 1) for i, v in enumerate(out))


def method_m7(x):
    out = [0.0]
    m = max(map(abs, x))
    list(map(out.append, [x[0], x[1]]))
    return sum(out) * m


def so_far_a(x):
    y = []
    for i in range(3):
        y.append(x[i] - sum(y[k] for k in range(i)))
    return sum(y)


def so_far_b(x):
    y = []
    for i in range(3):
        y.append(x[i] - sum(2.0 * y[k] for k in range(i)))
    return sum(y)


def so_far_c(x):
    y = []
    for i in range(len(x)):
        y.append(x[i] - sum(2.0 * v for v in y))
    return sum(y)


def so_far_d(x):
    y = []
    for i in range(len(x)):
        s = 0.0
        for k in range(i):
            s += 2.0 * y[k]
        y.append(x[i] - s)
    return sum(y)


def so_far_e(x):
    h = []
    for i, v in enumerate(x):
        prev = [u * 0.5 for u in h if u > 0]
        h.append(v + sum(prev) + max([abs(u) for u in h], default=0.0))
    return sum(v * v for v in h)


def so_far_f(x):
    h = []
    for v in x:
        h.append(v * (1 + sum(u**2 for u in h)) if len(h) < 3 else v + h[-1] * 2)
    return sum(v * v for v in h)


def so_far_g(x):
    # Horner-like recurrence with memo of past states
    import math

    h = []
    for t, v in enumerate(x):
        past = sum(math.exp(-(t - s)) * math.tanh(h[s]) for s in range(t))
        h.append(v + 0.5 * past)
    return h[-1]


def text_a(x):
    d = {}
    for i in range(3):
        k = "a" + str(i)
        d[k] = x[i]
    return d["a0"] * d["a2"] + d["a" + str(1)]


def text_b(x):
    d = {"a" + str(i): v for i, v in enumerate(x)}
    return d["a1"]


def text_c(x):
    t = 0.0
    for i in range(5):
        k = f"w_{i}"
        a, b = k.split("_")
        t += x[int(b)] * len(a)
    return t


def text_d(x):
    t = 0.0
    for w in ["ab", "cde", "f"]:
        s = w + "-" + w.upper()
        t += x[len(w)] * len(s)
    return t


def text_e(x):
    msg = "{}".format(x[0])
    m2 = "v=%.3f" % x[1]
    s = ", ".join(f"{n}={v:.2f}" for n, v in zip("abcde", x))
    return x[0] * x[1]


def text_f(x):
    import time

    t0 = time.perf_counter()
    y = x[0] ** 2
    print("elapsed %.3f" % (time.perf_counter() - t0), end="", file=__import__("io").StringIO())
    return y


def text_g(x):
    d = {}
    for i in range(2):
        for n in ("w", "b"):
            d[n + str(i)] = x[i] * (2 if n == "w" else 3)
    t = 0.0
    for i in range(2):
        t += d["w" + str(i)] * d["b" + str(i)]
    return t


def text_h(x):
    s = ""
    for i in range(3):
        s += "ab"[i % 2]
    return x[len(s)] * s.count("a")


def text_i(x):
    import logging

    logging.getLogger("a").info("x=%s", x)
    return x[0] ** 2


def text_j(x):
    s = "abc" * 2
    parts = [c for c in s]
    return sum(x[ord(c) - 97] for c in parts)


SETTINGS = types.SimpleNamespace(order=2, scale=1.5)


class Err(Exception):
    pass


def small_imp(x):
    from math import pi

    return x[0] * pi


def small_star(x):
    return sum([*map(lambda v: v * v, x)]) + len([*zip(x, x)]) * x[0]


def small_ns(x):
    return x[0] ** SETTINGS.order * SETTINGS.scale


def small_from(x):
    d = dict.fromkeys("ab", 0.1)
    d["a"] += x[0]
    return d["a"] * d["b"]


def small_made(x):
    def make(k):
        return lambda v: v * k

    hs = [make(k) for k in range(3)]
    return sum(h(v) for h, v in zip(hs, x))


class LL:
    class Node:
        def __init__(self, v, nxt=None):
            self.v = v
            self.next = nxt

    def __init__(self):
        self.head = None

    def push(self, v):
        self.head = self.Node(v, self.head)

    def total(self):
        t, n = 0.0, self.head
        while n is not None:
            t = t * 0.5 + n.v
            n = n.next
        return t


def small_ll(x):
    l = LL()
    for v in x:
        l.push(v * v)
    return l.total()


def small_ditems(x):
    d = {(0, 1): x[0], (1, 2): x[1] ** 2}
    t = 0.0
    for (i, j), v in d.items():
        t += v * (i + 2 * j)
    return t


def small_rand2(x):
    import random

    random.seed(3)
    return x[0] * random.random() + random.gauss(0, 1) * x[1]


def small_addself(x):
    val = {"a": x[0], "b": x[1], "c": x[2]}
    for a, b in [("a", "b"), ("b", "c")]:
        val[a] += math.tanh(val[b])
    return val["a"] * val["b"]


class Ph(IntEnum):
    REST = 0
    RISE = 1


def small_fsm(x):
    st = Ph.REST
    counts = {p: 0 for p in Ph}
    t = 0.0
    for v in x:
        if v > 0:
            st = Ph.RISE
        else:
            st = Ph.REST
        counts[st] += 1
        t += v * (counts[Ph.RISE] + 1)
    return t


def small_prod(x):
    import itertools

    return sum(a * b for a, b in itertools.product(x[:2], repeat=2))


def small_raise(x):
    try:
        if x[0] > 0:
            raise Err
        y = x[0]
    except Err:
        y = x[1] * 2
    return y * x[2]


def small_try2(x):
    def f(v):
        try:
            return math.sqrt(v)
        except ValueError:
            return -v

    s = 0.0
    for v in x:
        try:
            s += f(v)
        except ZeroDivisionError:
            s = 0.0
    return s


def small_strs(x):
    print(str(x[0]), repr(x[1]), end="", file=__import__("io").StringIO())
    return x[0] * x[1]


def small_callable(x):
    f = lambda v: v * 2
    return f(x[0]) if callable(f) else 0.0


def small_astuple(x):
    import dataclasses

    @dataclasses.dataclass
    class V:
        a: float
        b: float

    p, q = dataclasses.astuple(V(x[0], x[1]))
    return p * q


def small_redgen(x):
    def g():
        for v in x:
            yield v * 2

    return functools.reduce(lambda a, b: a * b + 1, g())


class T:
    def __init__(s, e, c):
        s.e, s.c = e, c


def power_a(x):
    ts = [T(float(i), v) for i, v in enumerate(x)]
    ts.sort(key=lambda t: t.c)
    return sum(t.c * x[0] ** t.e for t in ts)


def power_b(x):
    s = 0.0
    for e, c in [(2.0, x[0]), (3.0, x[1])]:
        s += c * x[2] ** e
    return s


def power_c(x):
    import s2sad

    def f(t):
        s = 0.0
        for k in range(4):
            s += x[k] * t ** (k + 1)
        return s

    return s2sad.grad(f)(x[3])


def nothing_r1(x):
    hit = None
    for k in range(3):
        t = x[k] * x[k + 1]
        if t > 0 and (hit is None or t < hit[0]):
            hit = (t, np.array([t, x[0]]))
    if hit is not None:
        t, n = hit
        return n @ n + t * x[3]
    return x[4]


class A:
    pass


def nothing_mask0(x):
    a = np.array(x)
    m = a > 1.5
    return (0.7 * a[m] / a[m].size).sum()


def nothing_zero1(x):
    a = np.array(x)
    m = a > 1.5
    k = len(a[m])
    return np.sum(a[m] * 3 / k)


def added_a(x):
    y = [x[0], 2 * x[1]]
    y += np.array([1.0, x[0]])
    return np.prod(y)


def added_b(x):
    y = [x[0]]
    z = y
    y += np.array([1.0])
    return z[0] * len(y) * len(z)


def added_c(x):
    y = [x[0], x[1]]
    y *= np.array([2.0, x[2]])
    return np.sum(y)


def added_d(x):
    y = [v for v in x]
    y += np.ones(5)
    return np.sum(y * np.arange(5))


def added_e(x):
    d = {"a": [x[0], x[1]]}
    d["a"] += np.array([1.0, 2.0])
    return np.sum(d["a"]) * len(d["a"])


def added_f(x):
    y = [[x[0], x[1]], [x[2], 1.0]]
    y[0] += np.array([1.0, 2.0])
    return np.sum(y[0]) * len(y[0])


def added_m(x):
    y = [x[0], x[1]]
    y -= np.array([1.0, 2.0])
    return y[0] * y[1]


def chained_a(x):
    t = 0.0
    for v in x:
        if v < 0:
            t += v * v
        elif v < 1:
            t += v
        elif v < 2:
            t += 2 * v
        else:
            t -= v
    return t


def chained_b(x):
    y = x[0]
    while y > 1e-3:
        y = y * 0.5
        if y < 0.01:
            break
    return y * x[1]


def chained_c(x):
    y = x[0]
    for i in range(10):
        d = y * y - 2
        if abs(d) < 1e-3:
            break
        y = y - d / (2 * y)
    return y


PROGRAMS = [
    context_ctx2,
    context_ctx3,
    made_ctx,
    made_exitstack,
    method_m1,
    method_m2,
    method_m3,
    method_m4,
    method_m5,
    method_m6,
    method_m7,
    so_far_a,
    so_far_b,
    so_far_c,
    so_far_d,
    so_far_e,
    so_far_f,
    so_far_g,
    text_a,
    text_b,
    text_c,
    text_d,
    text_e,
    text_f,
    text_g,
    text_h,
    text_i,
    text_j,
    small_imp,
    small_star,
    small_ns,
    small_from,
    small_made,
    small_ll,
    small_ditems,
    small_rand2,
    small_addself,
    small_fsm,
    small_prod,
    small_raise,
    small_try2,
    small_strs,
    small_callable,
    small_astuple,
    small_redgen,
    power_a,
    power_b,
    power_c,
    nothing_r1,
    nothing_mask0,
    nothing_zero1,
    added_a,
    added_b,
    added_c,
    added_d,
    added_e,
    added_f,
    added_m,
    chained_a,
    chained_b,
    chained_c,
]


RNG = np.random.default_rng(11)
INPUTS = [RNG.normal(size=5) * 1.2 for _ in range(4)]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program(program):
    found = 0
    for x in INPUTS:
        try:
            program(x.copy())
        except Exception:
            continue
        found += 1
        agrees(program, [x], rtol=1e-4, atol=1e-6)
    assert found


def found_by_search(x):
    z = np.array([0.8, x[0]])
    r = z
    for _ in range(2):
        for _ in range(6):
            r2 = np.array([r[0] ** 3 * x[0], r[1] ** 2])
            if r2[0] < 1.0:
                break
        else:
            break
        r = r2
    return r[0] * x[2] + r[1] ** 2


@pytest.mark.parametrize("program", [nothing_r1, power_a, power_b, found_by_search, so_far_b, so_far_g])
def test_second_derivatives_agree(program):
    gradient, w = s2sad.grad(program), np.array([1.0, -0.5, 0.3, 2.0, -1.2])
    for x in (np.array([0.1, 0.9, 0.3, -0.4, 0.5]), np.array([-0.7, -0.9, 0.4, 1.1, 0.2])):
        reverse = s2sad.grad(lambda z: np.sum(s2sad.grad(program)(z) * w))(x)
        _, forward = s2sad.jvp(gradient, (x,), (w,))
        steps = 1e-6 * np.eye(5)
        differences = [np.sum((gradient(x + h) - gradient(x - h)) * w) / 2e-6 for h in steps]
        np.testing.assert_allclose(reverse, forward, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(reverse, differences, rtol=1e-4, atol=1e-4)


def chosen_numbers(x):
    r = np.random.default_rng(3)
    return x[0] * r.choice([0.5, 1.5]) + x[1] * r.choice([1, 2, 3], p=[0.2, 0.3, 0.5])


def chosen_items(x):
    r = np.random.default_rng(3)
    return r.choice([x[0], x[1]]) ** 2 + r.choice([v for v in x]) * x[2]


def chosen_many(x):
    r = np.random.RandomState(0)
    return np.sum(r.choice([1.0, 2.0], size=3)) * x[0] + np.sum(r.choice(np.array(x), size=(2, 2)) ** 2)


@pytest.mark.parametrize("program", [chosen_numbers, chosen_items, chosen_many])
def test_choices(program):
    agrees(program, INPUTS, rtol=1e-4, atol=1e-6)
