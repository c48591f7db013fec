"""Bad input: a clear error, compared with a golden message, or the right answer.

A golden message is written by running this file with S2SAD_GOLDEN=write; read the difference before it is kept.
"""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import check_grads, grad, jvp, value_and_grad, vjp

GOLDEN = Path(__file__).parent / "golden_errors"
X = np.array([0.5, -1.0, 2.0])


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "s2sad-cache"))


def normal(text: str) -> str:
    """Return a message without what differs between machines and edits of this file."""
    text = text.replace(str(Path(__file__).parent), "tests")
    text = re.sub(r"(tests/test_bad_input\.py):\d+", r"\1:LINE", text)
    text = re.sub(r"/[^\s(]*/(locked|edited_[a-z]+\.py)", r"PATH/\1", text)
    return re.sub(r"0x[0-9a-f]+", "0xADDRESS", text)


def golden(case: str, error: type[Exception], action: Any) -> str:
    """Check that an action fails with exactly the golden message."""
    with pytest.raises(error) as caught:
        action()
    assert isinstance(caught.value, s2sad.S2sadError)
    text = normal(f"{type(caught.value).__name__}: {caught.value}\n")
    path = GOLDEN / f"{case}.txt"
    if os.environ.get("S2SAD_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    return text


def square(x):
    return np.sum(x * x)


def product(a, b):
    return np.sum(a * b)


def twice(x):
    return x * 2.0


def pair(x):
    return x * 2.0, {"s": np.sum(x)}


def writes(a, b):
    a[0] = b[0] * 2.0
    return np.sum(a * b)


def writes_inside(p):
    p[0][0] = 1.0
    return np.sum(p[0] * p[1])


# --- what is differentiated -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("case", "value"),
    [
        ("argument_int_array", np.array([1, 2])),
        ("argument_int", 3),
        ("argument_bool", True),
        ("argument_bool_array", np.array([True])),
        ("argument_string", "text"),
        ("argument_none", None),
        ("argument_object_array", np.array([1.0, None])),
        ("argument_masked_array", np.ma.array([1.0, 2.0])),
        ("argument_list_of_ints", [1, 2]),
    ],
)
def test_an_argument_that_has_no_derivative(case, value):
    golden(case, TypeError, lambda: grad(square)(value))


def test_the_result_must_be_scalar():
    assert "scalar" in golden("result_array", TypeError, lambda: grad(twice)(X))
    assert "scalar" in golden("result_tuple", TypeError, lambda: grad(pair)(X))
    assert "scalar" in golden("result_none", TypeError, lambda: grad(no_result)(X))
    golden("result_without_aux", TypeError, lambda: grad(square, has_aux=True)(X))
    assert grad(twice)(np.array([[3.0]])).tolist() == [[2.0]]
    assert grad(twice)(np.array(3.0)) == 2.0
    assert grad(twice)(np.array([3.0])).tolist() == [2.0]


def no_result(x):
    x * 2.0


def test_cotangents():
    _, pullback = vjp(twice, X)
    golden("cotangent_shape", ValueError, lambda: pullback(np.ones(2)))
    golden("cotangent_broadcast", ValueError, lambda: pullback(np.ones((1, 3))))
    golden("cotangent_number", ValueError, lambda: pullback(1.0))
    golden("cotangent_none", ValueError, lambda: pullback(None))
    golden("cotangent_complex", ValueError, lambda: pullback(1j * np.ones(3)))
    golden("cotangent_ragged", ValueError, lambda: pullback([[1.0], [1.0, 2.0], 3.0]))
    assert pullback([1, 2, 3])[0].tolist() == [2.0, 4.0, 6.0]
    _, pullback = vjp(pair, X)
    golden("cotangent_structure", ValueError, lambda: pullback(np.ones(3)))
    golden("cotangent_length", ValueError, lambda: pullback((np.ones(3),)))
    golden("cotangent_keys", ValueError, lambda: pullback((np.ones(3), {"t": 1.0})))
    golden("cotangent_leaf", ValueError, lambda: pullback((np.ones(3), {"s": np.ones(2)})))
    assert pullback((np.ones(3), {"s": 1.0}))[0].tolist() == [3.0, 3.0, 3.0]


