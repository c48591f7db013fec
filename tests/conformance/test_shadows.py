"""Section 3: views and copies, bindings, stores through indices, cells, overlapping arguments."""

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import refused, right
from tests.generated import assert_close
from tests.oracle import gradient
from tests.oracle.trees import clone

X = np.array([0.5, -1.25, 2.0, 0.75, 1.5, -0.25])
Y = np.array([1.5, 0.25, -0.5, 2.0, 0.3, 1.1])
M = X.reshape(2, 3)


# --- operations that may copy -----------------------------------------------------------------------------------------
def through_reshape(x):
    y = x.reshape(-1)
    y[0] *= 3.0
    return np.sum(np.sin(x))


def through_ravel(x):
    y = np.ravel(x)
    y[0] *= 3.0
    return np.sum(np.sin(x)) + y[0] * y[-1]


def through_asarray(x):
    y = np.asarray(x)
    y[0] *= 3.0
    return np.sum(np.sin(x))


def through_ascontiguousarray(x):
    y = np.ascontiguousarray(x)
    y[0] *= 3.0
    return np.sum(np.sin(x)) + np.sum(y * y)


def through_flatten(x):
    y = x.flatten()
    y[0] *= 3.0
    return np.sum(np.sin(x)) + y[0] * y[0]


def through_astype(x):
    y = x.astype(float)
    y[0] *= 3.0
    return np.sum(np.sin(x)) + np.sum(y * y)


MAY_COPY = [through_reshape, through_ravel, through_asarray, through_ascontiguousarray, through_flatten, through_astype]
LAYOUTS = [M, M.T, np.asfortranarray(M), M[:, ::2], M[::-1]]


@pytest.mark.parametrize("f", MAY_COPY)
@pytest.mark.parametrize("layout", range(len(LAYOUTS)))
def test_operations_that_may_copy(f, layout):
    def x():  # with the strides of the original, which `copy` would lose
        return clone(LAYOUTS[layout])

    (want,) = gradient(f, (x(),), (0,))
    assert_close(s2sad.grad(f)(x()), want)
    assert_close(s2sad.value_and_grad(f)(x()), [f(x()), want])
    assert_close(s2sad.vjp(f, x())[1](1.0)[0], want)


@pytest.mark.parametrize("f", MAY_COPY)
def test_the_tangent_of_operations_that_may_copy(f):
    tangent = np.cos(np.arange(6.0)).reshape(2, 3)
    assert_close(s2sad.jvp(f, (M.copy(),), (tangent,))[1], np.sum(s2sad.grad(f)(M.copy()) * tangent))


@pytest.mark.parametrize("f", [through_flatten, through_astype])
def test_operations_that_always_copy(f):
    right(f, M)


def test_the_alias_counts_and_not_the_adjoints_own_strides():
    # naive: the adjoint's array is contiguous, so its reshape is a view whatever the primal's was
    df = s2sad.grad(through_reshape)
    x = 0.1 * np.arange(1.0, 7.0).reshape(2, 3)
    want = np.cos(x)
    want[0, 0] = 3.0 * np.cos(3.0 * x[0, 0])
    np.testing.assert_allclose(df(x.copy()), want)
    np.testing.assert_allclose(df(np.asfortranarray(x)), np.cos(x))
    np.testing.assert_allclose(df(x.copy()), want)


# --- views ------------------------------------------------------------------------------------------------------------
def view_of_view(x):
    y = x * 2.0
    a = y[1:]
    b = a[::2]
    b *= b
    a[0] = b[1] * x[0]
    return np.sum(y * a[0])


def transposed(x):
    y = x.reshape(2, 3) * 2.0
    z = y.T
    z[0] = z[1] * z[2]
    z *= x.reshape(3, 2)
    return np.sum(y * y)


def reversed_overlap(x):
    y = x.copy()
    y[1:] += y[:-1] * y[1:]
    y[:3] *= y[::-1][:3]
    return np.sum(y * x)


def new_axis(x):
    y = x * 2.0
    column = y[:, None]
    column *= 3.0
    y[None, ...][0, 1] = y[0] * y[2]
    return np.sum(column * y)


def diagonal_of_broadcast(x):
    return np.sum(np.broadcast_to(x, (3, 6)) * np.arange(18.0).reshape(3, 6))


@pytest.mark.parametrize("f", [view_of_view, transposed, reversed_overlap, new_axis, diagonal_of_broadcast])
def test_views(f):
    right(f, X)


