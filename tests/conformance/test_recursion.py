"""Functions that call themselves and change what they are given: lists, dicts, sets, and objects that hold others."""

from __future__ import annotations

import math

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import agrees

INPUTS = [np.array([0.7, 1.2, -0.4, 1.9, 0.3]), np.array([-0.8, 0.35, 1.1, -1.3, 0.9])]


class Link:
    def __init__(self, v):
        self.v = v
        self.left = None
        self.right = None


def total_of_links(node):
    if node is None:
        return 0.0
    return node.v * node.v + total_of_links(node.left) * 0.5 + total_of_links(node.right)


def searched_in_a_loop(x):
    root = Link(x[0])
    for v in x[1:]:
        node = root
        while True:
            if v < node.v:
                if node.left is None:
                    node.left = Link(v)
                    break
                node = node.left
            else:
                if node.right is None:
                    node.right = Link(v)
                    break
                node = node.right
    return root.v


def total_of_a_list_of_nodes(x):
    root = Link(x[0])
    for v in x[1:]:
        node = root
        while node.left is not None:
            node = node.left
        node.left = Link(v)
    return total_of_links(root)


def end_of_a_list_of_nodes(x):
    root = Link(x[0])
    for v in x[1:]:
        node = root
        while node.left is not None:
            node = node.left
        node.left = Link(v)
    return root.v + root.left.v


class Node:
    def __init__(self, key, value):
        self.key = key
        self.value = value
        self.left = None
        self.right = None


def insert(node, key, value):
    if node is None:
        return Node(key, value)
    if key < node.key:
        node.left = insert(node.left, key, value)
    elif key > node.key:
        node.right = insert(node.right, key, value)
    else:
        node.value = node.value + value
    return node


def lookup(node, key):
    if node is None:
        return 0.0
    if key < node.key:
        return lookup(node.left, key)
    if key > node.key:
        return lookup(node.right, key)
    return node.value


def depth_weighted(node, depth):
    if node is None:
        return 0.0
    here = node.value * 0.5**depth
    return here + depth_weighted(node.left, depth + 1) + depth_weighted(node.right, depth + 1)


def scale(node, factor):
    if node is not None:
        node.value = node.value * factor
        scale(node.left, factor * 0.9)
        scale(node.right, factor * 1.1)


def built_from_nothing(x):
    root = None
    for i, v in enumerate(x):
        root = insert(root, (i * 7) % 5, v * v)
    return depth_weighted(root, 0)


def inserted_and_looked_up(x):
    root = Node(2, x[0])
    for i, v in enumerate(x):
        insert(root, (i * 7) % 5, v * v)
    return depth_weighted(root, 0) * lookup(root, 3)


def scaled_where_it_is(x):
    root = Node(x[0], x[0] * x[1])
    for v in x[1:]:
        insert(root, v, v * v)
    scale(root, x[2])
    return depth_weighted(root, 0) + lookup(root, x[1])


class Tree:
    def __init__(self):
        self.root = None
        self.count = 0

    def add(self, key, value):
        self.root = self._add(self.root, key, value)

    def _add(self, node, key, value):
        if node is None:
            self.count += 1
            return Node(key, value)
        if key < node.key:
            node.left = self._add(node.left, key, value)
        else:
            node.right = self._add(node.right, key, value)
        return node

    def total(self):
        return self._total(self.root)

    def _total(self, node):
        if node is None:
            return 0.0
        return node.value + 0.5 * (self._total(node.left) + 2.0 * self._total(node.right))


def tree_with_methods(x):
    tree = Tree()
    for v in x:
        tree.add(v, v * v)
    return tree.total() / tree.count


def collect(node, out):
    if node is None:
        return
    collect(node.left, out)
    out.append(node.value)
    collect(node.right, out)


def collected_in_order(x):
    root = Node(x[0], x[0] * x[1])
    for v in x[1:]:
        insert(root, v, v * v)
    out = []
    collect(root, out)
    total = 0.0
    for k, v in enumerate(out):
        total = total * 0.9 + (k + 1) * v
    return total


def build(values, lo, hi):
    if lo >= hi:
        return None
    mid = (lo + hi) // 2
    node = Node(mid, values[mid])
    node.left = build(values, lo, mid)
    node.right = build(values, mid + 1, hi)
    return node


def built_by_halves(x):
    root = build(x, 0, len(x))
    root.value *= x[1]
    return depth_weighted(root, 0)


