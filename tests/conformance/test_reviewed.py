"""Programs that reviews found wrong, by what was behind them."""

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import right

X = np.array([0.5, -1.25, 2.0, 0.75])
Y = np.array([1.5, 0.25, -0.5, 2.0])


# --- activity: what is returned may have been written under another name ----------------------------------------------
def returned_under_another_name(x):
    c = 2.0 * x
    d = c[1:]
    d *= 2.0
    return c


def part_written_before_return(x):
    return np.sum(returned_under_another_name(x) * x)


# --- recursion of several functions -----------------------------------------------------------------------------------
def even(n, x):
    if n == 0:
        return x
    return odd(n - 1, x * 1.5)


def odd(n, x):
    if n == 0:
        return x * x
    return even(n - 1, np.sin(x))


def mutual(x):
    return np.sum(even(4, x) * odd(3, x))


def mutual_conditional(x):
    return np.sum(ping(5, x))


def ping(n, x):
    return x if n == 0 else pong(n - 1, x * 1.1)


def pong(n, x):
    return x * x if n == 0 else ping(n - 1, np.cos(x))


# --- masks of where in lists ------------------------------------------------------------------------------------------
def where_of_list_item(x, y):
    items = [x * 2.0, y * 3.0]
    items.append(np.where(x > 0.6, x, items[1]))
    total = 0.0
    for i in range(3):
        total += np.sum(np.cos(items[i]))
    return total


# --- lists of ints that hold floats later -----------------------------------------------------------------------------
def list_of_ints(x):
    squares = [0 for _ in range(len(x))]
    for i in range(len(x)):
        squares[i] = x[i] * x[i]
    return sum(squares) * 1.0


def running_sums(x):
    sums = [0]
    for v in x:
        sums.append(sums[-1] + v * v)
    return sums[-1] * sums[2]


# --- and, or ----------------------------------------------------------------------------------------------------------
def or_default(x, n):
    return np.sum(x[: n or 3] ** 2)


def and_or_choice(x):
    return np.sum(x * ((x[0] > 0 and 2.0) or 3.0))


def and_of_numbers(x):
    return (x[1] and x[2]) * x[0] + (x[3] or x[0])


def and_that_binds(x):
    if (n := len(x)) > 2 and (y := x[0] * 2.0) > -100.0:
        return y * n * x[1]
    return x[2]


def not_and(x, n):
    if not (n and x[0] > 0.0) or x[1] > 5.0:
        return np.sum(x * x)
    return np.sum(x)


# --- tests of while that bind or write --------------------------------------------------------------------------------
def while_binds(x):
    t = 0.0
    s = 1.0
    while (t := t + x[0] * x[0]) < 2.0:
        s *= t
    return t * s


def bump(a):
    a *= 1.25
    return np.max(a)


def while_writes(x):
    a = x * 2.0
    s = 0.0
    while bump(a) < 10.0:
        s += np.sum(a * x)
    return s + np.sum(a)


# --- cotangents of the caller's ---------------------------------------------------------------------------------------
def two_writes_of_one_value(x):
    out = np.zeros((3, 2))
    d = x[0] * x[1]
    out[1] -= d
    out[0] += d
    return np.sum(out * np.arange(6.0).reshape(3, 2)) + np.sum(x)


# --- numbers that start as ints ---------------------------------------------------------------------------------------
def int_accumulator(x):
    total = 0
    for v in x:
        total = total + v * v
    return total * 1.0


def int_on_one_path(x):
    y = 1 if x[0] > 3.0 else x[0]
    return y * x[1]


# --- sums of products -------------------------------------------------------------------------------------------------
def product_with_itself(x):
    y = x * 2.0
    return np.sum(x * y * x)


def negative_with_itself(x):
    t = -x
    return np.sum(x * t * x)


# --- helpers that return what they are given, or a copy ---------------------------------------------------------------
def same_or_copy(v, flag):
    if flag > 0:
        return v
    return v.copy()


def written_through_result(x, flag):
    a = x * 1.0
    b = same_or_copy(a, flag)
    b *= 3.0
    return np.sum(a * x) + np.sum(b)


def scaled(v, inplace):
    if not inplace:
        v = v.copy()
    v *= 2.0
    return v


