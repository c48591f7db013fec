"""Section 2: points-to, effects of called functions, ownership of cotangents and results."""

import logging
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import fresh, refused, right

X = np.array([0.5, -1.25, 2.0, 0.75])
Y = np.array([1.5, 0.25, -0.5, 2.0])


class Box:
    def __init__(self, a, b):
        self.a = a
        self.b = b


# --- what a name may point to -----------------------------------------------------------------------------------------
def two_fields(x):
    y = x * 1.0
    d = {"a": y, "b": y}
    d["a"][0] = d["b"][1] * 3.0
    d["b"] *= x
    return np.sum(d["a"] * y)


def field_bound_anew(x):
    d = {"a": x * 2.0}
    kept = d["a"]
    d["a"] = d["a"] * x
    kept *= 3.0
    return np.sum(d["a"]) + np.sum(kept * x)


def attribute_alias(x):
    box = Box(x * 2.0, 1.0)
    other = Box(box.a, box.b)
    other.a[1:] *= x[:-1]
    box.b = np.sum(other.a)
    return np.sum(box.a * x) * box.b + other.b


def list_of_aliases(x):
    y = x * 2.0
    items = [y, x * 3.0, y]
    items[0][1] = x[0] * x[0]
    items[2] *= 2.0
    return np.sum(items[0] * items[1])


def nested_containers(x):
    state = {"layers": [(x * 2.0, x[0]), (x * x, x[1])]}
    first = state["layers"][0][0]
    first *= state["layers"][1][1]
    state["layers"][1][0][1:] += first[:-1]
    return np.sum(state["layers"][0][0] * state["layers"][1][0])


@pytest.mark.parametrize("f", [two_fields, field_bound_anew, attribute_alias, list_of_aliases, nested_containers])
def test_fields_and_items(f):
    right(f, X)


def view_chosen_by_branch(x, y):
    a = x * 2.0
    b = y * 3.0
    c = a if x[0] > y[0] else b
    c[1:] *= x[1:]
    return np.sum(a * a) + np.sum(b * y)


def test_a_name_that_may_be_one_array_or_the_other():
    right(view_chosen_by_branch, X, Y)
    right(view_chosen_by_branch, Y, X)


# --- this iteration's array and the one before ------------------------------------------------------------------------
def previous_state(x):
    previous = x * 1.0
    current = x * 2.0
    for i in range(3):
        following = current * previous
        previous *= 0.5 + x
        previous, current = current, following
        current[i] = previous[0] * x[i]
    return np.sum(current * previous)


def write_behind(x):
    a = x.copy()
    for i in range(1, len(a)):
        a[i] = a[i] * a[i - 1]
        a[i - 1] = np.sin(a[i]) * 2.0
    return np.sum(a * a)


def growing_window(x):
    a = x.copy()
    for i in range(1, len(a)):
        part = a[:i]
        a[i] += np.sum(part * part)
        part *= 0.5
    return np.sum(a * x)


@pytest.mark.parametrize("f", [previous_state, write_behind, growing_window])
def test_loop_carried_memory(f):
    right(f, X)


# --- what a called function does --------------------------------------------------------------------------------------
def same(a):
    return a


def tail(a):
    return a[1:]


def put(a, v):
    a[0] = v


def scaled(a, c):
    a *= c
    return a


def both(a, b):
    return {"first": a, "rest": [b, a]}


def returned_argument(x):
    y = x * 2.0
    z = same(y)
    z[0] *= x[1]
    return np.sum(y * x)


def returned_view(x):
    y = x * 2.0
    tail(tail(y))[0] *= x[1]
    return np.sum(y * y)


def written_by_helper(x):
    y = x * 2.0
    z = scaled(y, x[0])
    put(y, z[1] * z[1])
    return np.sum(z * x)


def helper_on_a_view(x):
    y = x * 2.0
    put(y[2:], y[0] * y[1])
    scaled(y[::2], x[3])
    return np.sum(y * y)


def escaped(x):
    y = x * 2.0
    d = both(y, x * 3.0)
    d["rest"][1][0] = x[1] * x[2]
    y[3] *= 5.0
    return np.sum(d["first"] * d["rest"][0])


