"""`try`, `except`, `else`, `finally`, `raise`: the arm that was taken is the one that is differentiated."""

import math

import numpy as np
import pytest

import s2sad
from tests.conformance.checks import refused, twice_right

X = np.random.default_rng(0).uniform(0.3, 0.9, size=(3, 4))


class Negative(Exception):
    pass


def with_jitter(x, k):
    a = x @ x.T - 0.05 * np.eye(3)
    try:
        factor = np.linalg.cholesky(a)
    except np.linalg.LinAlgError:
        factor = np.linalg.cholesky(a + k * np.eye(3))
    return np.sum(factor) * k


def handled(x, k):
    try:
        y = math.sqrt(k - 1.0)
    except ValueError:
        y = k * k
    return y * np.sum(x)


def skipped(x, k):
    t = 0.0
    for i in range(3):
        try:
            t = t + math.log(k - i * 0.3) * x[0, i]
        except ValueError:
            continue
    return t


def told(x, k):
    total = 0.0
    for i in range(4):
        try:
            r = math.sqrt(k - i * 0.3)
            s = r * x[0, i]
        except ValueError as e:
            s = k * len(str(e))
        total += s * s
    return total


def root(a):
    if a < 0:
        raise Negative(f"{a} is negative")
    return math.sqrt(a)


def by_kind(x, k):
    out = 0.0
    for row in x:
        try:
            out += root(k - row[0]) * row[1]
        except Negative:
            out += k * row[2]
        except (ValueError, ZeroDivisionError):
            out += 3.0
        else:
            out += row[3]
    return out


def definite(a):
    try:
        np.linalg.cholesky(a)
    except np.linalg.LinAlgError:
        return False
    return True


def asked(x, k):
    s = np.sum(x) * k
    if definite(x @ x.T - np.eye(3)):
        s = s + np.sum(x * x)
    if definite(x @ x.T + np.eye(3)):
        s = s + k * np.sum(x * x)
    return s


def returned(x, k):
    try:
        return math.sqrt(k - 1) * x[0, 0]
    except ValueError:
        return np.sum(x * k)


def returned_from_the_body_only(x, k):
    try:
        return math.sqrt(k - 1) * x[0, 0]
    except ValueError:
        y = x * k
    return np.sum(y * y)


def raised_anew(x, k):
    try:
        z = np.sum(x) * k
        w = z * z
    except ZeroDivisionError as error:
        raise RuntimeError("no") from error
    finally:
        print("end")
    return w


def half_done_and_not_asked_for(x, k):
    y = k
    try:
        y = y * 2
        z = math.sqrt(-y)
    except ValueError:
        z = x[0, 0] * 3
        y = z * k
    return z * y


def safe(f, default):
    try:
        return f()
    except ZeroDivisionError:
        return default


def a_function_tried(x, k):
    return safe(lambda: k / (k - k), x[0, 0]) * k + safe(lambda: x[1, 1] / k, 3.0)


def until_it_fails(x, k):
    s, it = 0.0, 0
    while True:
        try:
            s += math.log(k + 1 - it) * x[0, it]
            it += 1
        except ValueError:
            break
    return s


def a_key(x, k):
    d = {"a": k}
    try:
        v = d["b"]
    except KeyError:
        v = d["a"] * 2
    return v * np.sum(x)


def nested(x, k):
    try:
        try:
            y = math.log(-k)
        except ZeroDivisionError:
            y = 1.0 * k
        z = y * 2
    except ValueError:
        z = k * k * np.sum(x)
    return z


def passed_on(x, k):
    y = k * k
    try:  # noqa: SIM105
        y = y * math.log(k - 2.0)
    except ValueError:
        pass
    return y * np.sum(x)


def with_everything(x, k):
    done = 0.0
    for i in range(4):
        try:
            part = math.sqrt(k - 0.25 * i)
        except ValueError:
            part = x[1, i] ** 2
        else:
            done = done + part * x[0, i]
        finally:
            done = done + k * i
        done = done + part
    return done


def overwritten_names(x, k):
    """What the handler reads must not be overwritten by what the body computes."""
    a = np.sum(x) * k
    b = a * a
    try:
        c = math.sqrt(b - 1e6)
        d = c * 2
    except ValueError:
        d = a + b
    return d


def integers(x, k):
    n = 0
    for text in ("1", "x", "2"):
        try:
            n += int(text)
        except ValueError:
            n += 10
    return np.sum(x) * k * n


def raised_again(x, k):
    try:
        try:
            y = math.sqrt(k - 1.0)
        except ValueError:
            raise
    except TypeError:
        y = 5 * k
    except ValueError:
        y = k * k
    return y * np.sum(x)