def scaled_twice(x, inplace):
    a = x * 1.5
    b = scaled(a, inplace)
    return np.sum(a * b * x)


# --- unlike kinds at the head of a loop, and where branches meet ------------------------------------------------------
def none_before_a_loop(x):
    best = None
    for v in x:
        c = v * v
        if best is None or c < best:
            best = c
    return best * x[0]


def last_one(x):
    previous = None
    total = 0.0
    for v in x:
        if previous is not None:
            total += (v - previous) ** 2
        previous = v
    return total


def number_then_array(x):
    s = 0.0
    for i in range(3):
        s = s + x * x[i]
    return np.sum(s * s)


def number_then_row(x):
    s = 0.0
    for row in np.outer(x, x):
        s += row
    return np.sum(s**2)


def array_or_number(x):
    if x[0] > 0:
        y = x
    elif x[1] > 0:
        y = x[1]
    else:
        y = 1.0
    return np.sum(y * x)


# --- lists of tuples in structures that are handed on -----------------------------------------------------------------
def kept_pairs(x):
    n = len(x)
    pairs = []
    y = x.copy()
    for i in range(n):
        for j in range(i):
            pairs.append((y[i] * y[j], y[j]))
            y[i] += y[j] * y[i]
    return y, (n, pairs)


def read_backwards(kept, s):
    n, pairs = kept
    back = reversed(pairs)
    for i in range(n - 1, -1, -1):
        for _ in range(i - 1, -1, -1):
            a, b = next(back)
            s += a**2 * b
    return s


def pairs_in_a_structure(x):
    y, kept = kept_pairs(x)
    z, more = kept_pairs(y)
    return read_backwards(kept, 0.0) * read_backwards(more, 1.0) + np.sum(y * z)


# --- returns in nested loops, shapes that loops change ----------------------------------------------------------------
def nested_return(x):
    for i in range(3):
        for j in range(i):
            if x[0] * j > 0.5:
                return x[1] * j
        x = x * 1.1
    return x[2]