def writes_twice(n, a):
    if n > 0:
        a[n] *= a[n - 1]
        writes_twice(n - 1, a)
        a[0] += a[n] * a[n]


def recursive_writes(x):
    a = x.copy()
    writes_twice(3, a)
    return np.sum(a * x)


@pytest.mark.parametrize(
    "f", [returned_argument, returned_view, written_by_helper, helper_on_a_view, escaped, recursive_writes]
)
def test_called_functions(f):
    right(f, X)


# --- functions of C ---------------------------------------------------------------------------------------------------
def unknown_function(x):
    y = x * 2.0
    return np.sum(np.histogram_bin_edges(y).real)


def unknown_writer(x):
    y = x * 2.0
    np.random.shuffle(y)
    return np.sum(y * x)


def prints(x):
    y = x * 2.0
    print("norm", len(y), float(np.sum(y)))
    y *= x
    return np.sum(y)


def test_a_function_without_a_rule_is_refused():
    refused(unknown_function, X, names=r"numpy\.histogram_bin_edges has no derivative rule")
    refused(unknown_writer, X, names="shuffle")


def test_printing_is_harmless_and_happens_once(capsys):
    right(prints, X, truth=(4.0 * X,))
    capsys.readouterr()
    s2sad.value_and_grad(prints)(X)
    assert capsys.readouterr().out == f"norm 4 {float(np.sum(2.0 * X))}\n"


# --- ownership --------------------------------------------------------------------------------------------------------
def doubled(x):
    y = x * 2.0
    y[0] *= 3.0
    y[1:] += y[:-1]
    return y


def several(x, y):
    z = x * y
    return z, x + y, {"again": z}


def test_the_incoming_cotangent_is_only_read():
    _, pullback = s2sad.vjp(doubled, X)
    bar = np.array([1.0, 2.0, 3.0, 4.0])
    bar.flags.writeable = False
    first = pullback(bar)[0]
    assert bar.tolist() == [1.0, 2.0, 3.0, 4.0]
    np.testing.assert_array_equal(pullback(bar)[0], first)
    first[...] = 0.0
    np.testing.assert_allclose(pullback(bar)[0], [3.0 * 2.0 * 3.0, 10.0, 14.0, 8.0])


def test_one_cotangent_array_for_several_results():
    (z, s, d), pullback = s2sad.vjp(several, X, Y)
    bar = np.array([1.0, 2.0, 3.0, 4.0])
    assert d["again"] is z or np.array_equal(d["again"], z)
    found = pullback((bar, bar, {"again": bar}))
    np.testing.assert_allclose(found[0], bar * (2.0 * Y + 1.0))
    np.testing.assert_allclose(found[1], bar * (2.0 * X + 1.0))
    fresh(list(found), [X, Y, bar, z, s])
    assert bar.tolist() == [1.0, 2.0, 3.0, 4.0]


def product(x, y):
    return np.sum(x * y)


def total(x, y):
    return np.sum(x + y)


def difference(x, y):
    return np.sum(x - y)


def one_part(x, y):
    return np.sum(x[1:3]) + np.sum(y.reshape(2, 2) @ np.ones(2))


def unused(x, y):
    return np.sum(x)


@pytest.mark.parametrize(
    ("f", "truth"),
    [
        (product, (Y, X)),
        (total, (np.ones(4), np.ones(4))),
        (difference, (np.ones(4), -np.ones(4))),
        (one_part, (np.array([0.0, 1.0, 1.0, 0.0]), np.ones(4))),
        (unused, (np.ones(4), np.zeros(4))),
    ],
)
def test_gradients_are_fresh(f, truth):
    right(f, X, Y, truth=truth)
    x, y = X.copy(), Y.copy()
    found = s2sad.grad(f, argnums=(0, 1))(x, y)
    fresh(list(found), [x, y])
    for leaf in found:
        leaf += 1.0
    assert x.tolist() == X.tolist() and y.tolist() == Y.tolist()


def test_the_same_array_twice_gives_two_gradients():
    x = X.copy()
    found = s2sad.grad(product, argnums=(0, 1))(x, x)
    np.testing.assert_array_equal(found[0], X)
    np.testing.assert_array_equal(found[1], X)
    fresh(list(found), [x])


