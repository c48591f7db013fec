"""Iterators that are stepped: by next, islice, zip with itself, in `try`, in methods; those without an end."""

# ruff: noqa - what the rules advise against is what is tried here
import contextlib, itertools, functools
import contextlib, itertools, functools, collections, math, operator
import itertools, collections
import numpy as np
import operator
import pytest


from tests.conformance.checks import agrees


def iterated_cycle(x):
    return sum(a * b for a, b in zip(x, itertools.cycle([1.0, -1.0])))


def iterated_cycle2(x):
    w = itertools.cycle([x[0], x[1]])
    t = 0.0
    for v in x:
        t += v * next(w)
    return t


def iterated_count(x):
    ids = itertools.count()
    t = 0.0
    for v in x:
        if v > 0:
            t += v * next(ids)
    return t


def iterated_nextmap(x):
    m = map(lambda v: v * v, x)
    return next(m) * next(m)


def iterated_genexp_next(x):
    g = (v * v for v in x if v > 0)
    a = next(g, 0.0)
    b = next(g, 1.0)
    return a + b * x[0]


def iterated_batches(x):
    def batches(xs, n):
        it = iter(xs)
        while batch := list(itertools.islice(it, n)):
            yield batch

    return sum(np.prod(b) for b in batches(x, 2))


def iterated_tok(x):
    toks = iter(["a", "+", "b", "*", "c"])
    env = {"a": x[0], "b": x[1], "c": x[2]}
    val = env[next(toks)]
    for op in toks:
        rhs = env[next(toks)]
        if op == "+":
            val = val + rhs
        else:
            val = val * rhs
    return val


def iterated_pairs_it(x):
    it = iter(x)
    return sum(a * b for a, b in zip(it, it))


def iterated_grouper(x):
    return sum(a * b for a, b in zip(*[iter(x)] * 2))


def iterated_header(x):
    it = iter(x)
    scale = next(it)
    return sum(v * scale for v in it)


def iterated_takewhile_then(x):
    it = iter(x)
    a = sum(itertools.takewhile(lambda v: v < 1, it))
    b = sum(it)
    return a * 2 + b


def iterated_for_break_then(x):
    it = iter(x)
    t = 0.0
    for v in it:
        t += v
        if v > 0:
            break
    for v in it:
        t += v * v
    return t


def iterated_next_zip(x):
    it = zip(x, x[1:])
    a, b = next(it)
    t = a * b
    for a, b in it:
        t += a - b * b
    return t


def iterated_enum_next(x):
    it = iter(enumerate(x))
    i, v = next(it)
    t = 0.0
    while v < 0.5:
        t += v * v
        i, v = next(it, (9, 1.0))
    return t + i * x[0]


def iterated_range_next(x):
    it = iter(range(0, 10, 2))
    t = 0.0
    for v in x:
        if v > 0:
            t += v * next(it)
    return t


def iterated_dict_iter(x):
    d = {"a": x[0], "b": x[1]}
    k = next(iter(d))
    return d[k] * next(iter(d.values()))


def iterated_iter_sentinel(x):
    st = [v for v in x]
    t = 0.0
    for v in iter(lambda: st.pop() if st else None, None):
        t = t * 0.5 + v * v
    return t


def stepped_ng2(x):
    def g():
        for i in range(len(x)):
            if x[i] > 0:
                yield x[i] * i

    def first(it, d):
        r = d
        for v in it:
            r = v
            break
        return r

    return first(g(), x[0]) ** 2


def stepped_ng3(x):
    def g():
        for i in range(len(x)):
            if x[i] > 0:
                yield x[i] * i

    for v in g():
        return v**2
    return x[0] ** 2


def stepped_ng4(x):
    def g():
        for i in range(len(x)):
            if x[i] > 0:
                yield x[i] * i

    return next(g()) ** 2 + next(v for v in x if v > 0)


