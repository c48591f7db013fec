"""Smaller things that Python programs do: keys taken out, lists stepped through, text, statistics, items replaced."""

from __future__ import annotations

import collections
import heapq
import itertools
import statistics

import numpy as np
import pytest

from tests.conformance.checks import agrees

INPUTS = [np.array([0.7, 1.2, -0.4, 1.9, 0.3]), np.array([-0.8, 0.35, 1.1, -1.3, 0.9])]


def keys_1(x):
    d = {}
    for i, v in enumerate(x):
        d[int(abs(v) * 3)] = v * i
    k = int(abs(x[0]) * 3)
    t = d.pop(k)
    t2 = d.pop(99, x[1])
    return t * t2 + sum(v * v for v in d.values()) * len(d)


def keys_2(x):
    d = {}
    for i, v in enumerate(x):
        d[int(abs(v) * 3)] = v * i
    k = int(abs(x[0]) * 3)
    del d[k]
    d[k] = x[2]
    s = 0.0
    for j, (key, v) in enumerate(d.items()):
        s += v * v * (j + 1) + key
    return s


def keys_3(x):
    d = {}
    for i, v in enumerate(x):
        d[int(abs(v) * 2)] = v * i
    s = 0.0
    while d:
        k, v = d.popitem()
        s = s * 0.9 + v * v + k
    d[3] = x[0]
    d.clear()
    d[1] = x[1]
    return s + sum(d.values()) * len(d)


def keys_4(x):
    cache = {}

    def get(i):
        if i in cache:
            return cache[i]
        if len(cache) >= 3:
            cache.pop(next(iter(cache)))
        cache[i] = x[i % 5] ** 2 * i
        return cache[i]

    t = 0.0
    for i in [1, 2, 3, 1, 4, 5, 2, 1]:
        t = t * 0.8 + get(i + int(abs(x[0])))
    return t + sum(cache.values())


def keys_5(x):
    d = {}
    for i, v in enumerate(x):
        d.setdefault(int(abs(v) * 2), []).append(v)
    for k in list(d):
        if len(d[k]) < 2:
            del d[k]
    return sum(k * sum(v**2 for v in vs) for k, vs in d.items())


class P:
    def __init__(self, v):
        self.v = v

    def __iadd__(self, o):
        self.v += o.v
        return self

    def __float__(self):
        return float(self.v)

    def __lt__(self, o):
        return self.v < o.v


def small_1(x):
    ps = [P(v) for v in x]
    ps[0] += ps[1]
    return sum(p.v * p.v for p in ps)


def small_2(x):
    ps = [P(v) for v in x]
    ps[0].v *= 2.0
    return float(ps[0]) * float(ps[1])


def small_3(x):
    a, b = P(x[0]), P(x[1])
    s = sorted([a, b])
    s[0].v *= 2.0
    return a.v + b.v * 3


def small_4(x):
    ps = [P(v) for v in x]
    for p in ps:
        p.v = p.v * 2
    s = sorted(ps)
    s[0].v *= 2.0
    return sum((i + 1) * p.v for i, p in enumerate(ps))


def small_5(x):
    xs = list(x)
    xs *= 2
    return sum((i + 1) * v for i, v in enumerate(xs))


def small_6(x):
    ps = [P(v) for v in x]
    return sum(p.v for p in ps if p.__class__ is P) + (x[0] if ps[0].__class__.__name__ == "P" else 0.0)


def small_7(x):
    xs = [v for v in x if v > -5]
    return sum((i + 1) * v for i, v in enumerate(xs[::2])) + sum(xs[::-1][:2])


def small_8(x):
    rows = []
    for v in x:
        rows.append([v, v * v])
    cols = list(zip(*rows, strict=False))
    return sum(cols[0]) * sum(cols[1])


def small_9(x):
    d = collections.OrderedDict()
    for i, v in enumerate(x):
        d[i] = v * i
    d.move_to_end(1)
    return sum((k + 1) * v for k, v in enumerate(d.values()))


def small_10(x):
    c = collections.Counter([1, 2, 2, 3, 3, 3])
    return sum(x[k] * n for k, n in c.most_common(2))


