"""Random programs with objects in lists, links between them and lists in lists, which change under several names."""

from __future__ import annotations

import linecache
import random
import sys
import types
from collections.abc import Callable
from typing import Any

HEAD = """
import copy

import numpy as np


class Node:
    def __init__(self, a, b):
        self.a = a
        self.b = b
        self.next = None
        self.parts = [a]

    def mix(self, c):
        self.a = self.a * 0.5 + self.b * c

    @property
    def size(self):
        return self.a * self.a + self.b


def chained(p, left, c):
    if p is None or left == 0:
        return 0.0
    p.a = p.a * 0.5 + c
    return p.b + chained(p.next, left - 1, c * 0.5)


def found(p, left, least):
    if p is None or left == 0:
        return None
    if p.a > least:
        return p
    return found(p.next, left - 1, least)


def walk(xs, at, path, out):
    if at >= len(xs):
        out.append(sum(path, 0.0) * 0.5)
        return
    walk(xs, at + 2, path, out)
    path.append(xs[at])
    walk(xs, at + 1, path, out)
    path.pop()


def settle(xs, at):
    if at + 1 < len(xs):
        if xs[at] > xs[at + 1]:
            xs[at], xs[at + 1] = xs[at + 1], xs[at]
        settle(xs, at + 1)


def halved(xs):
    if len(xs) < 2:
        return xs
    m = len(xs) // 2
    left, right = halved(xs[:m]), halved(xs[m:])
    left.append(right[0] * xs[0])
    return left + right


def program(x, k):
    n = len(x)
    nodes = [Node(v, k * v + 1.0) for v in x]
    grid = [[v * w + 0.5 for w in x] for v in x]
    picks = [nodes[0]]
    records = [{"u": v * k, "w": 1.5} for v in x]
    last = None
    s = 0.0
"""
TAIL = """
    s += sum(p.size for p in nodes) + sum(p.a * p.b for p in picks)
    s += sum((i + 1) * sum(row) for i, row in enumerate(grid))
    for p in nodes:
        s += sum(p.parts) * 0.3
    for r in records:
        s += r["u"] * r["w"]
    return s
"""
# what stands for {i}, {j}: a place; {c}: a number; {v}: something active
STATEMENTS = (
    "for p in nodes:\n    p.a += p.b * {c}",
    "for p in picks:\n    p.b = p.b * 0.5 + {v}",
    "p = nodes[{i}]\nq = nodes[{j}]\np.a = q.a * p.b\nq.b -= p.a * {c}",
    "nodes[{i}].next = nodes[{j}]",
    "if nodes[{i}].next is not None:\n    nodes[{i}].next.b += {v}",
    "grid[{i}][{j}] += grid[{j}][{i}] * {v}",
    "for row in grid:\n    row[0] = row[0] * 0.5 + row[-1] * {c}",
    "for i in range(n):\n    for j in range(n):\n        grid[i][j] *= 1.0 - {c} * nodes[j].a",
    "grid[{i}], grid[{j}] = grid[{j}], grid[{i}]",
    "nodes[{i}], nodes[{j}] = nodes[{j}], nodes[{i}]",
    "row = grid[{i}]\nrow.append({v} * row[0])",
    "s += grid[{i}].pop()\ngrid[{i}].append({v})",
    "nodes.append(Node({v}, nodes[{i}].a))",
    "picks.append(nodes[{i}])",
    "picks.append(nodes[{i}])\ns += picks.pop(0).b",
    "nodes.reverse()",
    "grid.reverse()",
    "nodes.sort(key=lambda p: p.a)",
    "best = nodes[0]\nfor p in nodes:\n    if p.a > best.a:\n        best = p\nbest.a -= {v}",
    "nodes[{i}].parts.append({v} * nodes[{j}].a)",
    "for p in nodes:\n    p.parts[0] += {v}",
    "for p in nodes:\n    p.mix({v})",
    "c, steps = nodes[{i}], 0\nwhile c is not None and steps < 4:\n    s += c.a * {c}\n    c = c.next\n    steps += 1",
    "for p in nodes:\n    for q in nodes:\n        if p is not q:\n            p.b += 0.01 * q.a * {v}",
    "if nodes[{i}] is picks[0]:\n    s += {v}",
    "if nodes[{j}] in picks:\n    picks[0].a += {v}",
    "other = [row[:] for row in grid]\nother[{i}][0] = {v}\ns += sum(other[{i}]) * {c}",
    "grid = [[u * {c} + {v} for u in row] for row in grid]",
    "grid.append([{v}, k, 1.0, x[0]])\ns += grid.pop({i})[1]",
    "for r in records:\n    r['u'] = r['u'] * r['w'] + {v}",
    "records[{i}]['w'] -= {v}\nrecords.append({{'u': {v}, 'w': 0.5}})",
    "last = nodes[{i}] if {v} > {c} else picks[0]",
    "if last is not None:\n    last.a += {v}",
    "nodes = [p for p in nodes if p.a < 40.0 or p is nodes[0]]",
    "for p in list(nodes):\n    if p.a > 1.0 and len(nodes) < 7:\n        nodes.append(Node(p.a * {c}, {v}))",
    "if grid[{i}] == grid[{j}] or grid[{i}] in grid[:1]:\n    s += {v}",
    "s += grid.index(grid[{i}]) * {v}\nif nodes[-1] is nodes[{i}]:\n    s += {c} * nodes[{j}].a",
    "row = max(grid)\nrow[0] += {v}\ngrid.sort()",
    "records[{i}].update(w={v})\nd = records[{i}] if {v} > 0.5 else records[{j}]\nd.update({{'u': {v}}})",
    "other = copy.copy(nodes[{i}])\nother.a = {v}\ns += other.a * nodes[{i}].a",
    "twin = copy.deepcopy(grid)\ntwin[{i}][{j}] *= {v}\ns += sum(twin[{i}]) - sum(grid[{j}]) * {c}",
    "d = {{'q': {v}, 'z': 2.0}}\nif {v} > {c}:\n    d['q'] = nodes[{i}].a\n"
    "    d = {{'q': d['q'] * 2, 'z': {v}}}\ns += d['q'] * d['z']",
    "which = None\nfor t2 in range(n):\n    if x[t2] > {v}:\n"
    "        which = t2\nif which is not None:\n    s += x[which] * {c}",
    "seen = []\nfor v in x:\n    if v > 0.2 and int(2 * v) in seen:\n        s += v * {v}\n    seen.append(int(2 * v))",
    "nodes[{i}].next = nodes[{i}]\nnodes[{i}].next.a *= 1.0 + {c}",
    "total = 0.0\nfor p, row in zip(nodes, grid):\n    total += p.a * row[0]\n    row[-1] = total\ns += total",
)
STATEMENTS += (
    "s += chained(nodes[{i}], 3, {v})",
    "hit = found(nodes[{i}], 4, {v})\nif hit is not None:\n    hit.b += {c}\n    s += hit.a",
    "out = []\nwalk(grid[{i}], 0, [], out)\ns += sum(out) * {c}",
    "settle(grid[{i}], 0)",
    "xs = [v * {v} for v in x]\nsettle(xs, 0)\ns += sum((t2 + 1) * v for t2, v in enumerate(xs))",
    "s += sum(halved([v * {c} for v in x])) * {v}",
    "counts = {{}}\nfor v in x:\n    counts[int(2 * v)] = counts.get(int(2 * v), 0.0) + v * {v}\n"
    "s += counts.pop(int(2 * x[{i}])) - counts.pop(99, {v})\ns += sum(counts.values()) * len(counts)",
    "for p in nodes:\n    p.mark = p.a * {v}\ns += nodes[{i}].mark",
    "turn = reversed(grid[{i}])\ns += next(turn) * {v}\nfor v in turn:\n    s += v * {c}",
    "s += grid[{i}][::2][0] + sum(grid[{j}][::-1][:2]) * {c}",
    "grid[{i}] = grid[{i}][:2]\ns += sum(v * {v} for v in grid[{i}])",
)
ACTIVE = ("x[{i}]", "k", "x[{j}] * k", "nodes[{i}].a", "grid[{i}][{j}]", "np.sin(x[{i}])", "picks[0].b", "k * 0.3")


