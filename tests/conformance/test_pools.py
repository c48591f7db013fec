"""Objects and lists that change where it is not known which one a name stands for: what Python does, in all modes."""

from __future__ import annotations

import copy
import functools
import math
from dataclasses import dataclass

import numpy as np
import pytest

import s2sad

X = np.array([0.5, 1.3, -0.7, 2.1])


@dataclass
class Body:
    """What moves."""

    pos: float
    vel: float
    mass: float = 1.0

    def kick(self, f, dt):
        self.vel += f / self.mass * dt

    def drift(self, dt):
        self.pos += self.vel * dt

    @property
    def energy(self):
        return 0.5 * self.mass * self.vel**2


class Tree:
    """A node of a tree of numbers in order."""

    def __init__(self, v):
        self.v = v
        self.left = None
        self.right = None


class Link:
    """A node of a chain."""

    def __init__(self, v, following):
        self.v = v
        self.next = following


class Vertex:
    """A node of a graph."""

    def __init__(self, value):
        self.value, self.new = value, 0.0 * value
        self.near = []


class Layer:
    """A layer with a bias of its own."""

    def __init__(self, n, scale):
        self.w = np.ones(n) * scale
        self.b = 0.0

    def __call__(self, h):
        return np.tanh(h * self.w + self.b)


# --- objects in lists -------------------------------------------------------------------------------------------------
def bodies_that_attract(x):
    bodies = [Body(v, 0.0, 1.0 + 0.1 * v * v) for v in x]
    for _ in range(4):
        for a in bodies:
            f = 0.0
            for b in bodies:
                if a is not b:
                    d = b.pos - a.pos
                    f += b.mass * d / (abs(d) + 0.1) ** 3
            a.kick(f, 0.01)
        for b in bodies:
            b.drift(0.01)
    return sum(b.energy for b in bodies) + bodies[0].pos


def dicts(x):
    found = [{"pos": v, "vel": 0.1} for v in x]
    for p in found:
        p["pos"] += p["vel"] * p["pos"] ** 2
        p["vel"] *= 2.0
    return sum(p["pos"] * p["vel"] for p in found)


def the_greatest(x):
    bodies = [Body(v, v * v) for v in x]
    best = bodies[0]
    for b in bodies:
        if b.pos > best.pos:
            best = b
    best.vel *= 3
    return sum(b.vel for b in bodies)


def queue_of_objects(x):
    queue, s = [Body(v, 1.0) for v in x], 0.0
    while queue:
        b = queue.pop(0)
        s += b.pos * b.vel
        b.vel -= 0.4
        if b.vel > 0:
            queue.append(b)
    return s


def layers(x):
    made = [Layer(3, v) for v in x]
    for layer in made:
        layer.b = layer.b + 0.5 * layer.w[0]
        layer.w = layer.w * 2
    h = np.ones(3)
    for layer in made:
        h = layer(h)
    return h.sum()


def arrays_in_objects(x):
    made = [Layer(3, v) for v in x]
    for layer in made:
        layer.w *= 2.0
        layer.w[0] += x[1]
        layer.b += 1.0
    return sum(layer.w.sum() * layer.b for layer in made)


def copies(x):
    bodies = [Body(v, v) for v in x]
    others = copy.deepcopy(bodies)
    for b in bodies:
        b.pos *= 2
    return sum(b.pos for b in bodies) + sum(b.pos**2 for b in others)


# --- links ------------------------------------------------------------------------------------------------------------
def tree_in_order(x):
    root = None
    for v in x:
        node = Tree(v)
        if root is None:
            root = node
            continue
        at = root
        while True:
            if v < at.v:
                if at.left is None:
                    at.left = node
                    break
                at = at.left
            else:
                if at.right is None:
                    at.right = node
                    break
                at = at.right
    out, stack = [], []
    at = root
    while at is not None or len(stack) > 0:
        while at is not None:
            stack.append(at)
            at = at.left
        at = stack.pop()
        out.append(at.v)
        at = at.right
    return sum((i + 1) * v for i, v in enumerate(out))