def of_an_object(box):
    return np.sum(box.a * box.b)


def test_leaves_of_an_object_are_fresh():
    box = SimpleNamespace(a=X.copy(), b=Y.copy())
    found = s2sad.grad(of_an_object)(Box(box.a, box.b))
    np.testing.assert_array_equal(found.a, Y)
    fresh([found.a, found.b], [box.a, box.b])


# --- the parts of a result are written after the call ----------------------------------------------------------------
def exponentials(x):
    for _ in range(2):
        x = x * 0.5
    y = np.exp(x)
    return y, np.sum(x)


def written_after_the_call(x):
    y, s = exponentials(x)
    y[0] = 3.0
    y *= 2.0
    return np.sum(y * y) * s


def test_a_part_of_a_result_is_written_after_the_call():
    right(written_after_the_call, np.array([0.3, -0.7, 1.1]))


# --- what only tells somebody is called, once -------------------------------------------------------------------------
LOG = logging.getLogger("conformance")


def logged(x, n):
    for i in range(n):
        LOG.info("norm %.3f", np.sum(x * x))
        x = np.sin(x)
        if x[0] > 0.0:
            warnings.warn("positive", stacklevel=2)
    return np.sum(x)


def test_logging_and_warnings_happen_once(caplog):
    x = np.array([0.3, -0.7])
    for derivative in (
        lambda: s2sad.grad(logged)(x, 2),
        lambda: s2sad.vjp(logged, x, 2)[1](1.0),
        lambda: s2sad.jvp(logged, (x, 2), (x, None)),
    ):
        caplog.clear()
        with caplog.at_level(logging.INFO, "conformance"), pytest.warns(UserWarning, match="positive") as warned:
            derivative()
        assert [record.getMessage() for record in caplog.records] == ["norm 0.580", "norm 0.502"]
        assert len(warned) == 2
    step, direction = 1e-6, np.array([0.4, 1.1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        slope = (logged(x + step * direction, 2) - logged(x - step * direction, 2)) / (2.0 * step)
        np.testing.assert_allclose(s2sad.grad(logged)(x, 2) @ direction, slope, rtol=1e-7)


# --- helpers that write arrays inside of what they are given ----------------------------------------------------------
def relax(state, n):
    u, v = state
    for _ in range(n):
        u[1:-1] += 0.1 * v[1:-1] * u[2:]
        v *= np.cos(u)


def arrays_of_a_tuple(x):
    state = (x * 1.0, np.sin(x))
    relax(state, 2)
    return np.sum(state[0] * state[1])


def step(fields, n):
    for _ in range(n):
        fields["u"][1:] += fields["v"][:-1]


def arrays_of_a_dict(x):
    fields = {"u": x * 1.0, "v": np.sin(x)}
    step(fields, 2)
    step(fields, 1)
    return np.sum(fields["u"] ** 2)


def descend(params, slope, rate):
    for p in params:
        p -= rate * slope * p


def arrays_of_a_list(x, rate):
    params = [x * 1.0, x * 2.0]
    for _ in range(2):
        descend(params, np.sum(params[0]), rate)
    return np.sum(params[0] * params[1])


@pytest.mark.parametrize(
    ("function", "args"),
    [(arrays_of_a_tuple, (X,)), (arrays_of_a_dict, (X,)), (arrays_of_a_list, (X, 0.1))],
    ids=lambda part: getattr(part, "__name__", None),
)
def test_arrays_inside_of_containers_are_written(function, args):
    right(function, *args)


def scaled_by_the_other(u, v):
    for row in u:
        row *= np.cos(v[0])
    return np.sin(u) + v


def given_one_array_twice(x):
    m = np.tanh(x)
    m = scaled_by_the_other(m, m)
    return np.sum(m)


def given_two_parts(x):
    m = np.tanh(np.outer(x, x))
    part = scaled_by_the_other(m[1:], m[:3])
    return np.sum(m) + np.sum(part * part)


def test_a_function_that_writes_one_of_two_names_of_an_array():
    """It is differentiated as if its arguments were apart: a call where they are not is written out."""
    for f in (given_one_array_twice, given_two_parts):
        s2sad.check_grads(f, (X,))