def stepped_ng5(x):
    def g():
        for i in range(len(x)):
            if x[i] > 0:
                yield x[i] * i

    v = next(g(), None)
    return x[0] if v is None else v * v


def stepped_ng6(x):
    def g():
        yield x[0]
        yield x[1] * 2
        yield x[2] * 3

    return next(g()) ** 2


def stepped_ng7(x):
    def g():
        yield x[0]
        yield x[1] * 2
        yield x[2] * 3

    it = g()
    a = next(it)
    return a * next(it) + sum(it)


def stepped_pass(x):
    def expr(toks):
        v = term(toks)
        while True:
            t = next(toks, None)
            if t is None:
                return v
            v = v + term(toks) if t == 0 else v - term(toks)

    def term(toks):
        return x[next(toks)]

    return expr(iter([1, 0, 2, 1, 3, 0, 4]))


def stepped_peek(x):
    it = iter(x)
    cur = next(it, None)
    t = 0.0
    while cur is not None:
        nxt = next(it, None)
        if nxt is not None and nxt > cur:
            t += cur * nxt
        else:
            t -= cur
        cur = nxt
    return t


def stepped_mapstep(x):
    sq = map(lambda v: v * v, x)
    t = 0.0
    for i in range(2):
        t += next(sq) * (i + 1)
    return t + sum(sq)


def stepped_nested_islice(x):
    import itertools

    it = iter(x)
    head = list(itertools.islice(it, 2))
    mid = sum(itertools.islice(it, 1))
    return head[0] * head[1] + mid**2 + sum(v**3 for v in it)


def stepped_round(x):
    import itertools

    bins = [0.0, 0.0]
    for b, v in zip(itertools.cycle(range(2)), x):
        bins[b] += v
    return bins[0] * bins[1]


def stepped_class_it(x):
    class Reader:
        def __init__(self, xs):
            self.it = iter(xs)

        def get(self):
            return next(self.it)

    r = Reader(x)
    a = r.get()
    b = r.get()
    return a * b + sum(r.it)


def stepped_iter_method(x):
    class Bag:
        def __init__(self, xs):
            self.xs = xs

        def __iter__(self):
            return iter(self.xs)

    b = Bag(x)
    it = iter(b)
    first = next(it)
    return first * sum(b) + sum(v * v for v in it)


def asked_trypop(x):
    xs = [x[0], x[1], x[2]]
    t = 0.0
    for i in range(5):
        try:
            t += xs.pop() * (i + 1)
        except IndexError:
            t += 1.0
    return t


def asked_trypop2(x):
    xs = [v for v in x if v > 0]
    t = 0.0
    while True:
        try:
            v = xs.pop()
        except IndexError:
            break
        t = t * 0.5 + v * v
    return t + x[0]


def asked_next(x):
    it = iter(x)
    t = 0.0
    first = next(it)
    for v in it:
        t += v * first
    return t


def asked_next_loop(x):
    it = iter(x)
    t = 0.0
    while True:
        try:
            v = next(it)
        except StopIteration:
            break
        t = t * 0.5 + v * v
    return t


def asked_next_default(x):
    it = iter([v * 2 for v in x])
    t = 0.0
    v = next(it, None)
    while v is not None:
        t = t * 0.5 + v * v
        v = next(it, None)
    return t


def asked_islice_loop(x):
    it = iter(x)
    t = 0.0
    while True:
        chunk = list(itertools.islice(it, 2))
        if not chunk:
            break
        t += math.prod(chunk)
    return t


def asked_next_gen(x):
    def g():
        for i in range(len(x)):
            if x[i] > 0:
                yield x[i] * i

    return next(g(), x[0]) ** 2


def asked_next_cond(x):
    first = next((v for v in x if v > 0.3), 0.0)
    return first**2 + x[0]


class K:
    total = 0.0

    @classmethod
    def add(cls, v):
        cls.total = cls.total + v


def asked_twogen(x):
    def g(s):
        for v in x:
            yield v * s

    a, b = g(1.0), g(2.0)
    t = 0.0
    for u, w in zip(a, b):
        t += u * w
    return t