def chain(x):
    c = None
    for v in x:
        c = Link(v, c)
    s = 0.0
    while c is not None:
        s = s * 0.5 + c.v**2
        c = c.next
    return s


def chain_of_known_length(x):
    c = None
    for v in [x[0], x[1], x[2]]:
        c = Link(v, c)
    s = 0.0
    while c is not None:
        s = s * 0.5 + c.v**2
        c = c.next
    return s


def chain_of_tuples(x):
    c = None
    for v in [x[0], x[1], x[2]]:
        c = (v, c)
    s = 0.0
    while c is not None:
        v, c = c
        s = s * 0.5 + v * v
    return s


def graph(x):
    nodes = [Vertex(v) for v in x]
    for i in range(len(nodes) - 1):
        nodes[i].near.append(nodes[i + 1])
        nodes[i + 1].near.append(nodes[0])
    for _ in range(2):
        for node in nodes:
            node.new = node.value
            for other in node.near:
                node.new = node.new + 0.1 * other.value * node.value
        for node in nodes:
            node.value = node.new
    return sum(node.value for node in nodes)


def breadth_first(x):
    leaves = [Vertex(v) for v in x]
    root, inner = Vertex(x[0] * x[1]), Vertex(x[2])
    inner.near = leaves[1:]
    root.near = [leaves[0], inner]
    queue, s = [root], 0.0
    for node in queue:
        s = s * 0.5 + node.value**2
        for other in node.near:
            queue.append(other)
    return s


# --- lists in lists ---------------------------------------------------------------------------------------------------
def grid(x):
    g = [[v * w for w in x] for v in x]
    for i in range(len(x)):
        g[i][i] *= 2.0
        g[i][0] += x[i]
    return sum(sum(r) for r in g)


def elimination(x):
    n = len(x)
    a = [[math.exp(-abs(i - j)) * (1.0 + 0.1 * i) + (x[i] if i == j else 0.0) for j in range(n)] for i in range(n)]
    b = [v * 2.0 for v in x]
    for k in range(n):
        p = k
        for i in range(k + 1, n):
            if abs(a[i][k]) > abs(a[p][k]):
                p = i
        a[k], a[p] = a[p], a[k]
        b[k], b[p] = b[p], b[k]
        for i in range(k + 1, n):
            m = a[i][k] / a[k][k]
            for j in range(k, n):
                a[i][j] -= m * a[k][j]
            b[i] -= m * b[k]
    y = [0.0] * n
    for i in range(n - 1, -1, -1):
        s = b[i]
        for j in range(i + 1, n):
            s -= a[i][j] * y[j]
        y[i] = s / a[i][i]
    return sum(v * v for v in y)


def edit_distance(x):
    n = len(x)
    d = [[float(i + j) * 0.1 for j in range(n + 1)] for i in range(n + 1)]
    for i in range(n):
        for j in range(n):
            cost = float((x[i] - x[j]) ** 2)
            d[i + 1][j + 1] = min(d[i][j] + cost, d[i][j + 1] + 0.4, d[i + 1][j] + 0.3) + 0.1 * cost
    return d[n][n] + d[-1][1]


def rows_made_on_the_way(x):
    n = len(x)
    d = [[1.0]]
    for i in range(1, n):
        row = [0.0 for _ in range(i + 1)]
        for j in range(i + 1):
            row[j] += d[i - 1][min(j, i - 1)] * float(x[j])
        d.append(row)
        d[-1][0] += float(x[i])
    return sum(d[-1]) * d[-2][0]


def one_list_twice(x):
    a = [[v] for v in x]
    b = a[0]
    c = [b, a[1], b]
    for r in c:
        r.append(r[0] * 2)
    b[0] = 5 * x[1]
    return sum(sum(r) for r in a) + len(c[0])


def copies_of_rows(x):
    m = [[v, v * v, 1.0] for v in x]
    second, third = [r[:] for r in m], [list(r) for r in m]
    second[0][0] = 7.0
    third[1][1] += m[0][1]
    m[2][2] = x[3]
    return sum(map(sum, m)) + 2 * sum(map(sum, second)) + 3 * sum(sum(r) for r in third)


