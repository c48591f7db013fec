"""Section 5: early exits, errors, derivatives that do not exist, declared zeros, dtypes, ties."""

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import refused, right

X = np.array([0.5, -1.25, 2.0, 0.75])
Y = np.array([1.5, 0.25, -0.5, 2.0])


# --- exits ------------------------------------------------------------------------------------------------------------
def breaks(x, limit):
    y = x * 1.0
    for i in range(1, len(y)):
        y[i] *= y[i - 1]
        if abs(y[i]) > limit:
            break
        y[i - 1] = np.sin(y[i])
    return np.sum(y) * (i + 1)


def continues(x, limit):
    s = 0.0
    for i in range(len(x)):
        if x[i] > limit:
            continue
        s = s * x[i] + x[i]
    return s


def returns_in_loop(x, limit):
    s = 1.0
    for i in range(len(x)):
        s = s * x[i]
        if s > limit:
            return s * x[0]
        s = s + 1.0
    return np.sin(s)


def breaks_two_loops(x, limit):
    s = 0.0
    for i in range(len(x)):
        for j in range(i, len(x)):
            if s > limit:
                break
            s += x[i] * x[j] * x[j]
        if s > 2.0 * limit:
            break
        s *= x[i]
    return s


def several_exits_of_a_while(x, limit):
    y = x * 1.0
    n = 0
    while n < 9:
        n += 1
        if y[0] < limit:
            y *= 1.25 + 0.5 * x[0]
            continue
        y[1] = y[0] * y[1]
        if y[1] < -1.0:
            return np.sum(y * y)
        if n > 6:
            break
        y[0] *= 0.75
    return y[0] * y[1] + n


def returns_in_branches(x, limit):
    if x[0] > limit:
        if x[1] > limit:
            return x[0] * x[1]
        y = x[2]
    elif x[3] > limit:
        return x[3] ** 3
    else:
        y = x[0] * 2.0
    return y * x[1]


EXITS = [breaks, continues, returns_in_loop, breaks_two_loops, several_exits_of_a_while, returns_in_branches]


@pytest.mark.parametrize("f", EXITS)
@pytest.mark.parametrize("limit", [-3.0, 0.1, 0.6, 1.0, 50.0])
def test_exits(f, limit):
    right(f, X, limit)
    right(f, Y, limit)


def found_in_helper(a, limit):
    for i in range(len(a)):
        a[i] *= 2.0
        if a[i] > limit:
            return i
    return 0


def exits_of_a_helper(x, limit):
    y = x * x
    i = found_in_helper(y, limit)
    return np.sum(y) * y[i]


@pytest.mark.parametrize("limit", [0.1, 1.0, 50.0])
def test_exits_of_a_helper(limit):
    right(exits_of_a_helper, X, limit)


def loop_else(x):
    for i in range(3):
        if x[i] > 5.0:
            break
    else:
        x[0] *= 2.0
    return np.sum(x)


def test_for_else():
    right(loop_else, X)


def no_trips(x, n):
    y = x * 3.0
    for i in range(n):
        y = y * x
    while n > 0:
        y *= 2.0
        n -= 1
    return np.sum(y)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_loops_without_a_trip(n):
    right(no_trips, X, n)


def every_other(x):
    y = x * 1.0
    for i in range(3, -1, -2):
        y[i] *= y[0]
    for i in range(0, 7, 3):
        y[i % 4] += y[(i + 1) % 4] ** 2
    return np.sum(y)


def test_steps():
    right(every_other, X)


# --- exceptions -------------------------------------------------------------------------------------------------------
def raises_after_a_write(x, limit):
    for i in range(len(x)):
        x[i] *= 2.0
        if x[i] > limit:
            raise ValueError(f"too large at {i}")
    return np.sum(x)


def test_an_exception_leaves_what_the_original_leaves():
    original = X.copy()
    with pytest.raises(ValueError, match="too large at 2"):
        raises_after_a_write(original, 2.0)
    for derivative in (
        s2sad.grad(raises_after_a_write),
        s2sad.value_and_grad(raises_after_a_write),
        lambda *args: s2sad.vjp(raises_after_a_write, *args),
        lambda x, limit: s2sad.jvp(raises_after_a_write, (x, limit), (np.ones(4), 0.0)),
    ):
        x = X.copy()
        with pytest.raises(ValueError, match="too large at 2"):
            derivative(x, 2.0)
        np.testing.assert_array_equal(x, original)
    right(raises_after_a_write, X, 50.0, truth=(np.full(4, 2.0), 0.0))