def test_tangents():
    golden("tangent_shape", ValueError, lambda: jvp(square, (X,), (np.ones(4),)))
    golden("tangent_count", TypeError, lambda: jvp(square, (X,), (X, X)))
    golden("tangent_not_a_tuple", TypeError, lambda: jvp(square, X, X))
    golden("tangent_none", ValueError, lambda: jvp(square, (X,), (None,)))


def test_tangents_of_what_cannot_move():
    def power(x, n):
        return x**n

    golden("tangent_of_int", ValueError, lambda: jvp(power, (2.0, 3), (1.0, 1.0)))
    golden("tangent_of_only_int", ValueError, lambda: jvp(twice, (2,), (1.0,)))
    golden("tangent_of_bool", ValueError, lambda: jvp(product, (2.0, True), (1.0, True)))
    golden("tangent_of_int_array", ValueError, lambda: jvp(product, (X, np.arange(3)), (X, np.ones(3))))
    golden("tangent_of_int_inside", ValueError, lambda: jvp(pair_of, ({"x": 2.0, "n": 3},), ({"x": 1.0, "n": 1},)))
    for zero in (None, 0, 0.0):
        assert jvp(power, (2.0, 3), (1.0, zero)) == (8.0, 12.0)
    assert jvp(product, (X, np.arange(3)), (X, np.zeros(3)))[1] == np.sum(X * np.arange(3))
    assert jvp(pair_of, ({"x": 2.0, "n": 3},), ({"x": 1.0, "n": None},))[1] == 3.0


def pair_of(d):
    return d["x"] * d["n"]


def test_argnums():
    golden("argnums_too_large", TypeError, lambda: grad(product, argnums=2))
    golden("argnums_too_small", TypeError, lambda: grad(product, argnums=-3))
    golden("argnums_name", TypeError, lambda: grad(product, argnums="c"))
    golden("argnums_float", TypeError, lambda: grad(product, argnums=1.5))
    golden("argnums_bool", TypeError, lambda: grad(product, argnums=True))
    golden("argnums_empty", TypeError, lambda: grad(product, argnums=()))
    golden("argnums_twice", TypeError, lambda: grad(product, argnums=(0, "a")))


def test_calls():
    df = grad(product)
    golden("call_too_many", TypeError, lambda: df(X, X, X))
    golden("call_missing", TypeError, lambda: df(X))
    golden("call_unknown_name", TypeError, lambda: df(X, c=X))
    golden("call_given_twice", TypeError, lambda: df(X, a=X))
    golden("call_not_a_function", TypeError, lambda: grad(3))
    golden("call_vjp_not_a_function", TypeError, lambda: vjp(3, X))
    golden("call_backend", TypeError, lambda: grad(product, backend="torch"))
    golden("call_source", TypeError, lambda: s2sad.source(3))


# --- source -----------------------------------------------------------------------------------------------------------
def test_no_source():
    names: dict[str, Any] = {}
    exec("def f(x):\n    return x * x", names)
    golden("source_exec", s2sad.SourceError, lambda: grad(names["f"])(2.0))
    golden("source_c_function", TypeError, lambda: grad(np.packbits))
    golden("source_builtin", TypeError, lambda: grad(sorted))


SESSION = """
import s2sad
def f(x): return x * x

try: print("answer", s2sad.grad(f)(2.0))
except s2sad.SourceError as error: print(f"SourceError: {error}")

"""


@pytest.mark.parametrize(("case", "args"), [("repl", ["-i", "-q"]), ("stdin", ["-"]), ("dash_c", ["-c", SESSION])])
def test_no_source_outside_of_files(case, args):
    """What is typed in has no source where Python does not keep it (3.13 does, for its prompt)."""
    done = subprocess.run(
        [sys.executable, *args],
        input="" if case == "dash_c" else SESSION,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(s2sad.__file__).parent.parent)},
    )
    lines = [line for line in done.stdout.splitlines() if line]
    if lines != ["answer 4.0"]:
        assert "\n".join([*lines, ""]) == (GOLDEN / f"source_{case}.txt").read_text(encoding="utf-8")