def as_an_array(x):
    m = [[v, v * v] for v in x]
    m[1][0] = x[0] * 3
    return (np.array(m) @ np.array([1.0, 2.0])).sum()


def three_levels(x):
    t = [[[v * w * u for u in x] for v in x] for w in x]
    t[0][1][2] = x[3]
    t[1][1][1] *= 2.0
    s = 0.0
    for plane in t:
        for row in plane:
            row[0] += 1.0
            for u in row:
                s += u * u
    return s


def rows_in_turn(x):
    a, b = [1.0 * v for v in x], [2.0 * v for v in x]
    for _ in range(3):
        for j in range(len(x)):
            b[j] = a[j] * x[j] + b[j]
        a, b = b, a
    return sum(a) + 2 * sum(b)


def rows_in_order(x):
    m = [[v, w] for v in x for w in x]
    m.sort(key=lambda r: r[0] * r[1])
    m[0][0] = 3.0 * x[0]
    m.reverse()
    m[1][1] += 2.0
    del m[2]
    return sum(i * r[0] * r[1] for i, r in enumerate(m))


def buckets(x):
    found = [[] for _ in range(3)]
    for v in x:
        found[int(abs(v))].append(v * v)
    target = found[0] if x[0] > 0.1 else found[1]
    target.append(x[1])
    return sum(sum(b) ** 2 for b in found)


def neighbours(x):
    n = len(x)
    near = [[] for _ in range(n)]
    for i in range(n):
        for j in range(n):
            if i != j and abs(x[i] - x[j]) < 1.5:
                near[i].append(j)
    return sum(x[i] * x[j] for i in range(n) for j in near[i])


# --- of several classes -----------------------------------------------------------------------------------------------
class Shape:
    """What has an area."""

    def __init__(self, weight):
        self.weight = weight

    def twice(self):
        return self.area() * 2 + self.weight


class Circle(Shape):
    """One with a radius."""

    def __init__(self, r):
        super().__init__(1.0)
        self.r = r

    def area(self):
        return math.pi * self.r**2

    def grow(self, k):
        self.r *= k


class Square(Shape):
    """One with a side."""

    def __init__(self, a):
        super().__init__(2.0)
        self.a = a

    def area(self):
        return self.a * self.a

    def grow(self, k):
        self.a += k


class Triangle(Shape):
    """One with a base and a height."""

    def __init__(self, b, h):
        super().__init__(0.5)
        self.b, self.h = b, h

    def area(self):
        return 0.5 * self.b * self.h

    def grow(self, k):
        self.b *= k
        self.h = self.h + self.b


def of_two_classes(x):
    shapes = []
    for v in x:
        if v > 1:
            shapes.append(Circle(v))
        else:
            shapes.append(Square(v))
    return sum(s.area() for s in shapes)


def of_three_classes(x):
    shapes = []
    for v in x:
        if v > 1.5:
            shapes.append(Circle(v))
        elif v > 1:
            shapes.append(Square(v))
        else:
            shapes.append(Triangle(v, x[0]))
    for _ in range(2):
        for s in shapes:
            s.grow(x[1])
            if isinstance(s, Circle):
                s.r += 1.0
            if not isinstance(s, Triangle):
                continue
            s.h += 0.1
    return sum(s.twice() for s in shapes)


def one_of_two(x):
    s = Circle(x[0]) if x[1] > 0 else Square(x[2])
    s.grow(2.0)
    return s.area()


def the_largest_shape(x):
    shapes = [Circle(v) if v > 1 else Square(v) for v in x]
    best, n = shapes[0], 0
    for s in shapes:
        if s.area() > best.area():
            best = s
    best.grow(3.0)
    for s in shapes:
        if s is best:
            n += 1
    return sum(s.area() * s.weight for s in shapes) * n


# --- functions in lists -----------------------------------------------------------------------------------------------
def dense(w, b):
    def layer(h):
        return np.tanh(w * h + b)

    return layer


def axpy(a, x, y):
    return a * x + y


class Counter:
    """What counts up when it is asked."""

    def __init__(self, a):
        self.a = a

    def next(self, t):
        self.a += t
        return self.a * t