def reverse(node):
    if node is not None:
        node.left, node.right = node.right, node.left
        reverse(node.left)
        reverse(node.right)


def turned_around(x):
    root = build(x, 0, len(x))
    reverse(root)
    root.left.value = root.left.value * root.value
    return depth_weighted(root, 0) + root.right.value * x[0]


class Held:
    def __init__(self, v):
        self.v = v


def back(p, n):
    if n == 0:
        return p
    return back(p, n - 1)


def handed_back(x):
    p = Held(x[0])
    r = back(p, int(abs(x[1])))
    r.v = r.v * x[2]
    return p.v * 2.0 + r.v


def one_of_two_handed_back(x):
    p = Held(x[0])
    q = Held(x[1])
    r = back(p if x[3] > 0 else q, int(abs(x[1])))
    r.v = r.v * x[2]
    return p.v * 2.0 + r.v * q.v


def maybe(v):
    if v < 0:
        return None
    if v < 0.3:
        return Held(v)
    return Held(v * v)


def object_or_none(x):
    r = maybe(x[0])
    if r is None:
        return x[1]
    r.v *= x[1]
    return r.v * r.v


def object_or_none_twice(x):
    r = maybe(x[0])
    s = 0.0
    if r is not None:
        r.v *= x[1]
        s = r.v
    if r is not None:
        r.v *= x[1]
        s += r.v
    return s


def pick(p, q, n):
    if n <= 0:
        return p
    return pick(q, p, n - 1)


def object_picked(x):
    p, q = Held(x[0]), Held(x[1])
    r = pick(p, q, int(abs(x[2]) * 3))
    r.v += x[3]
    return p.v * 2 + q.v * q.v


def list_picked(x):
    p, q = [x[0], x[1]], [x[2], x[3]]
    r = pick(p, q, int(abs(x[2]) * 3))
    r[0] += x[3]
    return p[0] * 2 + q[0] * q[0] + r[1]


class Counter:
    def __init__(self):
        self.n = 0.0

    def walk(self, k, v):
        if k == 0:
            return v
        self.n += v
        return self.walk(k - 1, v * 0.9) * 1.1


def counted_by_a_method(x):
    c = Counter()
    r = c.walk(3, x[0])
    r2 = c.walk(int(abs(x[1])), x[1])
    return r * r2 + c.n * c.n


def quicksort(xs, lo, hi):
    if lo < hi:
        p = xs[hi]
        i = lo
        for j in range(lo, hi):
            if xs[j] < p:
                xs[i], xs[j] = xs[j], xs[i]
                i += 1
        xs[i], xs[hi] = xs[hi], xs[i]
        quicksort(xs, lo, i - 1)
        quicksort(xs, i + 1, hi)


def sorted_where_it_is(x):
    xs = [v * v for v in x]
    quicksort(xs, 0, len(xs) - 1)
    return sum((k + 1) * v for k, v in enumerate(xs))


def subsets(xs, k, path):
    if k == len(xs):
        t = 1.0
        for v in path:
            t = t * v
        return t
    total = subsets(xs, k + 1, path)
    path.append(xs[k])
    total += subsets(xs, k + 1, path)
    path.pop()
    return total


def subsets_on_a_path(x):
    return subsets(list(x[:4]), 0, [])


def subsets_out(xs, k, path, out):
    if k == len(xs):
        out.append(sum(path))
        return
    subsets_out(xs, k + 1, path, out)
    path.append(xs[k])
    subsets_out(xs, k + 1, path, out)
    path.pop()


def subsets_listed(x):
    out = []
    subsets_out(list(x[:3]), 0, [], out)
    return sum(v**2 for v in out)


def hanoi(n, a, b, c, w):
    if n == 0:
        return 0.0
    t = hanoi(n - 1, a, c, b, w)
    d = a.pop()
    c.append(d * 1.1)
    return t + d * w + hanoi(n - 1, b, a, c, w)


def towers(x):
    a, b, c = list(x[:3]), [], []
    cost = hanoi(3, a, b, c, x[3])
    return cost + sum(v * v for v in c)


def merge_sort(xs):
    if len(xs) <= 1:
        return xs
    m = len(xs) // 2
    left, r = merge_sort(xs[:m]), merge_sort(xs[m:])
    out = []
    i = j = 0
    while i < len(left) and j < len(r):
        if left[i] <= r[j]:
            out.append(left[i])
            i += 1
        else:
            out.append(r[j])
            j += 1
    return out + left[i:] + r[j:]


