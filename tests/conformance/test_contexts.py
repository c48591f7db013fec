"""`with` and `finally`: modes of libraries, managers of the user's by their source, and what is done on every path."""

import contextlib
import math
import warnings

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import refused, right, twice_right

X = np.random.default_rng(0).uniform(0.3, 0.9, size=(3, 4))


class Scale:
    def __init__(self, factor):
        self.factor, self.depth = factor, 0

    def __enter__(self):
        self.depth += 1
        return self

    def __exit__(self, *exc):
        self.depth -= 1


class Counted:
    open = 0

    def __init__(self):
        self.entered = 0

    def __enter__(self):
        self.entered += 1

    def __exit__(self, kind, value, trace):
        self.entered -= 1


class Swallowing:
    def __enter__(self):
        return 2.0

    def __exit__(self, *exc):
        return True


class Holder:
    def __init__(self, s):
        self.s = s


HOLDER = Holder(2.0)


@contextlib.contextmanager
def scaled(x, k):
    y = x * k
    yield y


@contextlib.contextmanager
def set_to(holder, k, times=1.5):
    old = holder.s
    holder.s = old * k * times
    try:
        yield holder
    finally:
        holder.s = old


@contextlib.contextmanager
def twice_around(x):
    with scaled(x, 2.0) as y:
        yield y * y


def quiet(x, k):
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(x > 0.5, np.log(x), x * k)
        z = np.sqrt(y * y + 1)
    return np.sum(z * k)


def quiet_and_returned(x, k):
    with np.errstate(all="ignore"):
        return np.sum(np.log(x) * k)


def filtered(x, k):
    # nobody wants to hear
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        if k > 0.5:
            return np.sum(x**2) * k
        y = x * k
    return np.sum(y)


def quiet_helper(x):
    with np.errstate(all="ignore"):
        return np.exp(x) * 2


def quiet_in_a_loop(x, k):
    t = 0.0
    for _ in range(3):
        with np.errstate(over="ignore"):
            t = t + np.sum(quiet_helper(x) ** 2) * k
            if t > 100:
                break
    return t


def an_object(x, k):
    with Scale(k) as s:
        y = x * s.factor
        d = s.depth
    return np.sum(y * y) * (d + s.depth)


def two_managers(x, k):
    with scaled(x, k) as y, np.errstate(all="ignore"):
        z = y * y
    return np.sum(z)


def set_and_put_back(x, k):
    with set_to(HOLDER, k) as h:
        y = x * h.s
    return np.sum(y * y) * HOLDER.s


def returned_from_two(x, k):
    with set_to(HOLDER, k), scaled(x, k) as y:
        return np.sum(y * HOLDER.s)


def a_manager_of_a_manager(x, k):
    with twice_around(x * k) as y:
        return np.sum(y) * k


def in_a_loop(x, k):
    total = 0.0
    for row in x:
        with set_to(HOLDER, k, times=row[0]) as h:
            total += np.sum(row * h.s)
    return total


def on_a_path(x, k):
    if k > 0.5:
        with scaled(x, k) as y:
            z = y[0]
    else:
        z = x[0]
    return np.sum(z)


def nothing_around(x, k):
    with contextlib.nullcontext():
        a = x * k
    return np.sum(a * a)


def at_last(x, k):
    try:
        y = x * k
        z = y * y
    finally:
        w = k * 2
    return np.sum(z) * w


def returned_before(x, k):
    holder = Holder(k)
    try:
        return np.sum(x * holder.s)
    finally:
        holder.s = 0.0


RIGHT = [
    quiet, quiet_and_returned, filtered, quiet_in_a_loop, an_object, two_managers, set_and_put_back, returned_from_two,
    a_manager_of_a_manager, in_a_loop, on_a_path, nothing_around, at_last, returned_before,
]  # fmt: skip


@pytest.mark.parametrize("function", RIGHT, ids=lambda f: f.__name__)
def test_contexts(function):
    right(function, X, 0.7)
    twice_right(function, X, 0.7)


def test_the_derivative_runs_in_the_same_mode():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        s2sad.grad(lambda x: quiet(x, 0.7))(np.array([0.0, 0.8]))
    text = s2sad.grad(quiet)
    text(X, 0.7)
    assert text.source.count('with np.errstate(divide="ignore", invalid="ignore"):') == 2