def small_11(x):
    return sum(k * sum(g) for k, g in itertools.groupby(x, key=lambda v: int(v > 0)))


def small_12(x):
    a, b = sorted(x[:2]), sorted(x[2:])
    return sum((i + 1) * v for i, v in enumerate(heapq.merge(a, b)))


def small_13(x):
    return statistics.mean(x) * statistics.pstdev(x)


def small_17(x):
    table = {}
    for s in range(2):
        for f in (False, True):
            table[s, f] = x[s] * (2 if f else 1)
    k = int(abs(x[2])) % 2
    return table[k, x[3] > 0] ** 2


def small_18(x):
    nodes = [P(v) for v in x]
    for n in nodes:
        n.v += 1.0
    for i, n in enumerate(nodes):
        n.rank = n.v * i
    return sum(n.rank * n.v for n in nodes)


def small_19(x):
    ps = [P(v) for v in x]
    best = max(ps)
    best.v *= 3.0
    return sum(p.v for p in ps)


def small_20(x):
    groups = {}
    for v in x:
        groups.setdefault(v > 0, []).append(v)
    return sum(sum(g) ** 2 for g in groups.values())


def small_21(x):
    ds = [{"a": v} for v in x]
    for d in ds:
        d["a"] *= 2.0
    t = 0.0
    for d in ds:
        d.setdefault("b", d["a"] ** 2)
        t += d.pop("a") * d["b"]
    return t


def small_23(x):
    xs = list(x)
    del xs[1:3]
    xs[1:1] = [x[0] * x[1]]
    xs.extend(reversed(xs))
    return sum((i + 1) * v for i, v in enumerate(xs))


def small_24(x):
    q = collections.deque(x)
    q.rotate(2)
    q.appendleft(q.pop() * x[0])
    return sum((i + 1) * v for i, v in enumerate(q))


def small_25(x):
    rows = [list(x[:3]), list(x[2:5])]
    t = [list(r) for r in zip(*rows, strict=False)]
    t[0][1] *= x[0]
    return sum(sum(r) ** 2 for r in t) + rows[1][0]


def text_1(x):
    s = "abca"
    pos = 0
    t = 0.0
    while pos < len(s) and t < 50.0:
        if s[pos] == "a":
            t = t + x[0] * x[1]
        elif s[pos] == "b":
            t = t * x[2]
        pos += 1
    return t


def text_2(x):
    s = ("a", "b", "c", "a")
    pos = 0
    t = 0.0
    while pos < len(s) and t < 50.0:
        if s[pos] == "a":
            t = t + x[0] * x[1]
        elif s[pos] == "b":
            t = t * x[2]
        pos += 1
    return t


def text_3(x):
    t = 0.0
    for i, w in enumerate(["ab", "abc", "b"]):
        for ch in w:
            t = t * 0.5 + x[ord(ch) - 97] * (i + 1)
    return t


def text_4(x):
    words = ["ab", "abc", "b"]
    t = 0.0
    for i in range(3):
        for ch in words[int(abs(x[i])) % 3]:
            t = t * 0.5 + x[ord(ch) - ord("a")]
    return t


def turned_1(x):
    turn = reversed(list(x))
    s = next(turn) * x[0]
    for v in turn:
        s = s * 0.5 + v * v
    return s


def turned_2(x):
    xs = list(x)
    turn = reversed(xs)
    s = 0.0
    for v in turn:
        s = s * 0.5 + v * v
        if s > 1.0:
            break
    return s


def caught_1(x):
    d = {}
    out = 0.0
    for i, v in enumerate(x):
        k = int(v > 0)
        try:
            out += d[k] * v
        except KeyError:
            out += 0.1
        d[k] = v * v
    return out + sum(d.values())


def caught_2(x):
    d = {}
    out = 0.0
    for i, v in enumerate(x):
        k = int(v > 0)
        if k in d:
            out += d[k] * v
        d[k] = v * v
    return out + sum(d.values())


def grown_1(x):
    xs = list(x)
    xs.extend(reversed(xs))
    return sum((i + 1) * v for i, v in enumerate(xs))