def sorted_by_merging(x):
    return sum((k + 1) * v * v for k, v in enumerate(merge_sort(list(x))))


class Crossing:
    def __init__(self, w):
        self.w = w
        self.out = []
        self.seen = False
        self.total = 0.0


def dfs(v):
    if v.seen:
        return 0.0
    v.seen = True
    t = v.w
    for u in v.out:
        t += 0.5 * dfs(u) * v.w
    v.total = t
    return t


def depth_first(x):
    vs = [Crossing(w) for w in x]
    for i in range(len(vs)):
        vs[i].out.append(vs[(i * 2 + 1) % len(vs)])
        vs[i].out.append(vs[(i + 3) % len(vs)])
    t = dfs(vs[0])
    return t + sum(v.total * v.w for v in vs)


def remembered_in_a_dict(x):
    memo = {}

    def f(i):
        if i in memo:
            return memo[i]
        if i >= len(x):
            return 1.0
        r = x[i] * f(i + 1) + f(i + 2)
        memo[i] = r
        return r

    return f(0)


def flood(g, i, j, v):
    if i < 0 or j < 0 or i >= len(g) or j >= len(g[0]) or g[i][j] > 0:
        return 0.0
    g[i][j] = v * v + 0.1
    return v + flood(g, i + 1, j, v * 0.9) + flood(g, i, j + 1, v * 0.8)


def flooded(x):
    g = [[-1.0 for _ in range(3)] for _ in range(3)]
    t = flood(g, 0, 0, x[0])
    return t + sum(sum(r) for r in g) * x[1]


class Leaf:
    def __init__(self, v):
        self.v = v

    def value(self):
        return self.v

    def scale(self, k):
        self.v *= k


class Sum:
    def __init__(self, parts):
        self.parts = parts

    def value(self):
        return sum(p.value() for p in self.parts)

    def scale(self, k):
        for p in self.parts:
            p.scale(k)


class Prod:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def value(self):
        return self.a.value() * self.b.value()

    def scale(self, k):
        self.a.scale(k)


def grow(x, d):
    if d == 0:
        return Leaf(x[0])
    if d % 2:
        return Sum([grow([v * 1.1 for v in x], d - 1), Leaf(x[1])])
    return Prod(grow(x, d - 1), Leaf(x[2] * d))


def expression_tree(x):
    e = grow(x, 4)
    e.scale(x[3])
    return e.value()


def even(n, acc):
    if n == 0:
        return 1.0
    acc.append(n * 1.0)
    return odd(n - 1, acc) * 2.0


def odd(n, acc):
    if n == 0:
        return 3.0
    acc[-1] = acc[-1] * 0.5
    return even(n - 1, acc) + acc[0]


def to_and_fro(x):
    acc = [x[0]]
    r = even(int(abs(x[1]) * 3), acc)
    return r * x[2] + sum(a * x[3] for a in acc)


class Place:
    def __init__(self, i, w):
        self.i = i
        self.w = w
        self.out = []


def reach(v, visited):
    if v.i in visited:
        return 0.0
    visited.add(v.i)
    return v.w + sum(reach(u, visited) * 0.5 for u in v.out)


def reached(x):
    vs = [Place(i, w) for i, w in enumerate(x)]
    for v in vs:
        v.out.append(vs[(v.i * 2 + 1) % len(vs)])
        v.out.append(vs[(v.i + 3) % len(vs)])
    vs[0].w *= x[1]
    seen = set()
    return reach(vs[0], seen) * len(seen)


def in_topological_order(x):
    vs = [Place(i, w) for i, w in enumerate(x)]
    for v in vs:
        v.out.append(vs[(v.i * 2 + 1) % len(vs)])
        v.out.append(vs[(v.i + 3) % len(vs)])
    order = []
    visited = set()

    def visit(v):
        if v.i in visited:
            return
        visited.add(v.i)
        for u in v.out:
            visit(u)
        order.append(v.w * v.w)

    for v in vs:
        visit(v)
    return sum((k + 1) * w for k, w in enumerate(order))


