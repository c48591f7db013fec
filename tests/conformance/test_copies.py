"""Copies of lists whose items are of every kind, made in every way: right, or refused with a reason.

A copy that lost the cotangents of the parts of its items gave zeros.
"""

from __future__ import annotations

import collections
import linecache
from typing import Any

import numpy as np
import pytest

import s2sad

Array = Any


class Point:
    def __init__(self, a: float, b: float) -> None:
        self.a, self.b = a, b


Named = collections.namedtuple("Named", "a b")

# kind of the items: how one is made of v and k, what is read of it, what it is sorted by
ITEMS = {
    "number": ("v * k", "p**2", "p"),
    "pair": ("(v, k * v)", "p[0] * p[1]", "p[0]"),
    "pair in a pair": ("((v, k), k * v)", "p[0][0] * p[0][1] + p[1]", "p[0][0]"),
    "array": ("np.array([v, v * k])", "p[0] * p[1]", "p[0]"),
    "array in a pair": ("(x * v, k)", "np.sum(p[0]) * p[1]", "p[0][1]"),
    "list": ("[v, v * k]", "p[0] * p[1]", "p[0]"),
    "dict": ('{"a": v, "b": v * k}', 'p["a"] * p["b"]', 'p["a"]'),
    "object": ("Point(v, v * k)", "p.a * p.b", "p.a"),
    "named tuple": ("Named(v, v * k)", "p.a * p.b", "p.a"),
    "absent": ("(v if v > 0.5 else None)", "(0.3 if p is None else p**2)", "(0.0 if p is None else p)"),
}
COPIES = [
    "xs.copy()",
    "list(xs)",
    "xs[:]",
    "[*xs]",
    "copy.copy(xs)",
    "[p for p in xs]",
    "[p for _, p in enumerate(xs)]",
    "list(reversed(xs))",
    "xs[::-1]",
    "sorted(xs, key=lambda p: {key})",
    "list(filter(lambda p: {key} > 0.0, xs))",
    "list(map(lambda p: p, xs))",
    "[max(xs, key=lambda p: {key}), min(xs, key=lambda p: {key})]",
    "list(itertools.chain(xs, xs[:1]))",
    "collections.deque(xs)",
    "xs + xs[1:]",
    "xs * 2",
    "3 * xs",
    "xs if k > 0 else xs[1:]",
    "[a for a, b in zip(xs, xs[1:])]",
]


def program(item: str, copy: str) -> Any:
    made, read, key = ITEMS[item]
    text = f"""import collections, copy, itertools
import numpy as np
def program(x, k):
    xs = []
    for v in x:
        xs.append({made})
    ys = {copy.format(key=key)}
    total = 0.0
    for p in ys:
        total = total * k + {read}
    return total
"""
    file = f"<copies {item} {copy}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names: dict[str, Any] = {"__name__": "copies", "Point": Point, "Named": Named}
    exec(compile(text, file, "exec", dont_inherit=True), names)
    return names["program"]


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("copy", COPIES)
def test_a_copy(item: str, copy: str) -> None:
    function = program(item, copy)
    x, k = np.array([0.8752864, 1.6916414, 1.32705707, -0.32437843]), 0.7
    value, _ = s2sad.value_and_grad(function)(x, k)
    np.testing.assert_allclose(value, function(x, k))
    s2sad.check_grads(function, (x, k))