def lambdas_in_a_list(x):
    fs = []
    for v in x:
        fs.append(lambda t, v=v: t * v + 1.0)
    r = 1.0
    for f in fs:
        r = f(r)
    return r


def layers_that_are_functions(x):
    made = [dense(v, x[0]) for v in x]
    h = 0.3
    for layer in made:
        h = layer(h)
    return h


def functions_of_two_kinds(x):
    fs, k = [], x[1] * 2
    for v in x:
        if v > 1:
            fs.append(dense(v, k))
        else:
            fs.append(lambda t, v=v: t * t * v + k)
    return sum(f(x[0]) for f in fs)


def partials(x):
    fs = [functools.partial(axpy, v, y=v * v) for v in x]
    return sum(f(3.0) for f in fs)


class Linear:
    """A layer with a weight and a bias."""

    def __init__(self, w):
        self.w, self.b = w, 0.1

    def __call__(self, h):
        return self.w * h + self.b

    def params(self):
        return [self.w, self.b]


class Tanh:
    """A layer that holds nothing."""

    def __call__(self, h):
        return np.tanh(h)

    def params(self):
        return []


def network(x):
    made = []
    for v in x:
        made.append(Linear(v))
        made.append(Tanh())
    weight = sum(p * p for layer in made for p in layer.params())
    for layer in made:
        if isinstance(layer, Linear):
            layer.b -= 0.1 * layer.w
    h = 0.3
    for layer in made:
        h = layer(h)
    return h + 0.01 * weight


def functions_that_hold_nothing(x):
    fs = []
    for v in x:
        fs.append((lambda t: t * 2.0) if v > 1 else (lambda t: t * t))
    h = x[0]
    for f in fs:
        h = f(h)
    return h


def methods(x):
    counters = [Counter(v) for v in x]
    steps, s = [c.next for c in counters], 0.0
    for _ in range(2):
        for step in steps:
            s += step(x[1])
    return s + sum(c.a for c in counters)


# --- returns in loops -------------------------------------------------------------------------------------------------
def first_above(nodes, limit):
    for node in nodes:
        if node.v > limit:
            return node
    return None


def halve_the_first_above(g, limit):
    for i, row in enumerate(g):
        for j, v in enumerate(row):
            if v > limit:
                row[j] = v * 0.5
                return i * 10.0 + v
    return -1.0


def found_in_a_list(x):
    nodes = [Link(v, None) for v in x]
    a = first_above(nodes, x[0])
    if a is not None:
        a.v *= 3.0
    b = first_above(nodes, 10 * x[3])
    if b is not None:
        b.v = 0.0
    return sum(node.v for node in nodes)


def found_in_a_grid(x):
    g = [[v * w for w in x] for v in x]
    s = halve_the_first_above(g, 0.5) + halve_the_first_above(g, 1.6) * x[0] + halve_the_first_above(g, 100.0)
    return s + sum(map(sum, g))


def end_of_a_chain(x):
    def last(node):
        while True:
            if node.next is None:
                return node
            node = node.next

    nodes = [Link(v, None) for v in x]
    for i in range(len(nodes) - 1):
        if x[i] < 1:
            nodes[i].next = nodes[i + 1]
    last(nodes[0]).v += x[0]
    last(nodes[2]).v *= 2.0
    return sum((i + 1) * node.v for i, node in enumerate(nodes))


class Holder:
    """Holds a number."""

    def __init__(self, value):
        self.value = value


def copied_twice_is_copied_once(x):
    items = [Holder(v) for v in x]
    items.append(items[0])
    copies = copy.deepcopy(items)
    for item in copies:
        item.value *= 2.0
    return sum(item.value for item in copies) + sum(item.value**2 for item in items)


def copied_one_of_several(x):
    items = [Holder(v) for v in x]
    best = items[0]
    for item in items:
        if item.value > best.value:
            best = item
    deep, shallow = copy.deepcopy(best), copy.copy(best)
    shallow.value *= 3.0
    deep.value += shallow.value
    best.value += 1.0
    return sum(item.value**2 for item in items) * deep.value


class Doubled:
    """Counts twice."""

    def __init__(self, v):
        self.v = v

    def value(self):
        return 2.0 * self.v