def index_error(x, i):
    y = x * 2.0
    y[i] *= y[0]
    return np.sum(y)


def test_errors_of_the_program_stay_what_they_are():
    for i in (4, -5):
        with pytest.raises(IndexError):
            s2sad.grad(index_error)(X, i)
    with pytest.raises(ValueError, match="could not be broadcast"):
        s2sad.value_and_grad(lambda x, y: np.sum(x + y))(X, Y[:3])
    right(index_error, X, -1)


# --- generators -------------------------------------------------------------------------------------------------------
def generator_in_sum(x):
    return sum(v * v for v in x) + sum([np.sin(v) for v in x if v > 0.0])


def test_a_generator_expression():
    right(generator_in_sum, X)


# --- derivatives that do not exist ------------------------------------------------------------------------------------
EVERYWHERE = [
    (lambda x: x**0.5, 0.0, np.inf),
    (lambda x: x**0, 0.0, 0.0),
    (lambda x: x**0, 2.0, 0.0),
    (lambda x: x**1, 0.0, 1.0),
    (lambda x: x**2, 0.0, 0.0),
    (lambda x: x**0.0, 0.0, 0.0),
    (lambda x: x**1.0, 0.0, 1.0),
    (lambda x: x**3, -2.0, 12.0),
    (lambda x: abs(x), 0.0, 0.0),
    (lambda x: np.sqrt(x), 0.0, np.inf),
    (lambda x: np.sign(x), 0.0, 0.0),
]


@pytest.mark.parametrize("case", range(len(EVERYWHERE)))
@pytest.mark.parametrize("kind", [np.float64, np.array])
def test_numbers_and_arrays_alike(case, kind):
    f, at, want = EVERYWHERE[case]
    with np.errstate(all="ignore"):
        assert float(s2sad.grad(f)(kind(at))) == want
        assert float(s2sad.vjp(f, kind(at))[1](kind(1.0))[0]) == want
        assert float(s2sad.jvp(f, (kind(at),), (kind(1.0),))[1]) == want


def power_of_powers(x, n):
    return x**n


@pytest.mark.parametrize("n", [0, 1, 2, 3, 0.0, 1.0, 2.5])
@pytest.mark.parametrize("x", [0.0, 2.0])
def test_the_power_rule_knows_exponent_zero(x, n):
    want = n * x ** (n - 1) if n >= 1 else 0.0
    with np.errstate(all="ignore"):
        assert s2sad.grad(power_of_powers)(x, n) == want
        assert float(s2sad.grad(power_of_powers)(np.array(x), n)) == want
        assert s2sad.jvp(power_of_powers, (x, n), (1.0, 0.0 if isinstance(n, float) else None))[1] == want


# --- declared zero ----------------------------------------------------------------------------------------------------
def floors(x):
    return np.sum(np.floor(x) * x) + np.sum(np.ceil(x)) + np.sum(np.rint(x) * np.sign(x))


def chooses(x):
    i = np.argmax(x)
    j = int(x[2])
    return x[i] * x[j] + (x[0] > 0.0) * x[1] + x[np.argmin(x)] * np.argsort(x)[0]


def counts(x):
    n = np.zeros(2, dtype=int)
    n[0] = int(x[2])
    n[1] += int(np.floor(x[0]))
    return np.sum(x * x) * n[0] + n[1]


def test_operations_that_are_declared_constant():
    right(floors, X, truth=(np.floor(X),))
    right(chooses, X, truth=([0.0, 2.0, 4.0, 0.0],))
    right(counts, X, truth=(4.0 * X,))


def truncates_an_element(x):
    n = np.zeros(3, dtype=int)
    n[0] = x[0]
    return np.sum(n) * x[1]


def truncates_a_slice(x):
    n = np.arange(4)
    n[1:] = x[1:]
    return np.sum(n * x)


def truncates_all(x):
    n = np.zeros_like(np.arange(4))
    n[...] = x * 2.0
    return np.sum(n * x)