def filled(rng: random.Random, text: str) -> str:
    """Return a statement with its blanks filled in."""
    places = {"i": rng.randrange(3), "j": rng.randrange(3), "c": rng.choice(("0.1", "0.25", "-0.2"))}
    active = rng.choice(ACTIVE).format(**places)
    return text.format(**places, v=active)


def indented(text: str, by: int) -> list[str]:
    """Return the lines of a statement."""
    return [" " * by + line for line in text.split("\n")]


def program(seed: int) -> str:
    """Return the text of `def program(x, k)`."""
    rng = random.Random(seed)
    lines = []
    for _ in range(rng.randint(2, 6)):
        one = filled(rng, rng.choice(STATEMENTS))
        kind = rng.random()
        if kind < 0.2:
            test = filled(rng, rng.choice(("{v} > {c}", "x[{i}] < x[{j}]", "len(picks) > 1", "nodes[{i}].b > 1.0")))
            lines += [f"    if {test}:", *indented(one, 8)]
            if rng.random() < 0.5:
                lines += ["    else:", *indented(filled(rng, rng.choice(STATEMENTS)), 8)]
        elif kind < 0.4:
            lines += [f"    for t in range({rng.choice(('2', 'n', 'n - 1'))}):", *indented(one, 8)]
            if rng.random() < 0.3:
                lines += indented(filled(rng, rng.choice(STATEMENTS)), 8)
        else:
            lines += indented(one, 4)
    return HEAD.lstrip() + "\n".join(lines).lstrip("\n") + TAIL


def function(seed: int) -> Callable[..., Any]:
    """Return the function of a random program, its source registered."""
    text, file = program(seed), f"<places {seed}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    module = sys.modules[f"places_{seed}"] = types.ModuleType(f"places_{seed}")  # generated code imports the class
    exec(compile(text, file, "exec", dont_inherit=True), vars(module))
    found: Callable[..., Any] = module.program
    return found