def asked_later(x, k):
    s = 0.0
    for i in range(3):
        try:
            y = math.sqrt(k - 0.5 * i)
            w = y * 2
            ok = True
        except ValueError:
            ok = False
        if ok:
            s = s + (w * y if i < 1 else w) * x[0, i]
    return s


class Part:
    def __init__(self, value):
        self.value = value

    def checked(self):
        if self.value < 0:
            raise Negative
        return self

    def __enter__(self):
        return self.checked()

    def __exit__(self, *exc):
        self.value = self.value * 3


def handed_back(x, k):
    part = Part(k)
    same = part.checked()
    same.value = k * 7
    return part.value * np.sum(x)


def entered_and_handed_back(x, k):
    with Part(k) as part:
        y = part.value * k
    return (y + part.value) * np.sum(x)


def too_many(x, k):
    items = [1.0, k] if k > 1 else [1.0, k, k]
    try:
        a, b = items
    except ValueError:
        a = b = k * k
    return a * b * np.sum(x)


def told_later(x, k):
    error = None
    try:
        y = math.sqrt(k - 1)
    except ValueError as e:
        error = e
        y = k
    return (y * k if error is None else y * k * k) * np.sum(x)


def again(n, k):
    if n == 0:
        return math.sqrt(k)
    try:
        return again(n - 1, k - 0.3) * k
    except ValueError:
        return k * k


def recursive(x, k):
    return again(3, k) * np.sum(x)


def a_list_tried(x, k):
    try:
        roots = [math.sqrt(k - i) for i in range(3)]
    except ValueError:
        roots = [k * k]
    return sum(roots) * np.sum(x)


def put_back_in_a_loop(x, k):
    box, total = Part(k), 0.0
    for v in x[0]:
        old = box.value
        box.value = v
        try:
            total += math.sqrt(v) * v
        finally:
            box.value = old
    return total * box.value


def the_derivative_would_raise(x, k):
    with np.errstate(all="raise"):
        try:
            y = np.sqrt(x - x[0, 0])
        except FloatingPointError:
            y = x * 7 * k
        z = 1.0 / (y + k)
    return np.sum(z)


def written_at_the_end(x, k):
    out, items = np.zeros(4), []
    for i in range(4):
        try:
            out[i] = math.sqrt(k - 0.3 * i)
        except ValueError:
            out[i] = k * i
        try:
            items.append(math.sqrt(k - 0.2 * i))
        except ValueError:
            items.append(k)
    return np.sum(out * out * x[0]) + sum(items) * out[1]


RIGHT = [
    raised_again, asked_later, handed_back, entered_and_handed_back, too_many, told_later, recursive, a_list_tried,
    put_back_in_a_loop, the_derivative_would_raise, written_at_the_end, with_jitter, handled, skipped, told, by_kind,
    asked, returned, returned_from_the_body_only, raised_anew, half_done_and_not_asked_for, a_function_tried,
    until_it_fails, a_key, nested, passed_on, with_everything, overwritten_names, integers,
]  # fmt: skip


def checked(function, *args):
    """Compare with finite differences: the dual numbers raise nothing where a logarithm is asked of a negative one."""
    s2sad.check_grads(function, args)
    value, found = s2sad.value_and_grad(function, argnums=tuple(range(len(args))))(*args)
    assert value == function(*args)
    again, pullback = s2sad.vjp(function, *args)
    assert again == value
    for have, want in zip(pullback(1.0), found, strict=True):
        np.testing.assert_allclose(have, want, rtol=1e-12)


@pytest.mark.parametrize("function", RIGHT, ids=lambda f: f.__name__)
def test_attempts(function):
    checked(function, X, 0.7)
    twice_right(function, X, 0.7)


@pytest.mark.parametrize("k", [0.35, 0.7, 1.45, 2.55])
@pytest.mark.parametrize(
    "function", [handled, skipped, told, by_kind, returned, passed_on, with_everything, until_it_fails]
)
def test_on_either_path(function, k):
    checked(function, X, k)


def test_an_exception_of_the_users_own_is_raised_by_the_derivative():
    with pytest.raises(Negative, match="is negative"):
        s2sad.grad(root)(-1.0)


def test_the_cause_of_an_exception():
    def caused(x):
        try:
            y = math.log(x)
        except ValueError as error:
            raise Negative("of log") from error
        return y

    checked(caused, 0.5)
    with pytest.raises(Negative) as caught:
        s2sad.grad(caused)(-1.0)
    assert isinstance(caught.value.__cause__, ValueError)