def grown_2(x):
    xs = [x[0], x[1]]
    xs.extend(reversed(xs))
    xs += xs
    xs *= 2
    return sum((i + 1) * v for i, v in enumerate(xs))


def replaced_1(x):
    rows = [[x[0], x[1], x[2]], [x[1], x[2]]]
    k = 0 if x[0] > x[1] else 1
    row = rows[k]
    row[0] = row[0] * x[2]
    t = sum(v * v for v in rows[k])
    rows[k] = [x[0]]
    return t + rows[k][0] * sum(len(r) * r[0] for r in rows)


def replaced_2(x):
    rows = []
    for i in range(3):
        rows.append([v * x[i] for v in x])
    t = 0.0
    for i in range(3):
        t += sum(v * v for v in rows[i])
        rows[i] = [x[0] * rows[i][0]]
    return t + sum(r[0] for r in rows)


def replaced_3(x):
    xs = [np.sin(x), np.cos(x)]
    t = 0.0
    for i in range(2):
        t = t + np.sum(xs[i] * xs[i])
        xs[i] = xs[i][:2] * xs[i][1:3]
    return t + np.sum(xs[0] * xs[1])


def replaced_4(x):
    d = {"a": x[0], "b": x[1]}
    k = "c" if x[0] > 0 else "a"
    d[k] = x[2] * x[0]
    return sum(d.values()) + d["a"]


def replaced_5(x):
    d = {"a": x[0], "b": x[1]}
    if x[0] > 0:
        d["c"] = x[2] * x[0]
    return sum(d.values()) + d["a"]


def replaced_6(x):
    d = {"a": x[0], "b": x[1]}
    t = 0.0
    for k in ("a", "b", "c"):
        if x[0] > 0:
            d[k] = x[2] * x[0]
        t = t + sum(v * v for v in d.values())
    return t


class Pair:
    def __init__(self, v):
        self.v = v
        self.w = v * v


def made_pairs(x):
    out = []
    for v in x:
        if v > -0.5:
            out.append(Pair(v))
    return out


def replaced_7(x):
    ps = made_pairs(x)
    return sum(p.v**2 for p in ps)


def pivot_1(x):
    m = [[x[0], x[1]], [x[2], x[3]]]
    s = 0.0
    for c in range(2):
        p = 0 if abs(m[0][c]) > abs(m[1][c]) else 1
        m[c], m[p] = m[p], m[c]
    for i in range(2):
        for j in range(2):
            s += m[i][j] * (i + 2 * j)
    return s


def pivot_2(x):
    m = [[x[0], x[1]], [x[2], x[3]]]
    p = 0 if abs(m[0][0]) > abs(m[1][0]) else 1
    m[0], m[p] = m[p], m[0]
    return m[0][0] + 2 * m[1][1]


def pivot_3(x):
    m = [[x[0], x[1]], [x[2], x[3]]]
    p = 0 if abs(m[0][0]) > abs(m[1][0]) else 1
    m[p] = [x[4], x[0]]
    return m[0][0] + 2 * m[1][1]


def pivot_4(x):
    m = [[x[0], x[1]], [x[2], x[3]]]
    p = 0 if abs(m[0][0]) > abs(m[1][0]) else 1
    r = m[p]
    return r[0] * m[0][0] + 2 * m[1][1]


PROGRAMS = [
    keys_1,
    keys_2,
    keys_3,
    keys_4,
    keys_5,
    small_1,
    small_2,
    small_3,
    small_4,
    small_5,
    small_6,
    small_7,
    small_8,
    small_9,
    small_10,
    small_11,
    small_12,
    small_13,
    small_17,
    small_18,
    small_19,
    small_20,
    small_21,
    small_23,
    small_24,
    small_25,
    text_1,
    text_2,
    text_3,
    text_4,
    turned_1,
    turned_2,
    caught_1,
    caught_2,
    grown_1,
    grown_2,
    replaced_1,
    replaced_2,
    replaced_3,
    replaced_4,
    replaced_5,
    replaced_6,
    replaced_7,
    pivot_1,
    pivot_2,
    pivot_3,
    pivot_4,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(program):
    agrees(program, INPUTS)