def test_the_comment_above_and_the_filter_are_written():
    derivative = s2sad.grad(filtered)
    derivative(X, 0.7)
    assert "    # nobody wants to hear\n    with warnings.catch_warnings():\n" in derivative.source
    assert derivative.source.count("warnings.simplefilter('ignore', RuntimeWarning)") == 0
    assert derivative.source.count('warnings.simplefilter("ignore", RuntimeWarning)') == 2


def raises_inside(x):
    with set_to(HOLDER, 3.0):
        if x > 1.0:
            raise ValueError("too large")
        y = x * HOLDER.s
    return y


@pytest.mark.parametrize(
    "transform", [s2sad.grad, s2sad.value_and_grad, lambda f: lambda x: s2sad.jvp(f, (x,), (1.0,))]
)
def test_what_was_set_is_put_back_if_the_body_raises(transform):
    right(raises_inside, 0.5)
    with pytest.raises(ValueError, match="too large"):
        transform(raises_inside)(2.0)
    assert HOLDER.s == 2.0


class Asking:
    def __enter__(self):
        return 2.0

    def __exit__(self, kind, value, trace):
        return kind is ValueError


def asks_for_the_exception(x):
    with Asking() as s:
        return x * s


def reads_what_the_body_binds(x):
    holder = Holder(x)
    y = x
    try:
        y = y * 2
        z = y * holder.s
    finally:
        HOLDER.s = y
    return z


def each_put_back(x):
    t = 0.0
    for v in x:
        with set_to(HOLDER, v):
            t += np.sqrt(v) * (1.0 if v > 0 else 1.0 / int(v > 1.0))
    return t


@pytest.mark.parametrize("transform", [s2sad.grad, s2sad.value_and_grad])
def test_what_was_set_is_put_back_if_an_iteration_raises(transform):
    transform(each_put_back)(np.array([0.9, 0.4]))
    with pytest.raises(ZeroDivisionError), np.errstate(all="ignore"):
        transform(each_put_back)(np.array([0.9, -0.4]))
    assert HOLDER.s == 2.0


def strict(x):
    t = 0.0
    for v in x:
        with np.errstate(all="raise"):
            t += np.sqrt(v) * v
    return t


@pytest.mark.parametrize("transform", [s2sad.grad, s2sad.value_and_grad])
def test_a_mode_that_raises_holds_for_the_program_and_not_for_its_derivative(transform):
    right(strict, np.array([0.9, 0.4]))
    with pytest.raises(FloatingPointError):
        transform(strict)(np.array([0.9, -0.4]))
    transform(lambda x: strict(x) + x[0])(np.array([0.9, 0.0]))


def suppressed(x, k):
    y = k
    with contextlib.suppress(ValueError):
        y = math.sqrt(k - 1)
    return y * np.sum(x)


def a_value_in_a_context(x, k):
    with contextlib.nullcontext(x * k) as y:
        return np.sum(y * y)


@pytest.mark.parametrize("function", [suppressed, a_value_in_a_context])
def test_contexts_of_contextlib(function):
    s2sad.check_grads(function, (X, 0.7))
    s2sad.check_grads(function, (X, 1.7))


def swallowed(x):
    with Swallowing() as s:
        return x * s


def from_some_paths(x):
    for i in range(3):
        with set_to(HOLDER, 2.0) as h:
            if x > i:
                return x * h.s
    return x


def left_by_a_break(x):
    for _ in range(3):
        with set_to(HOLDER, 2.0) as h:
            x = x * h.s
            if x > 3.0:
                break
    return x


def a_file(x):
    with open("nowhere") as file:
        return x * float(file.read())


def mode_from_an_argument(x, how="ignore"):
    with np.errstate(all=how):
        return x * x


@pytest.mark.parametrize(
    ("function", "part"),
    [
        (asks_for_the_exception, "asks for the exception"),
        (reads_what_the_body_binds, "which the body assigns"),
        (swallowed, "may swallow an exception"),
        (from_some_paths, "return that leaves only some paths"),
        (left_by_a_break, "`break` or `continue` that leaves this body"),
        (a_file, "this context manager is not followed"),
    ],
)
def test_refused(function, part):
    refused(function, 0.5, names=part)
