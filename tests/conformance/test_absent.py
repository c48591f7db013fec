"""What may be None: names, fields, items, arguments and results; first and second derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from tests.conformance.checks import right, right_twice

X = np.array([0.5, -1.25, 2.0, 0.75])
M = np.array([[0.7, 1.2], [0.3, -1.1]])
W = np.array([[0.3, -0.2], [0.5, 0.1]])
B = np.array([0.2, 0.4])


# --- names ------------------------------------------------------------------------------------------------------------
def smallest(x):
    best = None
    for v in x:
        if best is None or v < best:
            best = v * 1.5
    return best * best


def moving_average(x, beta):
    state = None
    total = 0.0
    for v in x:
        if state is None:
            state = v
        else:
            state = beta * state + v
        total += np.sum(state * v)
    return total


def last_one(x):
    last = None
    total = 0.0
    for v in x:
        if last is not None:
            total += np.sum(last * v)
        last = np.sin(v)
    return total


def never_bound(x, c):
    found = None
    a = b = c * 1.0
    for v in x:
        if np.sum(v * a) > 100.0:
            found = v * 1.0
    total = 0.0
    if found is not None:
        total += np.sum(found * b)
    return total + np.sum(a * b)


def asked_for_its_class(x):
    y = None
    if x[0] > 0.0:
        y = np.sin(x)
    if isinstance(y, np.ndarray):
        return np.sum(y)
    return np.sum(x * x)


# --- tuples, items, objects -------------------------------------------------------------------------------------------
def items_without(x):
    pairs = []
    for i, v in enumerate(x):
        if i % 2:
            pairs.append((v * v, None))
        else:
            pairs.append((v, v**3))
    total = 0.0
    for a, b in pairs:
        total += a * a
        if b is not None:
            total += b * a
    return total


def arrays_without(x):
    pairs = []
    for i, v in enumerate(x):
        pairs.append((v * v, None) if i % 2 else (v, np.sin(v)))
    total = 0.0
    for a, b in pairs:
        total += np.sum(a) if b is None else np.sum(a * b)
    return total


@dataclass
class Part:
    weight: float
    extra: object = None


def objects_without(x):
    parts = []
    for v in x:
        if v > 0.6:
            parts.append(Part(v * v))
        else:
            parts.append(Part(v, v**3))
    total = 0.0
    for part in parts:
        total += part.weight * part.weight
        if part.extra is not None:
            total += part.extra * part.weight
    return total


def layers_without_bias(w, b, v, x):
    for matrix, bias in [(w, b), (v, None)]:
        x = matrix @ x
        if bias is not None:
            x = x + bias
    return np.sum(x**2)


def layers_given(layers, x):
    for matrix, bias in layers:
        x = matrix @ x
        if bias is not None:
            x = x + bias
    return np.sum(x * x)


# --- results and arguments --------------------------------------------------------------------------------------------
def lookup(x, k):
    for i, v in enumerate(x):
        if v > k:
            return i, v * k
    return None


def looked_up(x, k):
    found = lookup(x, k)
    if found is None:
        return np.sum(x**2)
    i, v = found
    return v * x[i]


def head(x, flag):
    if flag:
        return x * x, None
    return x * x, np.sin(x)


def heads(x):
    total = 0.0
    for i in range(3):
        a, b = head(x * (i + 1), i % 2 == 0)
        total = total + np.sum(a * x)
        if b is not None:
            total = total + np.sum(b * a)
    return total


def scaled(x, factor, times):
    if times == 0:
        return x
    if factor is None:
        return scaled(x * 0.5, None, times - 1)
    return scaled(np.sin(x) * factor, factor, times - 1)


def handed_on(x):
    factor = None
    if x[2] > 1.0:
        factor = x[0]
    return np.sum(scaled(x, factor, 2))


def nested_result(x, n):
    def inner(k):
        if k > 1:
            return x[k] * x[k], (x[0] * x[1], x[k])
        return x[k], None

    total = 0.0
    for k in range(n):
        a, b = inner(k)
        total = total + a
        if b is not None:
            p, q = b
            total = total + p * q
    return total


# --- several returns --------------------------------------------------------------------------------------------------
def two_returns(w, k):
    if k[0] > 0.0:
        return k[0] * k[1]
    return np.sum(np.sin(w @ k))


def bound_before_a_return(x, k):
    if np.sum(x) > 0.0:
        y = x * k
        if k > 0.5:
            return np.sum(y**3)
        z = y * y
    else:
        z = np.sin(x)
    return np.sum(z * x)


def left_inside_a_loop(a, limit):
    total = 0.0
    for row in a:
        t = np.sin(row)
        if np.sum(t) > limit:
            return np.sum(t * t * row) + total
        total += np.sum(t * row)
    return total * np.sum(t)


def write(a, i, k):
    if a[i] < 0.0:
        a[i] = a[i] * k
        return
    a[i:] *= k
    a[i] += a[i] ** 2


def written_and_left(x, k):
    a = x.copy()
    for i in range(len(a)):
        write(a, i, k)
    return np.sum(np.sin(a))


def continued_fraction(x, n):
    if n == 0:
        return x
    return x / (1.5 + continued_fraction(x * 0.9, n - 1))


def of_a_fraction(x):
    return np.sum(continued_fraction(x * x, 3))


def determinant(a):
    if len(a) == 1:
        return a[0, 0]
    total = 0.0
    for j in range(len(a)):
        minor = np.concatenate([a[1:, :j], a[1:, j + 1 :]], axis=1)
        total = total + (-1.0) ** j * a[0, j] * determinant(minor)
    return total


# --- trees ------------------------------------------------------------------------------------------------------------
def build(x, low, high):
    if low >= high:
        return None
    middle = (low + high) // 2
    return build(x, low, middle), x[middle] * x[middle], build(x, middle + 1, high)


def walk(tree, depth):
    if tree is None:
        return 0.0
    left, value, right_ = tree
    return np.sin(value) * depth + walk(left, depth + 1.0) + walk(right_, depth + 1.0)


def built_and_walked(x):
    return walk(build(x, 0, len(x)), 1.0)


@dataclass
class Node:
    left: object
    value: float
    right: object


def build_nodes(x, low, high):
    if low >= high:
        return None
    middle = (low + high) // 2
    return Node(build_nodes(x, low, middle), x[middle] * x[middle], build_nodes(x, middle + 1, high))


def walk_nodes(node, depth):
    if node is None:
        return 0.0
    below = walk_nodes(node.left, depth + 1.0) + walk_nodes(node.right, depth + 1.0)
    return np.sin(node.value) * depth + below


def nodes_walked(x):
    return walk_nodes(build_nodes(x, 0, len(x)), 1.0)


def walk_given(tree, w):
    if tree is None:
        return w
    left, value, right_ = tree
    return np.sum(np.tanh(value * walk_given(left, w) + walk_given(right_, w * np.sum(value))))


def evaluate(expression, x):
    if isinstance(expression, str):
        return x
    if isinstance(expression, float):
        return expression
    operator, a, b = expression
    if operator == "+":
        return evaluate(a, x) + evaluate(b, x)
    return evaluate(a, x) * evaluate(b, x)


def evaluated(x):
    return evaluate(("+", ("*", "x", ("*", 2.5, "x")), ("*", "x", "x")), x) ** 2


def total_of(tree, d):
    if not isinstance(tree, tuple):
        return np.sum(tree) * d
    total = 0.0
    for child in tree:
        v = total_of(child, d * 0.7)
        if v > 1.0:
            return v * v
        total += v
    return total * d


TREE = ((None, np.array([0.7]), None), np.array([1.1]), (None, np.array([-0.4]), None))
ONCE = [
    (determinant, (M,)),
    (handed_on, (0.4 * X,)),
    (handed_on, (X,)),
    (built_and_walked, (X,)),
    (nodes_walked, (X,)),
]
TWICE = [
    (smallest, (X,)),
    (moving_average, (M, 0.3)),
    (last_one, (M,)),
    (never_bound, (M, B)),
    (asked_for_its_class, (X,)),
    (asked_for_its_class, (-X,)),
    (items_without, (X,)),
    (arrays_without, (M,)),
    (objects_without, (X,)),
    (layers_without_bias, (W, B, W, B)),
    (layers_given, ([(W, None), (W.T.copy(), B)], B)),
    (layers_given, ([(W.T.copy(), B), (W, None)], B)),
    (looked_up, (X, 0.6)),
    (looked_up, (X, 6.0)),
    (heads, (B,)),
    (nested_result, (X, 3)),
    (two_returns, (W, B)),
    (two_returns, (W, -B)),
    (bound_before_a_return, (B, 0.7)),
    (bound_before_a_return, (-B, 0.7)),
    (bound_before_a_return, (B, 0.3)),
    (left_inside_a_loop, (M, 0.5)),
    (left_inside_a_loop, (M, 5.0)),
    (written_and_left, (X, 0.7)),
    (of_a_fraction, (B,)),
    (walk_given, (TREE, 0.8)),
    (evaluated, (0.6,)),
    (total_of, ((X[:1].copy(), (X[2:3].copy(), X[3:].copy())), 1.2)),
]


def name_of(part):
    return getattr(part, "__name__", None)


@pytest.mark.parametrize(("function", "args"), [*ONCE, *TWICE], ids=name_of)
def test_right(function, args):
    right(function, *args)


@pytest.mark.parametrize(("function", "args"), TWICE, ids=name_of)
def test_right_twice(function, args):
    right_twice(function, *args)
