"""Programs that are refused: each has a message in golden_errors/refusals/ that says where, what, why, and what to write."""

# ruff: noqa
import asyncio
import contextlib
import functools
import json
import math
import os
import re

import numpy as np
import scipy.special

import s2sad

COUNT = 0
SETTINGS = {"rate": 0.5}
SEEN = []


class Swallows:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return kind is ValueError


class Meta(type):
    def __call__(cls, *args):
        made = super().__call__(*args)
        made.scale = 2.0
        return made


class Point:
    __slots__ = ("x",)

    def __init__(self, x):
        self.x = x


class Leaf:
    def __init__(self, x):
        self.x = x
        self.near = []


class Guarded:
    def __init__(self, x):
        self.x = x

    def __getattribute__(self, name):
        return object.__getattribute__(self, name)


def asynchronous(x):
    async def later():
        return x

    return asyncio.run(later()) * x


def evaluated(x):
    return eval("x * 2")


def executed(x):
    exec("y = x * 2")
    return x


def writes_a_global(x):
    global COUNT
    COUNT = COUNT + 1
    return x * x


def class_inside(x):
    class Local:
        scale = x

    return Local().scale


def generator_that_escapes(x):
    def steps(t):
        for i in range(3):
            yield t * i

    made = steps(x)

    def total():
        return sum(made)

    return total() + total()


def generator_gone_through_twice(x):
    def steps(t):
        yield t
        yield t * t

    made = steps(x)
    return sum(made) + sum(made)


def generator_left_early(x):
    def steps(t):
        for i in range(3):
            yield t * i
            t = t + 1.0
        yield t

    s = 0.0
    for u in steps(x):
        if u > 1.0:
            break
        s += u
    return s


def returns_in_a_loop_of_a_generator(x):
    def steps(t):
        for i in range(3):
            if t > i:
                return
            yield t * i
        yield t

    return sum(steps(x))


def function_without_a_rule(x):
    return np.histogram_bin_edges(np.array([x, 2 * x]))[0]


def extension_without_a_rule(x):
    return float(json.loads(json.dumps(x))) * x


def two_functions_without_a_rule(x):
    a = np.packbits(np.array([x]))
    b = np.histogram_bin_edges(np.array([x]))
    return a[0] + b[0]


def three_kinds_of_places(x):
    a = eval("x + 1")
    b = np.histogram(np.array([x]), bins=3)[0] @ np.ones(3)
    c = scipy.special.jv(x, 1.0)
    return a + b + c


def orders_in_lambdas(x):
    f = lambda v: scipy.special.jv(v, 1.0)
    g = lambda v: scipy.special.yv(v, 1.0)
    return f(x) + g(x)


def an_escaping_generator(x):
    def squares():
        yield x * x

    return squares()


class Counted:
    calls = 0


def a_class_attribute_that_is_assigned(x):
    Counted.calls += 1
    return x * Counted.calls


def a_generator_without_an_end_that_is_stepped(x):
    def halves():
        a = x
        while True:
            yield a
            a = a / 2

    made = halves()
    return next(made) + next(made)


def a_nested_function_that_is_cached(x):
    @functools.lru_cache(maxsize=None)
    def steps(n):
        return x if n < 2 else steps(n - 1) + steps(n - 2)

    return steps(5)


def a_tuple_that_is_written(x):
    t = (x, x)
    t[0] = 2.0
    return t[0] + t[1]


def a_number_read_from_text(x):
    parts = [f"{x:.3f}" for _ in range(2)]
    return float(parts[0])


def reads_a_file(x):
    with open("numbers.txt") as file:
        return x * float(file.read())


def swallows_exceptions(x):
    with Swallows():
        x = math.sqrt(x)
    return x


def half_done(x):
    y = x
    try:
        y = 2.0 * y
        z = math.sqrt(y)
    except ValueError:
        z = y
    return z


def half_written(x):
    a = np.zeros(2)
    try:
        a[0] = x
        a[1] = math.sqrt(-x)
    except ValueError:
        pass
    return a[0]


def tries_a_loop_in_a_loop(x):
    s = 0.0
    for i in range(3):
        try:
            for j in range(3):
                s = s + math.sqrt(x - i * j)
        except ValueError:
            s = s * x
    return s


def returns_behind_finally(x):
    try:
        y = x * x
    finally:
        return y


