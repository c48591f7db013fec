"""The language: a program for each construct; the value is that of Python, the derivatives those of differences."""

import itertools
import linecache
import warnings

import numpy as np
import pytest

import s2sad
from tests.conformance.test_library_programs import X, Y

PROGRAMS = [
    """
    return x[0,0] if k > 0 else k
    """,
    """
    return (x*k).sum() if 0 < k < 1 < 2 else 0.0
    """,
    """
    a = k and x[0,0]
    b = 0.0 or k
    c = not k
    return a*b + c
    """,
    """
    if (n := x.sum()) > 1: return n*k
    """,
    """
    a, (b, *c), d = k, [x[0,0], x[0,1], x[0,2]], 3.0
    return a*b*c[0]*d + len(c)
    """,
    """
    a = [1.0, 2.0]
    a[0] *= k
    a[1] += x[0,0]
    return a[0]*a[1]
    """,
    """
    d = {'a': k}
    d['a'] **= 2
    d['a'] -= x[0,0]
    return d['a']
    """,
    """
    for i in range(3):
        k = k*1.1
    else:
        k = k + x[0,0]
    return k
    """,
    """
    i = 0
    while i < 3:
        k = k*1.1; i += 1
    else:
        k = k + x[0,0]
    return k
    """,
    """
    match x.ndim:
        case 1:
            return k
        case 2:
            return k*x.sum()
    """,
    """
    match (k, x):
        case (a, b):
            return a*b.sum()
    """,
    """
    p = {'kind': 'sq', 'v': k}
    match p:
        case {'kind': 'sq', 'v': v}:
            return v*v
        case _:
            return k
    """,
    """
    a = k
    del a
    a = k*2
    return a
    """,
    """
    a = [k, k*2, x[0,0]]
    del a[0]
    return a[0]*a[1]
    """,
    """
    d = {'a': k, 'b': x[0,0]}
    del d['a']
    return d['b']
    """,
    """
    assert k > 0, 'neg'
    return k*k
    """,
    """
    return sum([v*k for row in x for v in row if v > 0.5])
    """,
    """
    return sum(a*b for a in x[0] for b in y[0] if a > b)
    """,
    """
    return len({1,2,3})*k
    """,
    """
    s = {'a', 'b'}
    return k*k if 'a' in s else k
    """,
    """
    return sum(map(lambda v: v*k, x[0]))
    """,
    """
    return sum(list(map(lambda a, b: a*b, x[0], y[0])))*k
    """,
    """
    return sum(filter(lambda v: v > 0.5, x[0]))*k
    """,
    """
    from functools import reduce
    return reduce(lambda a, b: a*b, x[0])*k
    """,
    """
    from functools import reduce
    return reduce(lambda a, b: a*b + 1, list(x[0]), k)
    """,
    """
    from functools import partial
    f = partial(lambda a, b: a*b, k); return f(x[0,0])
    """,
    """
    import operator
    return operator.add(k, operator.mul(x[0,0], 2)) + operator.itemgetter(1)([k, k*2])
    """,
    """
    import itertools
    return sum(a*b for a, b in itertools.product(x[0], y[0]))*k
    """,
    """
    import itertools
    return sum(itertools.chain(x[0], y[0]))*k
    """,
    """
    import itertools
    return sum(itertools.accumulate(x[0]))*k
    """,
    """
    import itertools
    return sum(a*b for a, b in itertools.pairwise(x[0]))*k
    """,
    """
    import itertools
    return sum(itertools.islice(x[0], 2))*k
    """,
    """
    import itertools
    return sum(a*b for a, b in zip(x[0], itertools.repeat(k)))
    """,
    """
    import itertools
    return sum(a*b for a, b in itertools.zip_longest(x[0], y[0,:2], fillvalue=1.0))*k
    """,
    """
    import itertools
    return sum(a*b for a, b in itertools.combinations(x[0], 2))*k
    """,
    """
    import itertools
    t = 0.0
    for i, v in zip(itertools.count(), x[0]):
        t = t + i*v
    return t*k
    """,
    """
    a = sorted([k, x[0,0], x[0,1]])
    return a[0]*a[1]
    """,
    """
    a = sorted(x[0], key=lambda v: -v)
    return a[0]*a[1]*k
    """,
    """
    a = sorted([(k, 1.0), (x[0,0], 2.0)], key=lambda p: p[0])
    return a[0][0]*a[0][1]
    """,
    """
    a = [x[0,0], k, x[0,1]]
    a.sort()
    return a[0]*a[2]
    """,
    """
    a = [x[0,0], k]
    a.insert(0, x[0,1])
    return a[0]*a[1]
    """,
    """
    d = {'a': k}
    return d.get('b', x[0,0])*d.get('a')
    """,
    """
    d = {'a': k}
    d.update({'b': x[0,0]})
    d.setdefault('c', k*k)
    return sum(d.values())*len(d)
    """,
    """
    d = {'a': k, 'b': x[0,0]}; t = 0.0
    for key, v in d.items():
        t = t + v*(2 if key == 'a' else 3)
    return t
    """,
    """
    d = {'a': k, 'b': x[0,0]}
    return d.pop('a')*d['b']
    """,
    """
    d = {**{'a': k}, 'b': 2.0}
    e = d | {'c': x[0,0]}
    return e['a']*e['b']*e['c']
    """,
    """
    d = dict(a=k, b=x[0,0])
    return d['a']*d['b'] + ('a' in d)
    """,
    """
    a = [v for v in reversed(x[0])]
    return a[0]*k
    """,
    """
    return k if any(v > 0.5 for v in x[0]) else 2*k
    """,
    """
    return k if all(v > 0.1 for v in x[0]) else 2*k
    """,
    """
    return k*isinstance(x, np.ndarray) + (type(k) is float)*k
    """,
    """
    return k*getattr(x, 'ndim') + getattr(x, 'nope', 2.0)*k
    """,
    """
    r = range(1, 7, 2)
    return sum(x[0,0]*i for i in r)*len(r) + r[1]*k + r.stop
    """,
    """
    def f2(*args, **kw): return sum(args)*kw['s']
    return f2(k, x[0,0], s=y[0,0])
    """,
    """
    def f2(a, /, b, *, c=2.0): return a*b*c
    return f2(k, b=x[0,0]) + f2(k, 2.0, c=k)
    """,
    """
    fs = {'sq': lambda v: v*v, 'id': lambda v: v}
    return fs['sq'](k) + fs['id'](x[0,0])
    """,
    """
    fs = [np.sin, np.cos]
    return sum(f(k) for f in fs)
    """,
    """
    def deco(fn):
        def w(*a): return fn(*a)*2
        return w
    @deco
    def g(v): return v*k
    return g(x[0,0])
    """,
    """
    import functools
    def deco(fn):
        @functools.wraps(fn)
        def w(*a, **kw): return fn(*a, **kw)*2
        return w
    @deco
    def g(v, c=1.0): return v*k*c
    return g(x[0,0], c=3.0)
    """,
    """
    print(f'{k:.2f}')
    s = f"a{1}"
    return k if s == 'a1' else 0.0
    """,
    """
    n = None
    return k if n is None else 0.0
    """,
    """
    name = 'relu'
    return {'relu': lambda z: np.maximum(z, 0), 'tanh': np.tanh}[name](x).sum()*k
    """,
    """
    rng = np.random.default_rng(0)
    return (x*rng.normal(size=x.shape)).sum()*k
    """,
    """
    x = x.copy()
    for i in range(3):
        for j in range(4):
            if j == 2: break
            x[i, j] *= k
        else:
            x[i] = 0
    return x.sum()
    """,
    """
    def outer():
        c = k
        def inc():
            nonlocal c
            c = c*2
        inc(); inc()
        return c
    return outer()
    """,
    """
    t = 0.0
    for i in np.ndindex(3, 4): t = t + x[i]*k
    return t
    """,
    """
    t = 0.0
    for i, v in np.ndenumerate(x): t = t + v*k*i[0]
    return t
    """,
    """
    w = [k]*3
    w[1] = x[0,0]
    return w[0]*w[1]*w[2]
    """,
    """
    return max([k, x[0,0]], key=lambda v: -v)
    """,
    """
    best = min(range(4), key=lambda i: x[0, i])
    return x[0, best]*k
    """,
    """
    import copy
    q = {'a': k, 'l': [x[0,0]]}; w = copy.deepcopy(q); w['a'] = 2.0; return w['a']*q['a']*w['l'][0]
    """,
    """
    s = 0.0
    for key in ('a', 'b'):
        s = s + {'a': k, 'b': x[0,0]}[key]
    return s
    """,
    """
    while True:
        k = k*1.5
        if k > 3: break
    return k
    """,
    """
    x0 = x[0]
    return x0[-1] + x0[len(x0)//2]*k
    """,
    """
    return np.sum([v**2 for v in x[0]])*k
    """,
    """
    def fact(n): return 1.0 if n == 0 else n*k*fact(n-1)
    return fact(4)
    """,
    """
    import math as m
    return m.sin(k)
    """,
    """
    lam = (lambda a: (lambda b: a*b))(k)
    return lam(x[0,0])
    """,
    """
    def apply(fn, n):
        def g(v):
            for _ in range(n): v = fn(v)
            return v
        return g
    return apply(lambda v: v*k, 3)(x[0,0])
    """,
    """
    global_ = 3
    return k*global_
    """,
    """
    x[0, 0] = k
    return x.sum()
    """,
    """
    import numpy
    return numpy.sum(x)*k
    """,
    """
    a = b = k*2
    return a*b
    """,
    """
    a = (b := k*2) + 1
    return a*b
    """,
    """
    return (lambda *a, **kw: a[0]*kw['z'])(k, z=2.0)
    """,
    """
    return sum(v for i, v in enumerate(x[0]) if i % 2 == 0)*k
    """,
    """
    d = {(i, j): x[i, j] for i in range(2) for j in range(2)}
    return d[0, 1]*d[1, 0]*k
    """,
    """
    return k**2 if isinstance(k, (int, float)) and not isinstance(x, list) else 0.0
    """,
    """
    z = complex(k, 2.0)
    return abs(z)**2
    """,
]