def test_an_unwritable_cache_folder(monkeypatch, tmp_path):
    blocked = tmp_path / "locked"
    blocked.write_text("a file, not a folder")
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(blocked))
    golden("cache_not_a_folder", s2sad.CacheError, lambda: grad(square)(X))
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path / "good"))
    assert grad(square)(X).tolist() == (2.0 * X).tolist()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_cache_folder(monkeypatch, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(locked))
    golden("cache_read_only", s2sad.CacheError, lambda: grad(square)(X))


# --- names that generated code uses -----------------------------------------------------------------------------------
def names_of_the_users(x_bar, x_dot, t_tape, pullback, y_bar):
    x = x_bar * x_dot
    x_tape = 1.0
    for step in range(3):  # noqa: B007
        x = x * t_tape * np.sin(x_tape)
        t_tape = t_tape * pullback
        x_tape = x_tape * x
    tmp = x * 2.0 + x_tape
    t_bar = tmp * y_bar
    return t_bar


def names_beside_x(x, x_bar, x_dot, x_dot_, residuals, pullback, tape):
    x_dot__ = x * x_dot
    for _ in range(2):
        x_dot__ = x_dot__ * x_bar + residuals * pullback
        x_dot_ = x_dot_ * tape * x_dot__
    return x_dot__ * x_dot_


def tuple(x, float, len, list, range):
    """Builtins as names of parameters and of the function itself."""
    y = 0.0
    for i in np.arange(3):
        y = y + np.tanh(x[i]) * float * len
    return y * list * range


def numpy_is_a_number(x, np, math):
    y = x
    for _ in range(3):
        y = y * np + math * x * y
    return y


def test_names_that_collide():
    check_grads(names_of_the_users, (1.1, 1.2, 1.3, 1.4, 0.9))
    check_grads(names_beside_x, (1.1, 1.2, 1.3, 1.4, 0.9, 0.8, 0.7))
    check_grads(grad(names_beside_x), (1.1, 1.2, 1.3, 1.4, 0.9, 0.8, 0.7))
    check_grads(tuple, (X, 2.0, 3.0, 1.5, 0.5))


def test_numpy_shadowed_by_a_parameter():
    check_grads(numpy_is_a_number, (1.1, 0.7, 0.2))


# --- unusual arrays ---------------------------------------------------------------------------------------------------
def test_nan_and_infinity():
    found = grad(square)(np.array([np.nan, np.inf, -np.inf, 1.0]))
    np.testing.assert_array_equal(found, [np.nan, np.inf, -np.inf, 2.0])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(grad(lambda x: np.sum(np.log(x)))(np.array([0.0, 1.0])), [np.inf, 1.0])
        np.testing.assert_array_equal(grad(lambda x: np.sum(np.sqrt(x)))(np.array([0.0, 4.0])), [np.inf, 0.25])


def test_zero_size():
    value, gradient = value_and_grad(square)(np.zeros((0, 3)))
    assert value == 0.0 and gradient.shape == (0, 3)
    assert vjp(twice, np.zeros(0))[1](np.zeros(0))[0].shape == (0,)
    assert grad(lambda x: np.sum(x @ x.T))(np.zeros((2, 0))).shape == (2, 0)

    def loop(x):
        total = 0.0
        for i in range(len(x)):
            total = total + x[i] * x[i]
        return total

    assert grad(loop)(np.zeros(0)).shape == (0,)


def same_error(case, f, *args):
    """Check that a derivative fails as the function itself does, with the golden message."""
    with np.errstate(all="ignore"):
        with pytest.raises(Exception) as original:
            f(*[a.copy() if isinstance(a, np.ndarray) and a.flags.writeable else a for a in args])
        text = f"{type(original.value).__name__}: {original.value}\n"
        path = GOLDEN / f"{case}.txt"
        if os.environ.get("S2SAD_GOLDEN") == "write":
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")
        for call in (grad(f), value_and_grad(f), lambda *args: vjp(f, *args)):
            with pytest.raises(type(original.value), match=re.escape(str(original.value))):
                call(*args)


def test_errors_of_the_function_itself():
    read_only = X.copy()
    read_only.flags.writeable = False
    same_error("own_read_only", writes, read_only, X)
    same_error("own_zero_size_max", lambda x: np.max(x) * 2.0, np.zeros(0))
    same_error("own_zero_size_min", lambda x: x.min() * 2.0, np.zeros((0, 3)))
    same_error("own_zero_size_argmax", lambda x: x[np.argmax(x)], np.zeros(0))
    same_error("own_index", lambda x: x[3] * 2.0, X)
    same_error("own_division", lambda x: 1.0 / x, 0.0)
    same_error("own_domain", lambda x: math.sqrt(x) * 2.0, -1.0)
    assert read_only.tolist() == X.tolist()