# --- views that overlap themselves ------------------------------------------------------------------------------------
def broadcast_rows(x):
    rows = np.broadcast_to(x, (3, 2))
    return np.sum(rows)


def test_a_broadcast_counts_every_copy():
    right(broadcast_rows, np.array([1.0, 2.0]), truth=([3.0, 3.0],))


def strided(x):
    return np.sum(np.lib.stride_tricks.as_strided(x, (3, 3), (8, 8)))


def test_as_strided_is_refused():
    refused(strided, X, names="as_strided")


# --- names change places ----------------------------------------------------------------------------------------------
def swap(x, y):
    a, b = x * 2.0, y * 3.0
    a, b = b, a
    a[0] *= b[1]
    return np.sum(a * x) + b[0]


def swap_in_loop(x, y):
    a, b = x * 2.0, y * 3.0
    for i in range(5):
        a[i] = np.sin(b[i]) * a[0]
        b *= a[1]
        a, b = b, a
    return np.sum(a * x) + np.sum(b)


def rotate(x, y):
    a, b, c = x * 2.0, y * 3.0, x * y
    for i in range(4):
        a[i] += b[0] * c[1]
        b[1:] *= c[:-1]
        a, b, c = b, c, a
    return np.sum(a * b) + np.sum(c)


def swap_when(x, y):
    a, b = x * 2.0, y * 3.0
    for i in range(len(x)):
        if x[i] > y[i]:
            a, b = b, a
        a[i] = b[i] * a[0]
    return np.sum(a * y)


def bound_by_a_counter(x, y):
    arrays = [x * 2.0, y * 3.0]
    for i in range(5):
        a = arrays[i % 2]
        a[i] *= a[0] + arrays[(i + 1) % 2][i]
    return np.sum(arrays[0] * arrays[1])


def swap_rows(x, y):
    a = x * 2.0
    for i in range(3):
        a[i], a[5 - i] = a[5 - i] * y[i], a[i]
    return np.sum(a * x)


def swap_slices(x, y):
    a = x * 2.0
    a[:3], a[3:] = a[3:] * y[0], a[:3] * a[3:]
    return np.sum(a * x)


@pytest.mark.parametrize("f", [swap, swap_in_loop, rotate, swap_when, bound_by_a_counter, swap_rows, swap_slices])
def test_bindings_are_restored(f):
    right(f, X, Y)


# --- integer indices: the last writer wins ----------------------------------------------------------------------------
WEIGHTS = np.array([1.0, 10.0, 100.0])


def last_writer(v):
    a = np.zeros(3)
    a[np.array([0, 0, 2])] = v
    return np.sum(a * WEIGHTS)


def last_adder(v):
    a = np.zeros(3)
    a[np.array([0, 0, 2])] += v
    return np.sum(a * WEIGHTS)


def every_adder(v):
    a = np.zeros(3)
    np.add.at(a, np.array([0, 0, 2]), v)
    return np.sum(a * WEIGHTS)


def index_argument(a, v, index):
    b = a * 2.0
    b[index] = v * b[index]
    return np.sum(b * b)


def index_multiplies(a, v, index):
    b = a * 2.0
    b[index] *= v
    return np.sum(b * b)


def test_the_last_writer_wins():
    v = np.array([5.0, 7.0, 9.0])
    right(last_writer, v, truth=([0.0, 1.0, 100.0],))
    right(last_adder, v, truth=([0.0, 1.0, 100.0],))


def test_add_at_counts_every_writer():
    right(every_adder, np.array([5.0, 7.0, 9.0]), truth=([1.0, 1.0, 100.0],))


@pytest.mark.parametrize("f", [index_argument, index_multiplies])
@pytest.mark.parametrize("index", [[0, 0, 2], [2, 1, 0], [-1, 2, 2], [1, 1, 1], [0, -3, 1]])
def test_indices_known_only_at_run_time(f, index):
    right(f, X[:3], Y[:3], np.array(index))


def pairs(a, v, rows, columns):
    b = a.reshape(2, 3) * 1.0
    b[rows, columns] = v
    return np.sum(b * np.arange(1.0, 7.0).reshape(2, 3))


def test_pairs_of_indices():
    right(pairs, X, Y[:3], np.array([0, 1, 0]), np.array([2, 1, 2]))
    right(pairs, X, Y[:3], np.array([0, 1, -2]), np.array([2, 1, -1]))