def lcs(a, b, i, j, memo):
    if (i, j) in memo:
        return memo[(i, j)]
    if i == len(a) or j == len(b):
        r = 0.0
    elif abs(a[i] - b[j]) < 0.8:
        r = a[i] * b[j] + lcs(a, b, i + 1, j + 1, memo)
    else:
        r = max(lcs(a, b, i + 1, j, memo), lcs(a, b, i, j + 1, memo))
    memo[(i, j)] = r
    return r


def common_subsequence(x):
    return lcs(list(x), [v * 1.3 for v in x[::-1]], 0, 0, {})


def fib(n, x, memo={}):  # noqa: B006
    if n < 2:
        return x[n]
    return fib(n - 1, x) * 0.9 + fib(n - 2, x)


def default_that_is_not_used(x):
    return fib(6, x)


def permute(xs, k, out):
    if k == len(xs):
        t = 0.0
        for i, v in enumerate(xs):
            t += (i + 1) * v
        out.append(t)
    for i in range(k, len(xs)):
        xs[k], xs[i] = xs[i], xs[k]
        permute(xs, k + 1, out)
        xs[k], xs[i] = xs[i], xs[k]


def permuted(x):
    out = []
    permute(list(x[:3]), 0, out)
    return sum(v**2 for v in out) - max(out)


def solve(grid, path, best):
    n = len(path)
    if n == 3:
        s = sum(path)
        if s > best[0]:
            best[0] = s
        return
    for c in range(3):
        path.append(grid[n][c] * (c + 1))
        solve(grid, path, best)
        path.pop()


def the_best_path(x):
    grid = [[x[(i + j) % 5] * (i - 1) for j in range(3)] for i in range(3)]
    best = [-100.0]
    solve(grid, [], best)
    return best[0] * x[0]


class Number:
    def __init__(self, v):
        self.v = v

    def value(self):
        return self.v

    def scale(self, k):
        self.v *= k


class Times:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def value(self):
        return self.a.value() * self.b.value()

    def scale(self, k):
        self.a.scale(k)


def grown(x, d):
    if d == 0:
        return Number(x[0])
    return Times(grown(x, d - 1), Number(x[2] * d))


def products(x):
    e = grown(x, 3)
    return e.value()


def scaled_products(x):
    e = grown(x, 3)
    e.scale(x[3])
    return e.value()


class Only:
    def __init__(self, v):
        self.v = v

    def value(self):
        return self.v


class Two(Only):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def value(self):
        return value_of(self.a) * value_of(self.b)


def value_of(e):
    if isinstance(e, Two):
        return value_of(e.a) * value_of(e.b) + 1.0
    return e.v


def pairs_either_way(x):
    e = Only(x[0])
    for i in range(int(abs(x[1]) * 2)):
        if x[i] > 0:
            e = Two(e, Only(x[i]))
        else:
            e = Two(Only(x[i]), e)
    return value_of(e)


def pairs_one_way(x):
    e = Only(x[0])
    for i in range(int(abs(x[1]) * 2)):
        e = Two(e, Only(x[i]))
    return e.value()


class Link2:
    def __init__(self, v, k=None):
        self.v, self.k = v, k


def same(n, p, i):
    t = 0.0
    for j in range(3):
        if j == i:
            if n is p:
                return 1.0
            t += n.v
    return t


def given_1(x):
    a, b = Link2(x[0]), Link2(x[1])
    return same(a, a, 1) * x[2] + same(a, b, 2) * x[3]


def depth_to(n, p, i):
    if n is p:
        return n.v
    if i == 0:
        return 2.0 * n.v
    return depth_to(n, p, i - 1) * 1.1


def given_2(x):
    a, b = Link2(x[0]), Link2(x[1])
    return depth_to(a, a, 2) + depth_to(a, b, 2)


def up_to(n, p):
    if n is p:
        return 0.0
    return n.v + up_to(n.k, p)


def given_3(x):
    a = Link2(x[0])
    b = Link2(x[1], a)
    c = Link2(x[2], b)
    return up_to(c, a)


def lca(n, p, q):
    if n is None or n is p or n is q:
        return n
    left = lca(n.left, p, q)
    r = lca(n.r, p, q)
    if left is not None and r is not None:
        return n
    return left if left is not None else r


class Branch:
    def __init__(self, v, left=None, r=None):
        self.v, self.left, self.r = v, left, r