def test_nan_and_infinity_where_programs_branch():
    def clipped(x):
        return np.sum(np.where(x > 0.0, np.log(x), 0.0)) + np.sum(np.clip(x, -1.0, 1.0))

    def largest(x):
        best = 0.0
        for v in x:
            if v > best:
                best = v * v
        return best

    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(grad(clipped)(np.array([0.0, -2.0, np.inf, 4.0])), [1.0, 0.0, 0.0, 0.25])
        np.testing.assert_array_equal(grad(largest)(np.array([np.nan, 0.5, np.inf])), [0.0, 0.0, np.inf])


def test_the_mean_of_nothing():
    with pytest.warns(RuntimeWarning):
        value, gradient = value_and_grad(lambda x: 2.0 * np.mean(x))(np.zeros((0, 3)))
    assert np.isnan(value) and gradient.shape == (0, 3)


def test_read_only():
    x = X.copy()
    x.flags.writeable = False
    found = grad(square)(x)
    assert found.flags.writeable and found.tolist() == (2.0 * X).tolist()
    bar = np.ones(3)
    bar.flags.writeable = False
    assert vjp(twice, x)[1](bar)[0].flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        grad(writes)(x, X)


@pytest.mark.parametrize(
    "x",
    [
        np.arange(12.0).reshape(3, 4)[:, ::2],
        np.arange(12.0).reshape(3, 4).T,
        np.arange(12.0).reshape(3, 4)[::-1],
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.broadcast_to(X, (2, 3)),
        np.arange(6.0).astype(">f8").reshape(2, 3),
    ],
)
def test_non_contiguous(x):
    def f(x):
        return np.sum(x[1:] * x[:-1]) + np.sum(x.reshape(-1) ** 2) + np.sum(x.T @ x)

    found = grad(f)(x)
    np.testing.assert_allclose(found, grad(f)(np.ascontiguousarray(x, dtype=float)))
    assert found.flags.writeable and not np.shares_memory(found, x)


def test_overlapping_arguments():
    base = np.arange(5.0)
    golden("overlap", TypeError, lambda: grad(writes, argnums=(0, 1))(base[:4], base[1:]))
    golden("overlap_same", TypeError, lambda: grad(writes)(base, base))
    golden("overlap_inside", TypeError, lambda: grad(writes_inside)((base[:4], base[1:])))
    assert base.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    found = grad(writes, argnums=(0, 1))(base[:2], base[3:])
    assert [part.tolist() for part in found] == [[0.0, 4.0], [12.0, 1.0]]
    interleaved = np.arange(6.0)
    assert grad(writes)(interleaved[::2], interleaved[1::2]).tolist() == [0.0, 3.0, 5.0]
    assert [part.tolist() for part in grad(product, argnums=(0, 1))(base, base)] == [base.tolist(), base.tolist()]


def writes_one(x):
    x[0, 1] = 2.0
    return np.sum(x * x)


def test_an_argument_that_overlaps_itself():
    strided = np.lib.stride_tricks.as_strided
    windows = strided(np.arange(5.0), (3, 3), (8, 8))
    golden("overlap_itself", TypeError, lambda: grad(writes_one)(windows))
    for written in (windows, strided(np.ones(3), (3, 3), (0, 8)), strided(np.arange(20.0), (3, 4), (24, 16))):
        for call in (value_and_grad(writes_one), lambda x: vjp(writes_one, x), lambda x: jvp(writes_one, (x,), (x,))):
            with pytest.raises(s2sad.ArgumentError, match="elements that share memory"):
                call(written)
    assert windows[0, 1] == 1.0
    np.testing.assert_array_equal(grad(square)(windows), 2.0 * windows)
    apart = np.arange(36.0).reshape(6, 6)
    for x in (apart, apart.T, apart[::-2, ::3], strided(np.arange(40.0), (3, 3), (16, 24)), np.ones((0, 3))[:, ::2]):
        if x.size:
            assert grad(writes_one)(x.copy())[0, 1] == grad(writes_one)(x)[0, 1] == 0.0