def function_of(text):
    """Return the function of x, y and k with these lines."""
    body = f"def f(x, y, k):\n{text}"
    name = f"<language {abs(hash(text))}>"
    linecache.cache[name] = (len(body), None, body.splitlines(True), name)
    names = {"np": np, "__name__": "language"}
    exec(compile(body, name, "exec", dont_inherit=True), names)
    return names["f"]


@pytest.mark.parametrize("text", PROGRAMS, ids=lambda text: text.strip().splitlines()[0][:60])
def test_value_and_derivatives(text):
    f = function_of(text)
    value, _ = s2sad.value_and_grad(f, argnums=(0, 1, 2))(X.copy(), Y.copy(), 0.7)
    assert np.allclose(value, f(X.copy(), Y.copy(), 0.7), rtol=1e-15)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        s2sad.check_grads(f, (X.copy(), Y.copy(), 0.7))


def energy(q, x):
    total = 0.0
    for (a, p), (b, r) in itertools.combinations(zip(q, x, strict=True), 2):
        total = total + a * b / np.linalg.norm(p - r)
    return total


def found_by_index(x):
    i = min(range(len(x)), key=lambda j: x[j])
    return x[i] ** 2 * len(list(range(len(x))))


def of_kind(kind, x):
    match kind:
        case "relu":
            return np.sum(np.maximum(x, 0.0))
        case "leaky" | "l":
            return np.sum(np.where(x > 0.0, x, 0.1 * x))
        case ("scale", s) if s > 0.0:
            return s * np.sum(x * x)
        case {"power": int(p), **rest}:
            return np.sum(x**p) * len(rest)
    return np.sum(x)


@pytest.mark.parametrize("kind", ["relu", "leaky", "l", ("scale", 2.0), ("scale", -2.0), {"power": 3, "a": 1}, "none"])
def test_match(kind):
    x = np.array([0.3, -0.8, 0.5])
    assert np.allclose(s2sad.value_and_grad(of_kind, argnums=1)(kind, x)[0], of_kind(kind, x))
    s2sad.check_grads(of_kind, (kind, x), argnums=1)


def test_iterables_of_iterables():
    q, x = np.array([0.3, -0.8, 0.5]), np.random.default_rng(0).normal(size=(3, 2))
    s2sad.check_grads(energy, (q, x))
    s2sad.check_grads(found_by_index, (q,))