def given_4(x):
    a, b = Branch(x[2]), Branch(x[4])
    t = Branch(x[0], Branch(x[1], a), Branch(x[3], None, b))
    m = lca(t, a, b)
    return m.v * 2


def given_5(x):
    ts = [Branch(v) for v in x]
    for i in range(1, len(x)):
        p = ts[(i - 1) // 2]
        if p.left is None:
            p.left = ts[i]
        else:
            p.r = ts[i]
    m = lca(ts[0], ts[3], ts[4])
    m.v *= 2.0
    return sum((i + 1) * t.v for i, t in enumerate(ts))


def pick_list(a, b):
    s = 0.0
    for v in a:
        if v > 0.5:
            return a
        s += v
    for v in b:
        if v > s:
            return b
    return a


def list_back_1(x):
    left = pick_list(list(x), [v * 2 for v in x])
    t = left.pop()
    left.append(t * t)
    return sum((i + 1) * v * v for i, v in enumerate(left))


def list_back_2(x):
    left = pick_list(list(x), [v * 2 for v in x])
    t = left.pop()
    t2 = left.pop(0)
    return sum((i + 1) * v * v for i, v in enumerate(left)) + t * t2


def local_1(x):
    class T:
        def __init__(self, v, k=None):
            self.v = v
            self.k = k

        def down(self, n):
            return self.v if n == 0 else self.v * self.down(n - 1)

    return T(x[0]).down(3)


def local_2(x):
    class T:
        def __init__(self, v, left=None, r=None):
            self.v, self.left, self.r = v, left, r

        def total(self):
            t = self.v * x[1]
            if self.left is not None:
                t += self.left.total()
            if self.r is not None:
                t += self.r.total() * 0.5
            return t

        def insert(self, v):
            if v < self.v:
                if self.left is None:
                    self.left = T(v)
                else:
                    self.left.insert(v)
            elif self.r is None:
                self.r = T(v)
            else:
                self.r.insert(v)

    t = T(x[0])
    for v in x[1:]:
        t.insert(v)
    return t.total()


class Parser:
    def __init__(self, s, x):
        self.s, self.x, self.i = s, x, 0

    def peek(self):
        return self.s[self.i] if self.i < len(self.s) else "$"

    def expr(self):
        v = self.term()
        while self.peek() == "+":
            self.i += 1
            v = v + self.term()
        return v

    def term(self):
        v = self.atom()
        while self.peek() == "*":
            self.i += 1
            v = v * self.atom()
        return v

    def atom(self):
        c = self.peek()
        self.i += 1
        if c == "(":
            v = self.expr()
            self.i += 1
            return v
        return self.x[ord(c) - 97]


def local_3(x):
    return Parser("a*(b+c)+d*a", x).expr()


class TNode:
    def __init__(self, name, val, kids=None):
        self.name = name
        self.val = val
        self.kids = kids if kids is not None else []


def find_named(node, name):
    if node.name == name:
        return node
    for k in node.kids:
        r = find_named(k, name)
        if r is not None:
            return r
    return None


def total_of_tree(node):
    return node.val * node.val + sum(total_of_tree(k) for k in node.kids)


def searched_1(x):
    root = TNode(0, x[0], [TNode(1, x[1], [TNode(2, x[2])]), TNode(3, x[3])])
    n = find_named(root, 2)
    if n is not None:
        n.val += x[4]
    return total_of_tree(root)


def searched_2(x):
    root = TNode(0, x[0], [TNode(1, x[1], [TNode(2, x[2])]), TNode(3, x[3])])
    n = find_named(root, 2)
    if n is not None:
        n.kids.append(TNode(9, x[0] * x[4]))
    return total_of_tree(root)


def searched_3(x):
    root = TNode(0, x[0], [TNode(1, x[1], [TNode(2, x[2])]), TNode(3, x[3])])
    root.kids.append(TNode(7, math.sin(x[1])))
    find_named(root, 7).val *= 2.0
    return total_of_tree(root)


def merge_by_popping(a):
    if len(a) <= 1:
        return a
    m = len(a) // 2
    left, r = merge_by_popping(a[:m]), merge_by_popping(a[m:])
    out = []
    while left and r:
        out.append(left.pop(0) if left[0] < r[0] else r.pop(0))
    return out + left + r


def merged_1(x):
    s = merge_by_popping(list(x))
    return sum((i + 1) * v * v for i, v in enumerate(s))


def halved_total(x, lo, hi):
    if hi - lo == 1:
        return x[lo] * x[lo]
    mid = (lo + hi) // 2
    return halved_total(x, lo, mid) * 0.5 + halved_total(x, mid, hi)


def halves_1(x):
    return halved_total(x, 0, len(x))


def mixed_halves(x):
    n = len(x)
    if n == 1:
        return x
    return np.concatenate([mixed_halves(x[: n // 2]) * 2.0, np.sin(mixed_halves(x[n // 2 :]))])


def halves_2(x):
    return np.sum(mixed_halves(np.array(x[:4])) ** 2)


def worn(a, i):
    if i == 3:
        return np.sum(a * a)
    b = a * 1.1
    b[i] = a[i] ** 2
    return worn(b, i + 1) + a[0]


def halves_3(x):
    return worn(np.sin(x), 0)


class Kid:
    def __init__(self, val, kids):
        self.val, self.kids = val, kids


def first_above_it(node, t):
    if node.val > t:
        return node
    for k in node.kids:
        r = first_above_it(k, t)
        if r is not None:
            return r
    return None


def none_find(x):
    n = first_above_it(Kid(x[0], [Kid(x[1], []), Kid(x[2], [])]), 0.3)
    return 0.0 if n is None else n.val**2


class Kin:
    def __init__(self, v, kids):
        self.v, self.kids = v, kids

    def first_above_it(self, t):
        if self.v > t:
            return self
        for k in self.kids:
            r = k.first_above_it(t)
            if r is not None:
                return r
        return None


def none_method_find(x):
    n = Kin(x[0], [Kin(x[1], []), Kin(x[2], [])]).first_above_it(0.3)
    return 0.0 if n is None else n.v**2


class Held2:
    def __init__(self, v, k=None):
        self.v, self.k = v, k


def none_or(x):
    def f(i):
        if x[i] > 0.5:
            return Held2(x[i])
        if i >= 3:
            return None
        return f(i + 1) or f(i + 2)

    r = f(0)
    return r.v**2 if r is not None else x[0]


def none_walrus(x):
    def f(i):
        if x[i] > 0.5:
            return Held2(x[i])
        if i >= 3:
            return None
        if (r := f(i + 1)) is not None:
            return r
        return f(i + 2)

    r = f(0)
    return r.v**2 if r is not None else x[0]


def none_none_first(x):
    def f(i):
        if i == 5:
            return None
        r = f(i + 1)
        if r is None:
            return Held2(x[i])
        return Held2(x[i] * 0.5, r) if x[i] > 0 else r

    r = f(0)
    t = 0.0
    while r is not None:
        t = t * 0.5 + r.v**2
        r = r.k
    return t


PROGRAMS = [
    given_1,
    given_2,
    given_3,
    given_4,
    given_5,
    list_back_1,
    list_back_2,
    local_1,
    local_2,
    local_3,
    searched_1,
    searched_2,
    searched_3,
    merged_1,
    halves_1,
    halves_2,
    halves_3,
    none_find,
    none_method_find,
    none_or,
    none_walrus,
    none_none_first,
    searched_in_a_loop,
    total_of_a_list_of_nodes,
    end_of_a_list_of_nodes,
    built_from_nothing,
    inserted_and_looked_up,
    scaled_where_it_is,
    tree_with_methods,
    collected_in_order,
    built_by_halves,
    turned_around,
    handed_back,
    one_of_two_handed_back,
    object_or_none,
    object_or_none_twice,
    object_picked,
    list_picked,
    counted_by_a_method,
    sorted_where_it_is,
    subsets_on_a_path,
    subsets_listed,
    towers,
    sorted_by_merging,
    depth_first,
    remembered_in_a_dict,
    flooded,
    expression_tree,
    to_and_fro,
    reached,
    in_topological_order,
    common_subsequence,
    default_that_is_not_used,
    permuted,
    the_best_path,
    products,
    scaled_products,
    pairs_either_way,
    pairs_one_way,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(program):
    agrees(program, INPUTS)


def test_the_text():
    """The lists of a pool are handed on, their cotangents are changed in place, and only those that are used."""
    text = s2sad.source(s2sad.grad(tree_with_methods), INPUTS[0])
    assert "def _total_fwd(self, node, node_value, node_left, node_right):" in text
    assert "node_value_bar[node] += out_bar" in text
    assert text.count("def _add_fwd") == 1