class Squared:
    """Counts squared."""

    def __init__(self, v):
        self.v = v

    def value(self):
        return self.v**2


def made_by(v):
    if v > 0.6:
        return Doubled(v)
    return Squared(v)


def made_in_a_function(x):
    items = [made_by(v) for v in x]
    items[0].v += 1.0
    return sum(item.value() for item in items)


def row_chosen_by(x):
    rows = [[x[0], x[1]], [x[1], x[2] * x[0]]]
    row = rows[0 if x[0] > x[1] else 1]
    row[0] = row[0] * x[2]
    return rows, row


def read_item_by_item(x):
    rows, row = row_chosen_by(x)
    forwards = iter(row)
    first, second = next(forwards), next(forwards)
    return first * first + 3.0 * second + rows[0][0]


def read_from_the_end(x):
    _, row = row_chosen_by(x)
    backwards = reversed(row)
    last = next(backwards)
    row.append(x[0])
    total = last * last + 3.0 * next(backwards)
    again = reversed(row)
    row.append(x[1])
    for v in again:
        total = total * x[1] + v * v
    return total


def handed_to_a_recursion(x):
    nodes = [Vertex(v) for v in x]
    for node in nodes:
        node.value += 1.0
        node.near.append(nodes[0])

    def total(node, depth):
        if depth == 0:
            return node.value
        return node.value + total(node.near[0], depth - 1)

    return total(nodes[int(abs(x[3]))], int(abs(x[3])))


def attribute_later(x):
    nodes = [Vertex(v) for v in x]
    for node in nodes:
        node.value += 1.0
        node.mark = x[0]
    return sum(node.value * node.mark for node in nodes)


PROGRAMS = [
    attribute_later,
    handed_to_a_recursion,
    read_item_by_item,
    read_from_the_end,
    made_in_a_function,
    copied_twice_is_copied_once,
    copied_one_of_several,
    bodies_that_attract,
    dicts,
    the_greatest,
    queue_of_objects,
    layers,
    arrays_in_objects,
    copies,
    tree_in_order,
    chain,
    chain_of_known_length,
    chain_of_tuples,
    graph,
    breadth_first,
    grid,
    elimination,
    edit_distance,
    rows_made_on_the_way,
    one_list_twice,
    copies_of_rows,
    as_an_array,
    three_levels,
    rows_in_turn,
    rows_in_order,
    buckets,
    neighbours,
    of_two_classes,
    of_three_classes,
    one_of_two,
    the_largest_shape,
    lambdas_in_a_list,
    layers_that_are_functions,
    functions_of_two_kinds,
    partials,
    methods,
    network,
    functions_that_hold_nothing,
    found_in_a_list,
    found_in_a_grid,
    end_of_a_chain,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_derivatives(program):
    for x in (X, X.tolist()):
        value, _ = s2sad.value_and_grad(program)(x)
        assert np.isclose(value, program(x), rtol=1e-12)
        s2sad.check_grads(program, (x,))


@pytest.mark.parametrize("program", PROGRAMS, ids=[f.__name__ for f in PROGRAMS])
def test_second_derivatives(program):
    s2sad.check_grads(s2sad.grad(program), (X,), rtol=1e-3)


def test_the_text():
    """A list of all objects of a pool is not written: its places are indices."""
    text = s2sad.source(s2sad.grad(grid), X)
    assert "g[i][i]" in text
    assert "rows" not in text.replace("for row in", "")


# --- refused ----------------------------------------------------------------------------------------------------------
def copied_ring(x):
    first, second = Holder(x[0]), Holder(x[1])
    first.other, second.other = second, first
    made = copy.deepcopy(first)
    made.value *= 2.0
    return made.value + first.value * made.other.value


def read_when_called(x):
    fs = []
    for v in x:
        fs.append(lambda t: t * v)  # noqa: B023
    return sum(f(2.0) for f in fs)


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (read_when_called, "'v', which it reads, may be bound anew"),
        (copied_ring, "hold one another in a ring"),
    ],
)
def test_refused(program, reason):
    with pytest.raises(s2sad.UnsupportedError, match=reason):
        s2sad.grad(program)(X)