@functools.lru_cache(maxsize=None)
def binom(n, k):
    if k == 0 or k == n:
        return 1
    return binom(n - 1, k - 1) + binom(n - 1, k)


def tried_pop_key(x):
    d = {i: v * v for i, v in enumerate(x) if v > 0}
    t = 0.0
    for i in range(6):
        try:
            t += d.pop(i)
        except KeyError:
            t -= 0.25 * x[0]
    return t + len(d)


def tried_popleft(x):
    from collections import deque

    q = deque(v for v in x if v > -0.5)
    t = 0.0
    while True:
        try:
            v = q.popleft()
        except IndexError:
            break
        t = t * 0.5 + v * v
        if v > 1:
            q.append(v * 0.5)
    return t + x[0]


def tried_append_in_try(x):
    out = []
    for i in range(7):
        try:
            out.append(x[i] * x[i - 1])
        except IndexError:
            out.append(-x[0])
    return sum(a * (i + 1) for i, a in enumerate(out))


def tried_count_in_try(x):
    out = []
    n = 0
    d = {"a": x[0], "b": x[1]}
    for k in ["a", "q", "b", "z"]:
        try:
            v = d[k]
            out.append(v * v)
            n += 1
        except KeyError:
            out.append(x[2])
    return sum(out) * n


def reversed_a(x):
    return sum(map(operator.mul, list(x), reversed(list(x))))


def reversed_b(x):
    s = 0.0
    for a, b in zip(x, reversed(x)):
        s += a * b * b
    return s


def reversed_c(x):
    pos = [v for v in x if v > 0]
    return sum(a * b * b for a, b in zip(pos, reversed(pos)))


def reversed_d(x):
    s = 0.0
    for i, (a, b) in enumerate(zip(reversed(x), reversed(range(1, 6)))):
        s += a * b * i
    return s


def reversed_e(x):
    pos = [v for v in x if v > 0]
    s = 0.0
    for a, i in zip(reversed(pos), range(10, 0, -2)):
        s += a * a * i
    return s


def reversed_f(x):
    s = 0.0
    for a, (i, b) in zip(x[1:], reversed(list(enumerate(x)))):
        s += a * b * i
    return s


def grouped_g1(x):
    return sum(a * b for a, b in zip(*[iter(x)] * 2))


def grouped_g2(x):
    it = [iter(x)] * 2
    return sum(a * b for a, b in zip(*it))


def grouped_g3(x):
    args = (iter(x),) * 2
    t = 0.0
    for a, b in zip(*args):
        t += a * b
    return t


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


PROGRAMS = [
    iterated_cycle,
    iterated_cycle2,
    iterated_count,
    iterated_nextmap,
    iterated_genexp_next,
    iterated_batches,
    iterated_tok,
    iterated_pairs_it,
    iterated_grouper,
    iterated_header,
    iterated_takewhile_then,
    iterated_for_break_then,
    iterated_next_zip,
    iterated_enum_next,
    iterated_range_next,
    iterated_dict_iter,
    iterated_iter_sentinel,
    stepped_ng2,
    stepped_ng3,
    stepped_ng4,
    stepped_ng5,
    stepped_ng6,
    stepped_ng7,
    stepped_pass,
    stepped_peek,
    stepped_mapstep,
    stepped_nested_islice,
    stepped_round,
    stepped_class_it,
    stepped_iter_method,
    asked_trypop,
    asked_trypop2,
    asked_next,
    asked_next_loop,
    asked_next_default,
    asked_islice_loop,
    asked_next_gen,
    asked_next_cond,
    asked_twogen,
    tried_pop_key,
    tried_popleft,
    tried_append_in_try,
    tried_count_in_try,
    reversed_a,
    reversed_b,
    reversed_c,
    reversed_d,
    reversed_e,
    reversed_f,
    grouped_g1,
    grouped_g2,
    grouped_g3,
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