class Holding:
    """A context manager that is made by a generator."""

    @staticmethod
    @contextlib.contextmanager
    def of(holder):
        yield holder


def breaks_out_of_a_context(x):
    holder = Point(x)
    for _ in range(3):
        with Holding.of(holder):
            break
    return x


def unlike_kinds(x):
    y = np.array([x, x]) if x > 0.0 else x
    return np.sum(y)


def unlike_results(x):
    if x > 0.5:
        return x, x
    return x


def truncation(x):
    counts = np.zeros(3, dtype=int)
    counts[0] = x
    return counts[0] * x


def key_not_known(x):
    parts = {"a": x, "b": np.array([x, x])}
    for i in range(int(2.0 * x)):
        parts[i] = x * i
    return parts["a"]


def attribute_not_known(x):
    return getattr(Point(x), os.environ.get("NAME", "x"))


def item_that_is_not_there(x):
    parts = {"a": x}
    return parts["b"]


def too_few_values(x):
    a, b = (x,)
    return a * b


def starred_too_many(x):
    *rest, last, more = (x,)
    return last


def too_many_arguments(x):
    def twice(t):
        return t * 2.0

    return twice(x, x)


def unexpected_argument(x):
    def twice(t):
        return t * 2.0

    return twice(x, scale=2.0)


def unbound_name(x):
    return x * undefined_name


def read_before_it_is_bound(x):
    y = z * x
    z = x
    return y


def star_of_unknown_length(x):
    def total(*parts):
        return sum(parts)

    return total(*np.linspace(0.0, x, int(3 * x)))


def axis_not_known(x):
    a = np.outer(np.array([x, x]), np.array([x, 1.0]))
    s = 0.0
    for i in range(int(2.0 * x)):
        s = s + np.sum(np.sum(a, axis=i % 2) ** 2)
    return s


def argument_not_accepted(x):
    return np.sum(np.array([x, x], like=np.zeros(2)))


def order_of_memory(x):
    return np.ravel(np.outer(np.array([x, 1.0]), np.array([x, 2.0])), order=os.environ.get("ORDER", "K"))[1]


def where_without_out(x):
    return np.sum(np.log(np.array([x, 1.0]), where=np.array([True, False])))


def overlapping_write(x):
    a = np.array([x, x * x, 1.0])
    a.flat = a[::-1]
    return np.sum(a)


def attribute_that_some_have(x):
    nodes = [Leaf(x * i) for i in range(int(x) + 3)]
    for node in nodes:
        node.x = node.x + 1.0
        if node.x > 2.0:
            node.mark = x
    return sum(node.x for node in nodes if hasattr(node, "mark"))


def list_of_the_module(x):
    SEEN.append(x)
    return x * len(SEEN)


def reads_attributes_by_itself(x):
    return Guarded(x).x * 2.0


def is_compared_by_a_string(x):
    return x * len(re.findall("a", f"{x}"))


def function_in_a_growing_list(x):
    made = []
    for i in range(int(3 * x)):
        made.append(lambda t: t * i)
    return x


def recursion_without_an_end(x):
    return recursion_without_an_end(x * 0.5)


def environment(x):
    return x * os.environ.setdefault("RATE", x)


def two_generators_together(x):
    def steps(t):
        for i in range(3):
            yield t * i * x

    s = 0.0
    for a, b in zip(steps(x), steps(2 * x)):
        s += a * b
        x = x * 2.0
    return s


def complex_to_real(x):
    z = np.zeros(2)
    z[0] = 1j * x
    return z[0]


def set_of_values(x):
    return sum({x, 2.0 * x})


def import_star(x):
    from math import sin as sine, nothing_there

    return sine(x)


def deletes_a_shared_name(x):
    y = x

    def bump():
        nonlocal y
        y = y + 1.0

    bump()
    del y
    return x


class Pair:
    def __init__(self, v):
        self.v = v

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return self.v

    def __rsub__(self, other):
        return Pair(other - self.v)


def operator_of_what_numpy_takes_for_an_array(x):
    return (np.sin(x) - Pair(x)).v


PROGRAMS = [
    value for name, value in list(globals().items()) if callable(value) and getattr(value, "__module__", "") == __name__
]
PROGRAMS = [program for program in PROGRAMS if not isinstance(program, type)]
