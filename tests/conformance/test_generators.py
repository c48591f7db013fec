"""Generators: what consumes one sees what it does, item by item."""

import itertools

import numpy as np
import pytest

from tests.conformance.checks import refused, right, twice_right

X = np.random.default_rng(0).uniform(0.3, 0.9, size=(3, 4))


def steps(t, n):
    for i in range(n):
        t = np.sin(t)
        yield t


def a_loop_over_a_generator(x, k):
    s = 0.0
    for u in steps(x * k, 3):
        s = s + np.sum(u)
    return s


def summed(x, k):
    return sum(np.sum(u) for u in steps(x, 2)) * k


def unpacked(x, k):
    a, b = steps(x, 2)
    return np.sum(a * b) * k


def a_list_of_it(x, k):
    xs = list(steps(x, 4))
    return np.sum(xs[-1]) + len(xs) * k


def forever(x):
    while True:
        x = x * 0.5
        yield x


def left_by_a_break(x, k):
    s = 0.0
    for v in forever(k):
        if v < 0.05:
            break
        s += v * x[0, 0]
    return s


class World:
    def __init__(self, v):
        self.v = v
        self.t = 0.0

    def run(self, n):
        for i in range(n):
            self.v = self.v * 0.9
            self.t += 0.1
            yield self.t


def steps_of_an_object(x, k):
    w = World(x * k)
    s = 0.0
    for t in w.run(4):
        s += t * np.sum(w.v**2)
    return s + w.t


def tree(t):
    yield t[0]
    for c in t[1]:
        yield from tree(c)


def a_tree(x, k):
    t = (k, [(x[0, 0], []), (x[1, 1], [(k * k, [])])])
    s = 1.0
    for v in tree(t):
        s = s * v + k
    return s


def pairs(xs):
    for i, a in enumerate(xs):
        for b in xs[i + 1 :]:
            yield a, b


def pairs_of_rows(x, k):
    e = 0.0
    for a, b in pairs(x):
        d = a - b
        e = e + k / np.sqrt(np.sum(d * d) + 0.1)
    return e


def some(x):
    if np.sum(x) > 1:
        yield x
    yield x * 2


def yields_on_a_path(x, k):
    return k * sum(np.sum(v) for v in some(x))


def a_nested_generator(x, k):
    def local(n):
        for j in range(n):
            yield x[j] * k

    return max(np.sum(v) for v in local(3))


def goes_on(x, k):
    s = 0.0
    for u in steps(x, 3):
        if np.sum(u) < 0:
            continue
        s = s + np.sum(u) * k
    return s


def buffered(x):
    b = np.zeros(4)
    for row in x:
        b += row
        yield b


def one_buffer_again_and_again(x, k):
    s = 0.0
    for b in buffered(x):
        s += np.sum(b**2)
    return s * k


def one_buffer_in_a_sum(x, k):
    return sum(np.sum(b**2) for b in buffered(x)) * k


def one_buffer_in_a_list(x, k):
    bs = list(buffered(x))
    return sum(np.sum(b**2) for b in bs) * k


def counted(x, k):
    s = 0.0
    for i, u in enumerate(steps(x, 3)):
        s = s + i * np.sum(u)
    return s * k


def unlike_items_left_by_a_break(x, k):
    for j, a in enumerate((x, k, x * 2, "end")):
        if j == 1:
            continue
        if isinstance(a, str):
            break
        k = k + np.sum(a)
    else:
        k = k * 2
    return k


def in_arrays_and_maxima(x, k):
    return np.sum(np.array([np.sum(u) for u in steps(x, 3)])) * k + max(steps(k, 2))


def generators_in_generators(x, k):
    g = steps(x, 2)
    t = 0.0
    for u in g:
        for v in steps(u, 2):
            t = t + np.sum(v * u)
    return t * k


def one_buffer_counted(x, k):
    s = 0.0
    for i, b in enumerate(buffered(x)):
        s += (i + 1) * np.sum(b**2)
    return s * k