@pytest.mark.parametrize("f", [truncates_an_element, truncates_a_slice, truncates_all])
def test_implicit_truncation_is_refused(f):
    refused(f, X, names="a float is written into an array of dtype int64: it would be truncated")


# --- dtypes -----------------------------------------------------------------------------------------------------------
def many_operations(x, y):
    z = np.tanh(2.0 * x + 1) * y / 3
    z[1:] += 0.5 * z[:-1] ** 2
    s = 0.5 * np.mean(z) + np.var(z)
    for i in range(3):
        s = s * z[i] + 1.5
    return s + np.sum(np.where(x > 0, z, 0.1 * z)) + np.sum(np.clip(z, -0.5, 0.5))


def test_float32_stays_float32():
    x, y = X.astype(np.float32), Y.astype(np.float32)
    value, found = s2sad.value_and_grad(many_operations, argnums=(0, 1))(x, y)
    assert value.dtype == np.float32
    assert [leaf.dtype for leaf in found] == [np.float32, np.float32]
    have, pullback = s2sad.vjp(many_operations, x, y)
    assert [leaf.dtype for leaf in pullback(np.float32(1.0))] == [np.float32, np.float32]
    _, dot = s2sad.jvp(many_operations, (x, y), (x, y))
    assert dot.dtype == np.float32 and have.dtype == np.float32
    wide = s2sad.grad(many_operations, argnums=(0, 1))(X, Y)
    for leaf, want in zip(found, wide, strict=True):
        np.testing.assert_allclose(leaf, want, rtol=2e-5, atol=2e-5)
    right(many_operations, X, Y)


def mixed(x, y):
    z = x * y
    x[0] = y[1] * 2.0
    return np.sum(z) + np.sum(x * x)


def test_each_cotangent_has_the_dtype_of_its_primal():
    x, y = X.astype(np.float32), Y.copy()
    for found in (
        s2sad.grad(mixed, argnums=(0, 1))(x.copy(), y.copy()),
        s2sad.vjp(mixed, x.copy(), y.copy())[1](1.0),
    ):
        assert [leaf.dtype for leaf in found] == [np.float32, np.float64]
    right(mixed, x, y, rtol=1e-6)


def with_integers(x, n):
    m = n * 2
    m[0] += 1
    return np.sum(x * m) + n[1] * x[0] ** n[2]


def test_integers_are_constants():
    right(with_integers, X, np.array([1, 2, 3, 4]), truth=([15.0 * 1 - 12.0 + 2 * 3 * 0.25 + 0.0, 4.0, 6.0, 8.0],))


# --- ties -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("f", "at", "want"),
    [
        (lambda x: np.max(x), [1.0, 3.0, 3.0], [0.0, 0.5, 0.5]),
        (lambda x: np.min(x), [1.0, 1.0, 3.0], [0.5, 0.5, 0.0]),
        (lambda x: np.max(x), [2.0, 2.0, 2.0], [1 / 3, 1 / 3, 1 / 3]),
        (lambda x: np.sum(np.maximum(x, 0.0)), [-1.0, 0.0, 3.0], [0.0, 0.5, 1.0]),
        (lambda x: np.sum(np.minimum(0.0, x)), [-1.0, 0.0, 3.0], [1.0, 0.5, 0.0]),
        (lambda x: np.sum(np.clip(x, 0.0, 3.0)), [-1.0, 0.0, 3.0], [0.0, 0.5, 0.5]),
        (lambda x: np.sum(np.abs(x)), [-1.0, 0.0, 3.0], [-1.0, 0.0, 1.0]),
        (lambda x: np.sum(np.maximum(x, x)), [-1.0, 0.0, 3.0], [1.0, 1.0, 1.0]),
    ],
)
def test_ties_are_those_of_jax(f, at, want):
    x = np.array(at)
    np.testing.assert_allclose(s2sad.grad(f)(x), want)
    np.testing.assert_allclose(s2sad.vjp(f, x)[1](1.0)[0], want)
    tangent = np.array([0.3, -0.7, 1.1])
    np.testing.assert_allclose(s2sad.jvp(f, (x,), (tangent,))[1], np.dot(want, tangent))
