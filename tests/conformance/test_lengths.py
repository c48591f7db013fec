"""Lists and arrays whose length is another one in every iteration, call or item; lists inside of arguments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import right, right_twice

X = np.array([0.3, 0.7, 1.1, 0.4, 0.9, 0.35])
M = np.array([[0.7, 1.2], [0.3, -1.1]])
W = np.array([[0.3, -0.2], [0.5, 0.1]])
B = np.array([0.2, 0.4])
RNG = np.random.default_rng(3)


# --- lists inside of arguments ----------------------------------------------------------------------------------------
def layers_in_a_dict(p, x):
    for w, b in zip(p["W"], p["b"], strict=False):
        x = np.tanh(w @ x + b)
    return np.sum(x)


def indexed_in_a_dict(p, w):
    total = 0.0
    for k in range(len(p["xs"])):
        total += np.sum(np.tanh(p["xs"][k] * w))
    return total


@dataclass
class Net:
    weights: list
    biases: list

    def __call__(self, x):
        for i in range(len(self.weights)):
            x = np.tanh(self.weights[i] @ x + self.biases[i])
        return x


def layers_in_an_object(net, x):
    return np.sum(net(x))


def layers_in_a_tuple(p, x):
    weights, b = p
    for w in weights:
        x = w @ x + b
    return np.sum(x * x)


def list_of_lists(rows, x):
    total = 0.0
    for row in rows:
        for w in row:
            total = total + np.sum(np.sin(w @ x))
    return total


def summed_in_a_dict(p):
    return sum(np.sum(w**2) for w in p["Ws"])


def list_of_dicts_in_a_dict(p, x):
    for layer in p["layers"]:
        x = np.tanh(layer["W"] @ x + layer["b"])
    return np.sum(x)


# --- sizes that differ ------------------------------------------------------------------------------------------------
def ragged_batches(w, batches):
    loss = 0.0
    for x, y in batches:
        loss += np.mean((x @ w - y) ** 2)
    return loss


def against_the_first(xs):
    total = 0.0
    for x in xs:
        total += np.sum(x * xs[0])
    return total


def ends_of_each(xs, w):
    total = 0.0
    for x in xs:
        y = x[1:] * w
        total += y[0] * x[-1]
    return total


def padded(xs, w):
    total = 0.0
    for x in xs:
        total += np.mean(np.concatenate([x * w, np.ones(2)]))
    return total


def scaled_twice(a, w):
    out = a * 1.0
    for _ in range(2):
        out = out * w
    return out


def tails(x, w, k):
    total = 0.0
    for i in range(k):
        total += np.mean(scaled_twice(x[i:], w) ** 2)
    return total


def squares(a, w):
    out = np.zeros_like(a)
    for i in range(len(a)):
        out[i] = a[i] ** 2 * w
    return out


def shorter_and_shorter(x, w, k):
    for _ in range(k):
        x = squares(x, w)[:-1]
    return np.sum(x)


def broadcast_calls(x, y, w):
    return np.sum(scaled_twice(x, w) * scaled_twice(y, w))


# --- lists that loops make anew, grow and shrink ----------------------------------------------------------------------
def rows_that_grow(x, n):
    row = [x * 1.0]
    for _ in range(n):
        new = []
        for v in row:
            new.append(v * x)
        new.append(row[0] * 2.0)
        row = new
    total = 0.0
    for i, v in enumerate(row):
        total += v * (i + 1)
    return total


def rows_that_shrink(x):
    a = [v * v for v in x]
    while len(a) > 1:
        a = [a[i] * a[i + 1] for i in range(len(a) - 1)]
    return a[0]


def work_list(x):
    stack, total = [0], 0.0
    while stack:
        i = stack.pop()
        total += x[i] ** 2
        if i + 1 < len(x):
            stack.append(i + 1)
    return total


def weighted_work_list(x):
    stack, total = [(0, 1.0)], 0.0
    while stack:
        i, w = stack.pop()
        total += w * x[i] ** 2
        if 2 * i + 1 < len(x):
            stack.append((2 * i + 1, w * x[i]))
        if 2 * i + 2 < len(x):
            stack.append((2 * i + 2, w * 0.5))
    return total


def perhaps_longer(x):
    items = [x[0]]
    if x[1] > 0.8:
        items.append(x[1])
    return sum(items) * len(items)


def used_up(x):
    stack, total = [1], 0.0
    for k in range(4):
        if stack:
            total += x[stack.pop()] * x[k]
        if x[k] > 0.6:
            stack.append(k)
    return total


def lists_of_lists(x):
    table = []
    for i in range(3):
        row = []
        for j in range(3):
            row.append(x[i] * x[j])
        table.append(row)
    total = 0.0
    for i in range(3):
        for j in range(i):
            total += table[i][j] * table[j][i]
    return total


# --- numbers of other kinds in a list ---------------------------------------------------------------------------------
def ints_among_floats(x):
    items = []
    for i, v in enumerate(x):
        if i % 2:
            items.append(1)
        else:
            items.append(v * 3.0)
    total = 0.0
    for k, a in enumerate(items):
        total += a * x[k]
    return total


def ints_in_pairs(x):
    items = []
    for i, v in enumerate(x):
        if i % 2:
            items.append((v * v, 1))
        else:
            items.append((v, v * 3.0))
    total = 0.0
    for a, b in items:
        total += a * b
    return total


def ints_stored(x):
    items = [(v, v) for v in x]
    for i in range(len(x)):
        if i % 2:
            items[i] = (x[i] * x[i], 2)
    total = 0.0
    for a, b in items:
        total += a * b * b
    return total


# --- sums taken out of loops ------------------------------------------------------------------------------------------
def residual_network(w, xs):
    total = 0.0
    for x in xs:
        total += np.sum(np.tanh(w @ x + x))
    return total


def two_weights(w, v, xs):
    h = np.zeros(2)
    total = 0.0
    for x in xs:
        z = 1.0 / (1.0 + np.exp(-(w @ x + v @ h)))
        h = z * h + (1.0 - z) * np.tanh(v @ x)
        total += np.sum(h * x)
    return total


# --- loops that are left ----------------------------------------------------------------------------------------------
def left_by_a_test(x, n):
    while True:
        y = np.sin(x)
        if n <= 0:
            break
        x = y
        n -= 1
    return np.sum(x * y)


def left_out(xs):
    for v in xs:
        w = np.sin(v)
        if np.sum(v) < 0.0:
            continue
        u = np.cos(v)
    return np.sum(w * v) + np.sum(u)


def left_before_it_is_bound(x, h, k):
    for v in x:
        if v > -0.4:
            if v > 0.8:
                break
            k = np.tanh(h)
        k = k.copy()
        k[0] *= 0.5
    return np.sum(k * k)


ONCE = [
    (layers_in_a_dict, ({"W": [W, M], "b": [B, B * 2.0]}, B)),
    (left_by_a_test, (B, 2)),
    (left_by_a_test, (B, 0)),
    (list_of_dicts_in_a_dict, ({"layers": [{"W": W, "b": B}, {"W": M, "b": -B}]}, B)),
]


def last_items(x):
    items = [x[0], np.cos(x[1])]
    items.append(0.9 * np.sin(items[-1]))
    items.append(0.9 * np.sin(items[-1]))
    total = 0.75
    for item in items:
        total += item * item
    return total


TWICE = [
    (last_items, (X,)),
    (indexed_in_a_dict, ({"xs": [B, B * 2.0]}, 0.7)),
    (layers_in_a_tuple, (([W, M], B), B)),
    (list_of_lists, ([[W, M], [W.T.copy(), M]], B)),
    (list_of_lists, ([[W, M], [W.T.copy()]], B)),
    (summed_in_a_dict, ({"Ws": [W, M]},)),
    (ragged_batches, (X[:3], [(RNG.normal(size=(n, 3)), RNG.normal(size=n)) for n in (4, 4, 2)])),
    (against_the_first, ([X[:1].copy(), X[:3].copy(), X[:3].copy()],)),
    (ends_of_each, ([X[:3].copy(), X[:4].copy(), X[:5].copy()], 1.3)),
    (padded, ([X[:3].copy(), X[:4].copy(), X[:5].copy()], 1.3)),
    (tails, (X, 1.1, 3)),
    (shorter_and_shorter, (X, 1.1, 2)),
    (broadcast_calls, (X[:1].copy(), X, 1.2)),
    (broadcast_calls, (X, X[:1].copy(), 1.2)),
    (rows_that_grow, (0.7, 2)),
    (rows_that_shrink, (X,)),
    (work_list, (X,)),
    (weighted_work_list, (X,)),
    (perhaps_longer, (X,)),
    (perhaps_longer, (X + 0.2,)),
    (used_up, (X,)),
    (lists_of_lists, (X,)),
    (ints_among_floats, (X,)),
    (ints_in_pairs, (X,)),
    (ints_stored, (X,)),
    (residual_network, (W, M)),
    (two_weights, (W, M, np.array([[0.4, 1.0], [-0.7, 0.2], [0.1, 0.3]]))),
    (left_out, (M,)),
    (left_before_it_is_bound, (np.array([0.5, -0.7, 0.6]), np.array([0.3, 0.8]), np.array([0.2, -0.5]))),
]


def name_of(part):
    return getattr(part, "__name__", None)


@pytest.mark.parametrize(("function", "args"), [*ONCE, *TWICE], ids=name_of)
def test_right(function, args):
    right(function, *args)


@pytest.mark.parametrize(("function", "args"), TWICE, ids=name_of)
def test_right_twice(function, args):
    right_twice(function, *args)


def test_lists_in_an_object():
    net = Net([W, M], [B, -B])
    s2sad.check_grads(layers_in_an_object, (net, B))
    bars = s2sad.grad(layers_in_an_object)(net, B)
    expected = s2sad.grad(layers_in_a_dict)({"W": [W, M], "b": [B, -B]}, B)
    for mine, other in zip([*bars.weights, *bars.biases], [*expected["W"], *expected["b"]], strict=True):
        np.testing.assert_allclose(mine, other)


def test_a_dict_with_other_keys_on_one_path():
    def keyed(x):
        d = {"a": x[0]}
        if x[1] > 0.5:
            d["b"] = x[1]
        return d["a"] * len(d)

    for x in (X, 0.1 * X):
        s2sad.check_grads(keyed, (x,))


def test_a_dict_of_unlike_items_with_other_keys_on_one_path_is_refused():
    def keyed(x):
        d = {"a": x[0], "whole": x}
        if x[1] > 0.5:
            d["b"] = x[1]
        return d["a"] * len(d)

    with pytest.raises(s2sad.UnsupportedError, match="has other items on one path than on the other"):
        s2sad.grad(keyed)(X)


def insert(tree, v):
    if tree is None:
        return (None, v, None)
    left, u, right_ = tree
    return (insert(left, v), u, right_) if v < u else (left, u, insert(right_, v))


def deeper_with_every_call(x):
    tree = (None, 1.0, None)
    for v in x:
        tree = insert(tree, v * v)
    return tree[1]


def test_a_structure_that_grows_with_every_call_is_refused():
    with pytest.raises(s2sad.UnsupportedError, match="grows with every call"):
        s2sad.grad(deeper_with_every_call)(X)


# --- slices and sums of lists that grow -------------------------------------------------------------------------------
def neighbours(x):
    xs = []
    for v in x:
        xs.append(np.sin(v) * v)
    s = 0.0
    for v in xs[1:]:
        s = s + v * v
    for u, v in zip(xs[:-1], xs[1:]):  # noqa: B905, RUF007
        s = s + u * v
    return s


def ends(x):
    xs = [v * v for v in x]
    ys = xs[::-1]
    zs = xs[-2:] + ys[:2] + [x[0]]
    s = 0.0
    for i in range(len(xs)):
        tail = xs[i:]
        s = s + tail[0] * len(tail)
    return s * zs[0] * zs[3] + sum(zs) * sum(xs[-9:]) + sum(xs[9:])


def last_two(x, n):
    rows = [x]
    for _ in range(n):
        rows.append(rows[-1] * np.cos(x))
        rows = rows[-2:]
    return np.sum(rows[0] * rows[1])


def cut(x, i):
    xs = [v * 2.0 for v in x]
    return sum(xs[:i]) + sum(xs[i:]) ** 2


def quick(xs):
    if len(xs) <= 1:
        return xs
    p = xs[0]
    low = [v for v in xs[1:] if v < p]
    high = [v for v in xs[1:] if v >= p]
    return quick(low) + [p] + quick(high)  # noqa: RUF005


def sorted_sum(x):
    total = 0.0
    for i, v in enumerate(quick([v * v for v in x])):
        total = total + i * v
    return total


@pytest.mark.parametrize(
    ("function", "more"),
    [(neighbours, ()), (ends, ()), (last_two, (3,)), (cut, (2,)), (cut, (-1,)), (cut, (-9,)), (sorted_sum, ())],
)
def test_slices_and_sums_of_lists(function, more):
    right(function, X, *more)
    if function is not sorted_sum:  # whose residuals are lists that its backward function writes
        s2sad.check_grads(s2sad.grad(function), (X, *more), rtol=1e-4)
    else:
        s2sad.check_grads(s2sad.grad(function), (X,), modes=("fwd",), rtol=1e-4)