# --- cells ------------------------------------------------------------------------------------------------------------
def nonlocal_total(x):
    total = 0.0

    def add(v):
        nonlocal total
        total = total * 0.5 + v * v

    for v in x:
        add(v)
    return total * x[0]


def assigned_later(x):
    scale = x[0]

    def scaled(v):
        return v * scale

    first = scaled(x[1])
    scale = x[2] * x[2]
    return first * scaled(x[3])


def never_assigned_later(x):
    scale = x[0]

    def scaled(v):
        return v * scale

    return scaled(x[1]) * scaled(x[2])


def cell_in_loop(x):
    level = x[0]

    def next_level(v):
        return np.tanh(level * v)

    for i in range(1, len(x)):
        level = next_level(x[i]) + x[i]
    return level


def counter(x):
    count = 0

    def weigh(v):
        nonlocal count
        count += 1
        return v / count

    return weigh(x[0]) + weigh(x[1]) * weigh(x[2])


def cell_of_an_array(x):
    y = x * 2.0

    def write(i):
        y[i] *= y[0]

    write(1)
    write(2)
    y = y * x
    write(3)
    return np.sum(y)


@pytest.mark.parametrize(
    "f", [nonlocal_total, assigned_later, never_assigned_later, cell_in_loop, counter, cell_of_an_array]
)
def test_cells(f):
    right(f, X)


def test_a_captured_name_is_read_when_the_closure_runs():
    x = X[:4]
    truth = [x[1] * x[2] ** 2 * x[3], x[0] * x[2] ** 2 * x[3], 2 * x[0] * x[1] * x[2] * x[3], x[0] * x[1] * x[2] ** 2]
    right(assigned_later, x, truth=(truth,))


# --- arguments that overlap -------------------------------------------------------------------------------------------
def writes_first(a, b):
    a[0] = b[1] * b[1]
    return np.sum(a * b)


def reads_both(a, b):
    return np.sum(a * b)


def aliases_inside(a, b):
    c = a[1:]
    c *= b[0]
    return np.sum(a * a)


def actions(f, a, b):
    """Return every mode of a function of two arguments."""
    return [
        lambda: s2sad.grad(f, argnums=(0, 1))(a, b),
        lambda: s2sad.value_and_grad(f)(a, b),
        lambda: s2sad.vjp(f, a, b),
        lambda: s2sad.jvp(f, (a, b), (np.ones_like(a), np.ones_like(b))),
    ]


@pytest.mark.parametrize("part", [slice(0, 4), slice(1, 5), slice(3, 6)])
def test_arguments_that_overlap_are_refused_where_one_is_written(part):
    base = np.arange(6.0)
    for action in actions(writes_first, base[:4], base[part][: len(base[part])]):
        with pytest.raises(s2sad.ArgumentError, match="'a' and 'b' share memory and 'a' is written"):
            action()
    assert base.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_arguments_that_overlap_may_be_read():
    base = np.arange(6.0)
    for found in (
        s2sad.grad(reads_both, argnums=(0, 1))(base[:4], base[2:]),
        s2sad.vjp(reads_both, base[:4], base[2:])[1](1.0),
    ):
        np.testing.assert_array_equal(found[0], base[2:])
        np.testing.assert_array_equal(found[1], base[:4])


def test_arguments_side_by_side_and_aliases_inside():
    base = X.copy()
    found = s2sad.grad(writes_first, argnums=(0, 1))(base[:3], base[3:])
    want = s2sad.grad(writes_first, argnums=(0, 1))(X[:3].copy(), X[3:].copy())
    np.testing.assert_array_equal(found[0], want[0])
    np.testing.assert_array_equal(found[1], want[1])
    right(writes_first, X[:3], Y[:3])
    right(aliases_inside, X, Y)


TABLE = np.array([1.0, 2.0, 3.0])


def writes_and_reads_a_global(a):
    a[0] *= 2.0
    return np.sum(a * TABLE)


def test_an_argument_that_overlaps_a_global():
    right(writes_and_reads_a_global, X[:3].copy(), truth=([2.0, 2.0, 3.0],))
    with pytest.raises(s2sad.ArgumentError, match="TABLE"):
        s2sad.grad(writes_and_reads_a_global)(TABLE)
    assert TABLE.tolist() == [1.0, 2.0, 3.0]