def half_done(x):
    y = x
    try:
        y = y * 2
        z = math.sqrt(-y)
    except ValueError:
        z = y * 3
    return z


def half_done_before_a_raise(x):
    t = 0.0
    try:
        if x > 0.1:
            t = x
            raise ValueError
        z = math.sqrt(x)
    except ValueError:
        z = t * x
    return z


def half_bound_by_a_walrus(x):
    y = x
    try:
        z = math.sqrt(y := -3 * x)
    except ValueError:
        z = 1.0
    return z * y


def half_unpacked(x):
    y = x
    items = [1.0, x] if x > 1 else [1.0]
    try:
        y, (a, b) = x * 5, items
    except ValueError:
        a = b = x
    return y * a * b


def half_written(x):
    y = np.zeros(2)
    try:
        y[0] = x
        z = math.sqrt(-x)
    except ValueError:
        z = x
    return np.sum(y) * z


def late(u, n):
    v = np.zeros(3)
    for _ in range(n):
        v[0] = v[0] * 0.5 + 0.25  # from the second iteration on it is what the caller gave
        v = u
    return np.sum(v)


def positive(v):
    if v > 0.0:
        raise ValueError("no")
    return v


def half_written_by_a_loop_of_a_helper(x):
    a = np.ones(3) * x
    try:
        t = positive(late(a, 3))
    except ValueError:
        t = 2.0
    return t * np.sum(a)


def half_written_by_a_helper(x):
    y = np.zeros(2)
    try:
        z = fill(y, x)
    except ValueError:
        z = x
    return np.sum(y) * z


def fill(y, x):
    for i in range(len(y)):
        y[i] = x
    return math.sqrt(-x)


def half_set(x):
    h = Box(x)
    try:
        h.value = 2 * x
        z = math.sqrt(-x)
    except ValueError:
        z = h.value
    return z


class Box:
    def __init__(self, value):
        self.value = value


def half_gone_through(x):
    s = 0.0
    for i in range(3):
        try:
            for j in range(3):
                s = s + math.sqrt(x - i * j)
        except ValueError:
            s = s * x
    return s


@pytest.mark.parametrize(
    ("function", "part"),
    [
        (half_done, "may have stopped before or after it was assigned"),
        (half_done_before_a_raise, "may have stopped before or after it was assigned"),
        (half_bound_by_a_walrus, "may have stopped before or after it was assigned"),
        (half_unpacked, "may have stopped before or after it was assigned"),
        (half_written, "writes what was there before it"),
        (half_written_by_a_loop_of_a_helper, "writes what was there before it"),
        (half_written_by_a_helper, "writes what was there before it"),
        (half_set, "may have stopped before or after it was assigned"),
        (half_gone_through, "may have stopped before or after it was assigned"),
    ],
    ids=lambda p: p.__name__ if callable(p) else "",
)
def test_a_body_that_leaves_something_half_done_is_refused(function, part):
    refused(function, 0.5, names=part)


def test_what_is_wrong_in_a_function_called_in_a_loop_is_not_forgotten():
    def loops(x):
        total = x
        for _ in range(3):
            total = total + wrong(total)
        return total

    refused(loops, 0.5, names="histogram_bin_edges")


def wrong(x):
    y = x * 2.0
    z = y * y
    w = np.histogram_bin_edges(np.array([x, y, z]))
    v = w[0] * 2.0
    u = v * z
    t = u + y
    s = t + v
    return s


def above(v, least):
    if v < least:
        raise ValueError("too small")
    return v * v


def else_of_a_nested_try(x, k):
    try:
        try:
            t = above(2.0 * k, 0.1)
        except ValueError:
            t = 1.0
        else:
            t = t * above(x[0, 0], 5.0)  # what it raises is for the handler below
    except ValueError:
        t = 3.0 * k
    return t * x[0, 1]


def try_behind_else(x, k):
    total = 0.0
    for v in x[1]:
        try:
            t = above(v, 0.5)
        except ValueError:
            t = k * v
        else:
            try:
                t = above(t * k, 0.3)
            except ValueError:
                t = math.sin(t)
        total = total * 0.5 + t
    return total


@pytest.mark.parametrize("k", [0.1, 0.7, 1.45])
def test_what_stands_behind_else_raises_for_the_next_try(k):
    checked(try_behind_else, X, k)
    twice_right(try_behind_else, X, k)
    checked(else_of_a_nested_try, X, k)
    with pytest.raises(s2sad.UnsupportedError, match="not bound on every path"):  # the derivative of the derivative
        twice_right(else_of_a_nested_try, X, k)