def beside_a_list(x, k):
    w = World(x * k)
    s = 0.0
    for t, c in zip(w.run(4), [1.0, 2.0, 3.0], strict=False):
        s += t * c * np.sum(w.v**2)
    return s


def the_first_few(x, k):
    s = 0.0
    for v in itertools.islice(forever(k), 4):
        s += v * v
    return s * x[0, 0]


def sums_of_the_first_few(x, k):
    return sum(itertools.islice(forever(k), 3)) + len(list(zip(forever(k), [1, 2], strict=False))) * k


def counted_beside_a_list(x, k):
    s = 0.0
    for i, (t, c) in enumerate(zip(steps(x, 3), [k, 2.0, 3.0], strict=False)):
        s += i * c * np.sum(t)
    return s


def changes_what_it_is_given(x, k):
    n = 0
    for v in forever(k):
        n += 1  # noqa: SIM113
        if n == 3:
            break
        k = k * 1.1 + v * x[0, 0]
    return k


def weights(x):
    total = 0.0
    for v in x:
        total = total + v
        if total > 1.0:
            yield total * 2
        else:
            yield total


def yields_in_either_arm(x, k):
    s = 0.0
    for w in weights(x[0]):
        s = s + w * w * k
    return s


def left_from_either_arm(x, k):
    s = 0.0
    for w in weights(x[0]):
        if w > 1.5:
            break
        s = s + w * w * k
    return s


def powers(c):
    n = 0
    while True:
        yield c**n
        n += 1


def left_in_the_midst_of_an_iteration(x, k):
    s = 0.0
    for c in powers(k):
        s += c * x[0, 0]
        if c < 0.3:
            break
    return s


def beside_one_without_an_end(x, k):
    return sum(v * c for v, c in zip(x[0], powers(k)))  # noqa: B905


RIGHT = [
    left_in_the_midst_of_an_iteration,
    beside_one_without_an_end,
    a_loop_over_a_generator,
    summed,
    unpacked,
    a_list_of_it,
    left_by_a_break,
    steps_of_an_object,
    a_tree,
    pairs_of_rows,
    yields_on_a_path,
    a_nested_generator,
    goes_on,
    one_buffer_again_and_again,
    one_buffer_in_a_sum,
    one_buffer_in_a_list,
    counted,
    unlike_items_left_by_a_break,
    in_arrays_and_maxima,
    generators_in_generators,
    one_buffer_counted,
    beside_a_list,
    the_first_few,
    sums_of_the_first_few,
    counted_beside_a_list,
    changes_what_it_is_given,
    yields_in_either_arm,
    left_from_either_arm,
]


@pytest.mark.parametrize("function", RIGHT, ids=lambda f: f.__name__)
def test_generators(function):
    right(function, X, 0.7)
    twice_right(function, X, 0.7)


def left_with_more_to_do(x):
    s = 0.0
    for t in more_to_do(x):
        if t > 0.2:
            break
        s += t
    return s


def more_to_do(x):
    for _ in range(3):
        x = x * 0.5
        yield x
        x = x + 0.1
    yield x


def gone_through_twice(x):
    g = more_to_do(x)
    return sum(g) + sum(g)


def two_together(x):
    return sum(a * b for a, b in zip(more_to_do(x), more_to_do(x * 2), strict=False))


def mapped(x):
    return sum(map(lambda t: t * t, more_to_do(x)))  # noqa: C417


def returns_in_a_loop(x):
    for i in range(3):
        if x > i:
            return
        yield x
    yield 2.0 * x


def ends_early(x):
    return sum(returns_in_a_loop(x))


@pytest.mark.parametrize(
    ("function", "part"),
    [
        (left_with_more_to_do, "would have more to do after its `yield`"),
        (gone_through_twice, "a generator is gone through once"),
        (mapped, "step by step"),
        (ends_early, "a generator returns in a loop"),
    ],
    ids=lambda p: p.__name__ if callable(p) else "",
)
def test_refused(function, part):
    refused(function, 0.5, names=part)


def test_two_together():
    right(two_together, 0.5)