# --- interrupted ------------------------------------------------------------------------------------------------------
def slow(x, n):
    y = x
    for _ in range(n):
        y = y + 1e-9 * np.sin(y)
    return np.sum(y)


@pytest.fixture
def interruptible():
    """A test process may have been started with interrupts ignored, as in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_leaves_everything_usable(interruptible):
    df = grad(slow)
    want = df(X, 3)
    threading.Timer(0.15, lambda: signal.raise_signal(signal.SIGINT)).start()
    limit = time.monotonic() + 20.0
    with pytest.raises(KeyboardInterrupt) as caught:
        while time.monotonic() < limit:
            df(X, 20_000)
    assert not str(caught.value)
    np.testing.assert_array_equal(df(X, 3), want)


def test_an_interrupt_while_code_is_generated(monkeypatch, tmp_path):
    monkeypatch.setenv("S2SAD_CACHE_DIR", str(tmp_path))
    import s2sad.frontend.lower as lowering

    def stop(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lowering, "lower_function", stop)
        with pytest.raises(KeyboardInterrupt):
            grad(slow)(X, 2)
    start = time.monotonic()
    done: list[Any] = []
    worker = threading.Thread(target=lambda: done.append(grad(slow)(X, 2)))
    worker.start()
    worker.join(timeout=20.0)
    assert len(done) == 1 and time.monotonic() - start < 20.0
    assert not list(tmp_path.glob("*.tmp"))


# --- what the language does not have ----------------------------------------------------------------------------------
def many_problems(x):
    with open("f") as f:
        text = f
    y = yield x
    z = np.packbits(x)
    global some_name  # noqa: PLW0602

    class Local:
        scale = x

    async def later():
        pass

    try:  # noqa: SIM105
        z = 1.0
    except ValueError:
        pass
    w = undefined_name + 1  # noqa: F821
    return z + y + w, text, Local, later


def some_problems(x):
    a = np.histogram_bin_edges(x)
    b = undefined_one * 2.0  # noqa: F821
    for word in {"a", "b"}:  # noqa: PLC0208
        x = x * len(word)
    return np.sum(a) + b + np.packbits(x)


def problems_inside(x, path):
    total = 0.0
    try:
        y = np.histogram_bin_edges(np.packbits(x))
    except ValueError as error:
        y = np.packbits(x)
        raise RuntimeError from error
    finally:
        w = np.packbits(x)
    with open(path) as file:
        if np.histogram_bin_edges(x)[0] > 0.0:
            total += np.loadtxt(file)
    for v in np.asmatrix(x):
        if v > 0.0:
            break
        total += np.bmat(x)[0]
    else:
        total = np.fromiter(x, float)
    match total:
        case 0.0:
            q = np.packbits(x)
        case other:
            q = np.unpackbits(x) * other
    return total + y + w + q


def test_what_is_wrong_inside_a_refused_statement_is_listed():
    text = golden("unsupported_inside", s2sad.UnsupportedError, lambda: grad(problems_inside)(X, "f"))
    wanted = (
        "histogram_bin_edges",
        "packbits",
        "context manager",
        "histogram_bin_edges",
        "loadtxt",
        "asmatrix",
        "bmat",
    )
    for part in (*wanted, "fromiter", "unpackbits"):
        assert part in text


def test_every_unsupported_construct_is_listed():
    text = golden("unsupported_many", s2sad.UnsupportedError, lambda: grad(many_problems)(X))
    for part in (
        "context manager",
        "yield",
        "packbits",
        "global",
        "is read when the class is defined",
        "undefined_name",
        "async",
    ):
        assert part in text
    assert text.count("tests/test_bad_input.py:LINE:") == text.count("^\n") >= 7
    golden("unsupported_some", s2sad.UnsupportedError, lambda: grad(some_problems)(X))


def test_the_place_of_a_problem():
    with pytest.raises(s2sad.UnsupportedError) as caught:
        grad(some_problems)(X)
    first = caught.value.problems[0]
    line = some_problems.__code__.co_firstlineno + 1
    assert first.span is not None and (first.span.file, first.span.line) == (__file__, line)
    assert first.span.text[first.span.column :].startswith("np.histogram_bin_edges")