def halved(x):
    y = x
    for _ in range(2):
        y = y[: len(y) // 2] * y[len(y) // 2 :]
    return y[0]


def growing(x):
    y = x
    for _ in range(2):
        y = np.concatenate([y, y[:1] ** 2])
    return np.sum(y**2)


# --- lists ------------------------------------------------------------------------------------------------------------
def list_of_an_array(x):
    rows = list(np.outer(x, x))
    s = 0.0
    for i in range(3, -1, -1):
        v = rows.pop()
        s += np.sum(v * v) * x[i]
    return s


def repeated_zero(x):
    sums = [0] * len(x)
    for i in range(len(x)):
        sums[i] = sums[i - 1] + x[i] ** 2
    return sums[-1] * sums[1]


def lists_of_lists(x):
    rows = []
    for i in range(2):
        row = []
        for j in range(2):
            row.append(x[i] * x[j])
        rows.append(row)
    return rows[-1][0] + np.sum(np.array([[x[i] ** j for j in range(3)] for i in range(2)]))


def slice_of_a_list(x):
    a = [x[0], x[1], x[2]]
    a[1:] = [x[0] * 2.0, x[3]]
    return a[1] ** 2 * a[2]


def order_of_evaluation(x):
    a = x * 1.5
    a[0] += bump(a)
    a[a > 1.0] += bump(a)
    return np.sum(a * x)


# --- what objects say of themselves -----------------------------------------------------------------------------------
class Empty:
    def __init__(self, values):
        self.values = values

    def __bool__(self):
        return False


class Sized:
    def __init__(self, values, n):
        self.values, self.n = values, n

    def __len__(self):
        return self.n


def truth_of_objects(x, n):
    y = x * 2.0 if Empty(x) else x * 3.0
    if not Sized(x, n):
        y = y * y
    while Sized(x, n):
        y = np.sin(y)
        n -= 1
    return np.sum(y)


class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __iter__(self):
        return iter([self.b, self.a, self.b])


def iterates_over_an_object(x):
    total = 0.0
    for part in Pair(x, x * x):
        total = total + np.sum(part)
    return total


def float_of_an_object(x):
    return np.sum(x) * float(Pair(x, x))


def list_of_an_object(x):
    return np.sum([*Pair(x, x * x), *list(Pair(x, x))])


def keys_of_a_dict(x):
    parts = {1: x, 3: x * x}
    total = 0.0
    for key in parts:  # noqa: PLC0206
        total = total + np.sum(parts[key]) * key
    return total * sum(parts) + np.sum(parts[list(parts)[1]])


def list_of_the_same_type(x):
    parts = [x, 2.0 * x]
    return np.sum(sum(type(parts)([part * part for part in parts]), 0.0))


@pytest.mark.parametrize("function", [float_of_an_object])
def test_what_the_class_decides_is_refused(function):
    with pytest.raises(s2sad.UnsupportedError):
        s2sad.grad(function)(X)


@pytest.mark.parametrize("function", [iterates_over_an_object, list_of_an_object])
def test_objects_are_gone_through_as_their_class_says(function):
    right(function, X)


# --- the cotangent of a list of tuples that a call returns ------------------------------------------------------------
def squares_and_sines(xs, k):
    found = []
    for x in xs:
        if k == 0:
            return found
        found.append((x * x, np.sin(x)))
    return found


def list_of_tuples_returned(x):
    pairs = squares_and_sines([x, x * 2.0], 1)
    total = 0.0
    for square, sine in squares_and_sines(x, 1):
        total = total + square * sine
    return total + np.sum(pairs[0][0] * pairs[1][1])


PROGRAMS = [
    (list_of_tuples_returned, (X,)),
    (keys_of_a_dict, (X,)),
    (list_of_the_same_type, (X,)),
    (truth_of_objects, (X, 0)),
    (truth_of_objects, (X, 2)),
    (part_written_before_return, (X,)),
    (mutual, (X,)),
    (mutual_conditional, (X,)),
    (where_of_list_item, (X, Y)),
    (list_of_ints, (X,)),
    (running_sums, (X,)),
    (or_default, (X, 0)),
    (or_default, (X, 2)),
    (and_or_choice, (X,)),
    (and_of_numbers, (X,)),
    (and_that_binds, (X,)),
    (not_and, (X, 0)),
    (not_and, (X, 2)),
    (while_binds, (X,)),
    (while_writes, (X,)),
    (two_writes_of_one_value, (X,)),
    (int_accumulator, (X,)),
    (int_on_one_path, (X,)),
    (product_with_itself, (X,)),
    (negative_with_itself, (X,)),
    (written_through_result, (X, 1)),
    (written_through_result, (X, 0)),
    (scaled_twice, (X, True)),
    (scaled_twice, (X, False)),
    (none_before_a_loop, (X,)),
    (last_one, (X,)),
    (number_then_array, (X,)),
    (number_then_row, (X,)),
    (array_or_number, (X,)),
    (array_or_number, (-X,)),
    (array_or_number, (-np.abs(X),)),
    (pairs_in_a_structure, (X,)),
    (nested_return, (X,)),
    (halved, (X,)),
    (growing, (X,)),
    (list_of_an_array, (X,)),
    (repeated_zero, (X,)),
    (lists_of_lists, (X,)),
    (slice_of_a_list, (X,)),
    (order_of_evaluation, (X,)),
]


@pytest.mark.parametrize(("function", "args"), PROGRAMS, ids=lambda part: getattr(part, "__name__", None))
def test_right(function, args):
    right(function, *args)


def test_a_loop_that_does_not_run_is_told_of():
    df = s2sad.grad(number_then_row)
    with pytest.raises(ValueError, match="runs no iteration"):
        df(np.zeros(0))


# --- list arguments that are written ----------------------------------------------------------------------------------
def scale_all(xs):
    for a in xs:
        a *= 2.0
    return np.sum(xs[0] * xs[1])


def stacked(xs):
    return np.sum(np.stack(xs) ** 2 * xs[0])


def remembered(x, n):
    history = []
    for _ in range(n):
        history.append(x)
    total = 0.0
    for v in history:
        total += np.sum(v * v)
    return total


def in_a_dict(p):
    p["a"]["w"] *= 2.0
    return np.sum(p["a"]["w"] ** 2)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (scale_all, ([X, Y],)),
        (stacked, ([X, Y],)),
        (remembered, (X, 2)),
        (in_a_dict, ({"a": {"w": X}},)),
    ],
    ids=lambda part: getattr(part, "__name__", None),
)
def test_containers(function, args):
    right(function, *args)
