"""Section 1: what is a value and what is memory; kinds; facts that are proved and facts that are not."""

import numpy as np

import s2sad
from tests.conformance.checks import right

X = np.array([0.5, -1.25, 2.0])
ROWS = np.array([[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]])


# --- kinds are distinct -----------------------------------------------------------------------------------------------
def running_sums(x):
    s = 0.0
    out = []
    for i in range(len(x)):
        s += x[i]
        out.append(s)
    return out


def sums_of_numbers(x):
    out = running_sums(x)
    return out[0] * 10.0 + out[1] * out[2]


def test_a_number_is_bound_anew_each_time():
    # out = [a, a + b, a + b + c]
    a, b, c = X
    total = a + b + c
    right(sums_of_numbers, X, truth=([10.0 + total + (a + b), total + (a + b), a + b],))


def number_alias(x):
    s = np.sum(x * x)
    t = s
    s += x[0]
    return s * t


def list_alias(x):
    s = [x[0], x[1]]
    t = s
    s += [x[2] * x[2]]
    return t[2] * t[0] + len(t)


def tuple_alias(x):
    s = (x[0], x[1])
    t = s
    s += (x[2] * x[2],)
    return s[2] * t[0] + len(t)


def array_alias(x):
    s = x * 2.0
    t = s
    s *= x
    return np.sum(t * t)


def array_rebound(x):
    s = x * 2.0
    t = s
    s = s * x
    return np.sum(t * t) + np.sum(s)


def test_a_numpy_number_is_immutable():
    q = np.sum(X * X)
    right(number_alias, X, truth=(2.0 * X * (2.0 * q + X[0]) + q * np.array([1.0, 0.0, 0.0]),))


def test_a_list_grows_in_place_and_a_tuple_is_bound_anew():
    right(list_alias, X, truth=([4.0, 0.0, 2.0],))
    right(tuple_alias, X, truth=([4.0, 0.0, 2.0],))


def test_an_array_is_written_in_place_or_bound_anew():
    right(array_alias, X, truth=(16.0 * X**3,))
    right(array_rebound, X, truth=(8.0 * X + 4.0 * X,))


def repeated_list(x):
    row = [0.0, 0.0]
    table = [row] * 2
    table[0][1] = x[0] * x[1]
    return table[1][1] * x[2]


def zero_d_argument(x):
    y = x
    y *= 3.0
    return x * y


def test_one_list_twice_in_a_list():
    right(repeated_list, X, truth=([X[1] * X[2], X[0] * X[2], X[0] * X[1]],))


def test_a_zero_d_argument_is_written():
    right(zero_d_argument, np.array(2.0), truth=(np.array(36.0),))


# --- no fact is read off the example call -----------------------------------------------------------------------------
def sliced_difference(x, y, k):
    return np.sum(x[:k] - y)


def test_broadcasting_changes_with_an_int():
    x, y = np.arange(5.0), np.ones(5)
    for order in ((1, 5), (5, 1), (1, 5, 1)):
        df = s2sad.grad(sliced_difference, argnums=(0, 1))
        for k in order:
            x_bar, y_bar = df(x, y, k)
            assert x_bar.tolist() == ([5.0, 0.0, 0.0, 0.0, 0.0] if k == 1 else [1.0] * 5)
            assert y_bar.tolist() == [-1.0] * 5
    right(sliced_difference, x, y, 1)
    right(sliced_difference, x, y, 5)


def masked_difference(x, y):
    return np.sum(x[x > 0.0] * y)


def test_broadcasting_changes_with_a_mask():
    df = s2sad.grad(masked_difference, argnums=(0, 1))
    y = np.array([2.0, 3.0])
    assert df(np.array([1.0, -1.0]), y)[0].tolist() == [5.0, 0.0]
    assert df(np.array([1.0, 4.0]), y)[0].tolist() == [2.0, 3.0]
    right(masked_difference, np.array([1.0, -1.0, -3.0]), y)
    right(masked_difference, np.array([1.0, -1.0, 3.0]), y)


def product(x, y):
    return np.sum(x * y)


def test_which_axes_have_size_one_is_part_of_the_key():
    df = s2sad.grad(product, argnums=(0, 1))
    for shapes in (((3,), (3,)), ((1,), (3,)), ((3,), (1,)), ((1,), (1,)), ((2, 1), (1, 3)), ((2, 3), (2, 3))):
        x, y = (np.random.default_rng(len(s)).normal(size=s) for s in shapes)
        x_bar, y_bar = df(x, y)
        assert x_bar.shape == x.shape and y_bar.shape == y.shape
        np.testing.assert_allclose(x_bar, _unbroadcast(np.broadcast_to(y, np.broadcast(x, y).shape), x.shape))
        np.testing.assert_allclose(y_bar, _unbroadcast(np.broadcast_to(x, np.broadcast(x, y).shape), y.shape))


def _unbroadcast(g, shape):
    for axis, size in enumerate(shape):
        if size == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


def shared_total(x):
    s = np.zeros(2)
    out = []
    for row in x:
        s += row
        out.append(s)
    return np.sum(out[0] * out[0]) + 10.0 * np.sum(out[1] * np.array([1.0, 3.0]))


def test_a_size_is_not_read_off_the_first_call():
    # every item of `out` is the same array, which holds the sum of all rows
    df = s2sad.grad(shared_total)
    for n in (3, 2, 7):
        x = np.random.default_rng(n).normal(size=(n, 2))
        want = np.tile(2.0 * x.sum(axis=0) + 10.0 * np.array([1.0, 3.0]), (n, 1))
        np.testing.assert_allclose(df(x), want)
        right(shared_total, x, truth=(want,))


# --- a recursion sees other sizes than its first call -----------------------------------------------------------------
def halves(x, y):
    if len(x) == 1:
        return np.sum(x - np.sin(y))
    m = len(x) // 2
    return np.sum(x * y[:1]) * halves(x[:m], y) + halves(x[m:], y)


def test_the_calls_of_a_recursion_have_unknown_axes():
    right(halves, np.array([0.5, -1.0, 2.0, 0.75, 1.5]), np.array([0.3, -0.2]))
    right(halves, np.array([0.5]), np.array([0.3, -0.2]))


# --- only what changes a type specialises -----------------------------------------------------------------------------
def stepped(x, n):
    for _ in range(n):
        x = np.sin(x) * x
    return np.sum(x)


def test_a_step_counter_does_not_recompile():
    df = s2sad.grad(stepped)
    df(X, 2)
    latest = df._latest
    for n in (0, 1, 7):
        df(X, n)
        assert df._latest is latest
    right(stepped, X, 0, truth=([1.0, 1.0, 1.0],))
    right(stepped, X, 4)


def along(x, axis):
    return np.sum(np.sum(x, axis=axis) ** 2)


def test_an_axis_does():
    for axis in (0, 1, -1):
        right(along, ROWS, axis, truth=(np.broadcast_to(2.0 * ROWS.sum(axis=axis, keepdims=True), ROWS.shape),))


# --- numbers of both kinds --------------------------------------------------------------------------------------------
def weak(x, s):
    return np.sum(x * s * 2.0 + s)


def test_kinds_of_numbers():
    right(weak, X, 3.0)
    right(weak, X, np.float64(3.0))
    right(weak, X, np.array(3.0))
    right(weak, X, 3)
    right(weak, X, True)
    right(weak, np.float64(2.0), 3.0)
    right(weak, 2.0, np.array([3.0]))
