"""Programs that a reader of the language wrote to break it: what they compute is what Python computes."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest

import s2sad

X = np.array([0.7, 1.3, -0.4, 2.1, 0.9])


class AC01:
    def __init__(self, k):
        self.k = k

    def __call__(self, h):
        return self.k * h


class BC01(AC01):
    def __call__(self, h):
        return math.sin(self.k + h)


def make_c01(x):
    ops = []
    for v in x:
        if v > 1:
            ops.append(AC01(v))
        else:
            ops.append(BC01(v))
    return ops


def mixed_list_from_helper(x):
    h = 1.0
    for o in make_c01(x):
        h = o(h)
    return h


def dict_ior_nameerror(x):
    ds = [{"p": v, "q": 1.0} for v in x]
    e = ds[0]
    e |= {"p": x[1] ** 2}
    return ds[0]["p"]


class PC03:
    def __init__(self, v, w):
        self.v = v
        self.w = w

    def bump(self, h):
        self.w += h * self.v


def dict_of_objects_keyerror(x):
    d = {}
    for v in x:
        k = int(v)
        if k in d:
            d[k].bump(v)
        else:
            d[k] = PC03(v, 1.0)
    last = d[int(x[-1])]
    last.v *= 2
    return sum(p.v * p.w for p in d.values())


class AC04:
    def __init__(self, k):
        self.k = k


class BC04:
    def __init__(self, a):
        self.a = a


def match_class_mixed(x):
    ops = []
    for v in x:
        if v > 1:
            ops.append(AC04(v))
        else:
            ops.append(BC04(v))
    s = 0.0
    for o in ops:
        match o:
            case AC04(k=k):
                s += k * k
            case BC04(a=a):
                s += 3 * a
    return s


def in_list_unbound(x):
    qs = [0]
    ys = []
    for v in x:
        ys.append([v * w for w in x if int(w) in qs])
        qs.append(int(v))
    return sum(sum(y) for y in ys)


class WC08:  # noqa: PLW1641
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def __eq__(self, o):
        return self.a == o.a


def eq_index(x):
    ws = [WC08(v * v, v) for v in x]
    for w in ws:
        w.b *= 2.0
    q = WC08(x[0] * x[0], 0.0)
    k = ws.index(q)
    return ws[k].b + (2 * x[1] if q in ws else 0.0)


def sum_of_rows(x):
    g = [[v, v * v] for v in x]
    g[0][0] = 7.0
    return sum((i + 1) * v for i, v in enumerate(sum(g, [])))  # noqa: RUF017


def second_order_tape(x):
    tape = []
    val = list(x)

    def sin(i):
        val.append(math.sin(val[i]))
        tape.append((len(val) - 1, [(i, math.cos(val[i]))]))
        return len(val) - 1

    def mul(i, j):
        val.append(val[i] * val[j])
        tape.append((len(val) - 1, [(i, val[j]), (j, val[i])]))
        return len(val) - 1

    k = 0
    for i in range(1, len(x)):
        k = mul(k, i) if x[i] > 0.6 else sin(k)
    g = [0.0] * len(val)
    g[k] = 1.0
    for out, ins in reversed(tape):
        for i, d in ins:
            g[i] += g[out] * d
    return sum(t * t for t in g[: len(x)])


def in_list_condition_recomputed(x):
    seen = []
    s = 0.0
    for v in x:
        if int(v) in seen:
            s += v * v
        else:
            s += math.sin(v)
        seen.append(int(v))
    return s


def sort_rows_of_lists(x):
    iv = sorted([v, v + 0.5] for v in x)
    out = [iv[0]]
    for lo, hi in iv[1:]:
        if lo <= out[-1][1]:
            out[-1][1] = max(out[-1][1], hi)
        else:
            out.append([lo, hi])
    return sum((b - a) ** 2 for a, b in out)


def min_of_objects_or_rows(x):
    g = [[v, v * v] for v in x]
    m = min(g)
    m[1] = 10.0 * x[1]
    return sum(sum(r) for r in g)


def dict_update_lost_rebound(x):
    d = {"a": x[0], "b": x[1]}
    for v in x:
        d.update({"b": v})
        d = dict(d)
    return d["a"] + 2 * d["b"]


def dict_update_lost_alias(x):
    d = {"a": x[0], "b": x[1]}
    e = {"a": x[2], "b": x[3]}
    t = d if x[0] > 0.6 else e
    t.update(b=x[2] * x[3])
    return d["a"] + 2 * d["b"] + e["b"]


def dict_update_in_list(x):
    ds = [{"a": v, "b": v * v} for v in x]
    d = ds[0]
    for e in ds:
        if e["a"] > 1:
            d = e
        d.update({"b": x[0]})
    return sum(d["a"] + 2 * d["b"] for d in ds)


def dict_update_applied_on_other_path(x):
    d = {"a": x[0], "b": x[1]}
    if x[0] > 0.6:
        d.update(b=x[2])
        d = {"a": d["a"] * 2, "b": d["b"]}
    return d["a"] + 2 * d["b"]


def dict_ior_alias(x):
    d = {"p": x[0], "q": 1.0}
    e = d
    e |= {"p": x[1] ** 2}
    return d["p"]


def set_ior_alias(x):
    a = {1}
    b = a
    b |= {3}
    return x[0] * len(a)


def mark_f11(s, k):
    s |= {k}


def set_ior_helper(x):
    seen = {1}
    for v in x:
        mark_f11(seen, int(v))
    return x[0] * len(seen)


class PF12:
    def __init__(self, v):
        self.v = v


def is_last_item(x):
    ps = [PF12(v) for v in x]
    last = ps[-1]
    s = 0.0
    for p in ps:
        s += 100 * p.v if p is last else p.v
    return s


class AF14:
    def __init__(self, k):
        self.k = k


class BF14(AF14):
    pass


def type_is(x):
    ops = []
    for v in x:
        if v > 1:
            ops.append(AF14(v))
        else:
            ops.append(BF14(v))
    s = 0.0
    for o in ops:
        if type(o) is BF14:
            s += 10 * o.k
        else:
            s += o.k
    return s


class AF15:
    def __init__(self, k):
        self.k = k


class BF15(AF15):
    pass


def type_name(x):
    ops = []
    for v in x:
        if v > 1:
            ops.append(AF15(v))
        else:
            ops.append(BF15(v))
    s = 0.0
    for o in ops:
        if type(o).__name__ == "BF15":
            s += 10 * o.k
        else:
            s += o.k
    return s


class EqF16:  # noqa: PLW1641
    def __init__(self, v):
        self.v = v
        self.n = 0

    def __eq__(self, o):
        return abs(self.v - o.v) < 0.5


def eq_in_objects(x):
    reps = []
    for e in [EqF16(v) for v in x]:
        e.n += 1
        if e in reps:
            reps[0].v += e.v
        else:
            reps.append(e)
    return sum(e.v for e in reps) + len(reps) * x[0]


class EqF17:  # noqa: PLW1641
    def __init__(self, v):
        self.v = v
        self.n = 0

    def __eq__(self, o):
        return abs(self.v - o.v) < 0.5


def eq_count(x):
    es = [EqF17(v) for v in x]
    for e in es:
        e.n += 1
    return es.count(EqF17(x[0])) * x[1] + (x[0] if EqF17(x[1]) in es else 2 * x[0])


def row_in_rows(x):
    g = [[int(v), i % 2] for i, v in enumerate(x)]
    g[0][0] += 1
    s = 0.0
    for i, r in enumerate(g):
        if r in g[:i]:
            s += x[i] * 10
    return s + len(g) * x[1]


def sorted_known_lists(x):
    a = [x[0], x[1]]
    b = [x[1], x[0]]
    r = sorted([a, b])[0]
    r[0] = 5 * x[3]
    return a[0] + 2 * b[0]


def copy_copy_runtime_dict(x):
    d = {}
    for v in x:
        d[int(v)] = v
    e = copy.copy(d)
    e[int(x[0])] = 9 * x[1]
    return sum(d.values()) + 2 * sum(e.values())


def copy_of_set(x):
    s = {int(v) for v in x}
    t = copy.deepcopy(s)
    t.add(50)
    return len(s) * x[0] + len(t) * x[1]


def deepcopy_dict_of_sets(x):
    g = {i: {int(v)} for i, v in enumerate(x)}
    h = copy.deepcopy(g)
    h[0].add(99)
    return sum(len(g[i]) * v for i, v in enumerate(x))


def set_is_after_copy(x):
    su = {0, 1}
    sv = {1}
    s = 0.0
    for v in x:
        if su is sv:
            s += v * v
        sv = set(su)
    return s + x[0]


PROGRAMS = [
    mixed_list_from_helper,
    dict_ior_nameerror,
    dict_of_objects_keyerror,
    match_class_mixed,
    in_list_unbound,
    eq_index,
    sum_of_rows,
    second_order_tape,
    in_list_condition_recomputed,
    sort_rows_of_lists,
    min_of_objects_or_rows,
    dict_update_lost_rebound,
    dict_update_lost_alias,
    dict_update_in_list,
    dict_update_applied_on_other_path,
    dict_ior_alias,
    set_ior_alias,
    set_ior_helper,
    is_last_item,
    type_is,
    type_name,
    eq_in_objects,
    eq_count,
    row_in_rows,
    sorted_known_lists,
    copy_copy_runtime_dict,
    copy_of_set,
    deepcopy_dict_of_sets,
    set_is_after_copy,
]
INPUTS = [X, np.array([1.9, -0.6, 0.35, 0.8]), np.array([-1.1, 0.55, 2.4, 1.15, -0.25, 0.62])]


@pytest.mark.parametrize("program", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(program):
    for x in INPUTS:
        for given in (x, x.tolist()):
            try:
                expected = program(copy.copy(given))
            except Exception as error:
                with pytest.raises(type(error)):
                    s2sad.value_and_grad(program)(given)
                continue
            value, _ = s2sad.value_and_grad(program)(given)
            assert np.isclose(value, expected, rtol=1e-12)
            s2sad.check_grads(program, (given,))
